"""ICC profiles (version 2) written by hand, so that what a conversion must give is known."""

from __future__ import annotations

import itertools
import struct

import numpy as np

# Primaries adapted to D50, a column each, from the published specifications of both spaces.
ADOBE = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
ADOBE_GAMMA = 563 / 256
D50, D65 = (0.9642, 1.0, 0.8249), (0.9505, 1.0, 1.0891)


def profile(space: bytes, tags: dict[bytes, bytes], *, pcs: bytes = b"XYZ ", kind: bytes = b"mntr") -> bytes:
    """An ICC profile of these tags."""
    table, content, offset = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", offset + len(content), len(data))
        content += padded
    header = struct.pack(">I4xI4s4s4s", offset + len(content), 0x02400000, kind, space, pcs)
    header += struct.pack(">6H4s", 2024, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += _fixed(*D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + content


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _gamma(value: float) -> bytes:
    return b"curv" + struct.pack(">4xIH", 1, round(value * 256))


def rgb_profile(
    primaries: np.ndarray, gamma: float, white: tuple[float, float, float] = D50, kind: bytes = b"mntr"
) -> bytes:
    """A profile of three primaries, one gamma, and the white of the medium; a display's by default."""
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(*white)}
    for letter, column in zip((b"r", b"g", b"b"), primaries.T, strict=True):
        tags[letter + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*column)
        tags[letter + b"TRC"] = _gamma(gamma)
    return profile(b"RGB ", tags, kind=kind)


def grey_profile(gamma: float) -> bytes:
    """A profile of grey with this gamma."""
    white = b"XYZ \0\0\0\0" + _fixed(*D50)
    return profile(b"GRAY", {b"wtpt": white, b"kTRC": _gamma(gamma)})


def cmyk_profile() -> bytes:
    """A press that prints no hue: L = 100 (1 − K) (1 − max(C, M, Y) / 2), a = b = 0."""
    corners = b""
    for c, m, y, k in itertools.product((0, 1), repeat=4):  # K varies fastest
        corners += bytes([round(255 * (1 - k) * (1 - max(c, m, y) / 2)), 128, 128])
    straight = bytes(range(256))
    lut = b"mft1" + struct.pack(">4xBBBx", 4, 3, 2) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    lut += straight * 4 + corners + straight * 3
    return profile(b"CMYK", {b"A2B0": lut}, pcs=b"Lab ", kind=b"prtr")


def encode(linear: np.ndarray) -> np.ndarray:
    """Linear light in [0, 1] as sRGB in 0–255, by IEC 61966-2-1."""
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
