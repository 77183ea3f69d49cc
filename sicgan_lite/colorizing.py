"""From patches to a picture: overlapping tiles, blended, band by band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from jaxtyping import Float32, UInt8

from sicgan_lite.arrays import check_float, check_rgb
from sicgan_lite.color import merge_ab, rgb_to_lab, unscale_ab
from sicgan_lite.features import coordinate_grid, lightness_features
from sicgan_lite.networks import Generator

Progress = Callable[[Iterable[int]], Iterable[int]]
_PIXELS_AT_ONCE = 16 * 128 * 128  # through the network in one pass: bounds the memory


def colorize(
    generator: Generator,
    image: UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"],
    *,
    size: int | None = None,
    overlap: float = 0.5,
    progress: Progress = iter,
) -> UInt8[np.ndarray, "h w 3"]:
    """Colour a picture of any size; its lightness is kept.

    ``size`` is the tile in pixels (the generator's own patch size), ``overlap`` a fraction of a
    tile; 0 is disjoint tiles without a window. ``progress`` wraps the loop over bands of tiles, as
    tqdm does. Errors: ValueError for another dtype or shape, a size below 1, an overlap outside
    [0, 0.9].
    """
    rgb = np.dstack([image] * 3) if np.ndim(image) == 2 else image
    check_rgb(rgb, "image")
    lightness = _lightness(rgb)
    colored = np.empty_like(rgb)
    for top, ab in _ab_bands(generator, lightness, size, overlap, progress):
        rows = slice(top, top + len(ab))
        colored[rows] = merge_ab(lightness[rows], ab)
    return colored


def predict_ab(
    generator: Generator,
    lightness: Float32[np.ndarray, "h w"],
    *,
    size: int | None = None,
    overlap: float = 0.5,
    progress: Progress = iter,
) -> Float32[np.ndarray, "h w 2"]:
    """The ab that the generator gives a lightness in [0, 100], before any gamut is thought of."""
    check_float(lightness, "lightness", shape=(None, None), low=0, high=100)
    return np.concatenate([ab for _, ab in _ab_bands(generator, lightness, size, overlap, progress)])


def blend_window(size: int, overlap: float = 0.5) -> Float32[np.ndarray, "size size"]:
    """The weights of a tile: those of all tiles that cover a pixel add up to 1.

    A raised cosine as wide as the overlap; all ones when the overlap is 0.
    """
    stride = _stride(size, overlap)
    ramp = min(size - stride, size // 2)
    profile = np.ones(size)
    profile[:ramp] = np.sin(np.pi / 2 * (np.arange(ramp) + 0.5) / max(ramp, 1)) ** 2
    profile = np.minimum(profile, profile[::-1])
    for phase in range(stride):  # tiles repeat every `stride` pixels
        profile[phase::stride] /= profile[phase::stride].sum()
    return np.outer(profile, profile).astype(np.float32)


def _ab_bands(
    generator: Generator, lightness: np.ndarray, size: int | None, overlap: float, progress: Progress
) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, ab) of each finished band of rows, from top to bottom.

    Tiles start one overlap outside the picture, whose mirror image fills the rest: so every pixel
    is covered by the same number of tiles, and no border is special.
    """
    size = generator.size if size is None else size
    height, width = lightness.shape
    stride, window = _stride(size, overlap), blend_window(size, overlap)[..., None]
    margin = size - stride
    lefts = range(-margin, width, stride)
    unfinished = np.zeros((size, lefts[-1] + margin + size, 2), np.float32)
    for top in progress(range(-margin, height, stride)):
        strip = _mirrored_rows(lightness, top, size, margin, unfinished.shape[1])
        for column, tile in zip(lefts, _predict_tiles(generator, strip, size, stride), strict=True):
            unfinished[:, column + margin : column + margin + size] += tile * window
        done = unfinished[max(-top, 0) : min(stride, height - top), margin : margin + width]
        if len(done):
            yield max(top, 0), unscale_ab(done)
        unfinished = np.concatenate([unfinished[stride:], np.zeros_like(unfinished[:stride])])


def _predict_tiles(generator: Generator, strip: np.ndarray, size: int, stride: int) -> Iterator[np.ndarray]:
    """The scaled ab (size, size, 2) of each tile along a strip of feature maps (3, size, width)."""
    device = next(generator.parameters()).device
    tiles = np.lib.stride_tricks.sliding_window_view(strip, size, axis=2)[:, :, ::stride]
    tiles = tiles.transpose(2, 0, 1, 3)
    grid = coordinate_grid(size)
    at_once = max(1, _PIXELS_AT_ONCE // size**2)
    for start in range(0, len(tiles), at_once):
        some = tiles[start : start + at_once]
        batch = np.concatenate([some, np.broadcast_to(grid, (len(some), 2, size, size))], axis=1)
        tensor = torch.from_numpy(batch).to(device, memory_format=torch.channels_last)
        with torch.inference_mode():  # not around the yield: it would hold for the caller too
            ab = generator(tensor).permute(0, 2, 3, 1).float().cpu().numpy()
        yield from ab


def _mirrored_rows(lightness: np.ndarray, top: int, size: int, margin: int, width: int) -> np.ndarray:
    """Features of ``size`` rows from ``top``, with the picture mirrored outside its borders.

    One row more on either side, so that the operators see true neighbours.
    """
    height, inner = lightness.shape
    rows = _mirror(np.arange(top - 1, top + size + 1), height)
    columns = _mirror(np.arange(-margin - 1, width - margin + 1), inner)
    return lightness_features(lightness[np.ix_(rows, columns)])[:, 1:-1, 1:-1]


def _mirror(index: np.ndarray, length: int) -> np.ndarray:
    """Indices reflected into [0, length) without repeating the border pixel."""
    period = max(2 * (length - 1), 1)
    index = np.abs(index) % period
    return np.minimum(index, period - index) if length > 1 else np.zeros_like(index)


def _lightness(rgb: np.ndarray, rows: int = 128) -> np.ndarray:
    """L of a picture, band by band: the conversion takes 20 times the memory of its input."""
    bands = [rgb_to_lab(rgb[top : top + rows])[..., 0] for top in range(0, len(rgb), rows)]
    return np.concatenate(bands)


def _stride(size: int, overlap: float) -> int:
    if size < 1:
        raise ValueError(f"size must be at least 1 pixel, got {size}")
    if not 0 <= overlap <= 0.9:
        raise ValueError(f"overlap must be in [0, 0.9], a fraction of a tile; got {overlap}")
    return max(1, round(size * (1 - overlap)))
