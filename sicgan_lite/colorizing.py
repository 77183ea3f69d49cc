"""From patches to a picture: overlapping tiles, blended, band by band."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from jaxtyping import Float32, UInt8, UInt16

from sicgan_lite.arrays import check_float, check_rgb, plain, require, up_to, whole
from sicgan_lite.arrays.kinds import check_kind
from sicgan_lite.arrays.resizing import enlarged_rows, shrink_to
from sicgan_lite.color import Pixels, merge_ab, rgb_to_lightness, unscale_ab
from sicgan_lite.features import coordinate_grid, mirror, window_features
from sicgan_lite.networks import Generator

Progress = Callable[[Iterable[int]], Iterable[int]]
Noise = Float32[np.ndarray, " k"] | Float32[np.ndarray, "h w k"] | None
Map = np.ndarray  # of every pixel: lightness (h, w), or z (h, w, k)
_PIXELS_AT_ONCE = 16 * 128 * 128  # through the network in one pass: bounds the memory
_ROWS_AT_ONCE = 128  # of an enlarged picture


def colorize(
    generator: Generator,
    image: Pixels | UInt8[np.ndarray, "h w"] | UInt16[np.ndarray, "h w"],
    *,
    size: int | None = None,
    overlap: float = 0.5,
    z: Noise = None,
    progress: Progress = iter,
) -> Pixels:
    """Colour a picture of any size; its lightness is kept.

    ``image`` is rgb or grey, of 8 or 16 bits, and so is the result. ``size`` is the tile in pixels (the
    generator's own patch size), ``overlap`` a fraction of a tile; 0 is disjoint tiles without a window.
    ``z`` is for a generator
    with noise channels: one draw (k,) for the picture, or a map (h, w, k) of its size; None is zeros. A
    picture wider than the generator's ``width`` has its ab predicted at that width and enlarged.
    ``progress`` wraps the loop over bands of rows, as tqdm does. Errors: ValueError for another dtype
    or shape, a size below 1, an overlap outside [0, 0.9].
    """
    rgb = np.broadcast_to(image[..., None], (*image.shape, 3)) if np.ndim(image) == 2 else image
    check_rgb(rgb, "image", deep=True)
    lightness = rgb_to_lightness(rgb)
    colored = np.empty(rgb.shape, rgb.dtype)
    for top, ab in _ab_bands(generator, lightness, size, overlap, z, progress):
        rows = slice(top, top + len(ab))
        colored[rows] = merge_ab(lightness[rows], ab, rgb.dtype)
    return colored


def predict_ab(
    generator: Generator,
    lightness: Float32[np.ndarray, "h w"],
    *,
    size: int | None = None,
    overlap: float = 0.5,
    z: Noise = None,
    progress: Progress = iter,
) -> Float32[np.ndarray, "h w 2"]:
    """The ab that ``generator`` gives a ``lightness`` in [0, 100], before it is brought into gamut.

    ``size``, ``overlap``, ``z`` and ``progress`` are those of ``colorize``. Errors: as ``colorize``;
    ValueError for a lightness outside [0, 100].
    """
    check_float(lightness, "lightness", shape=(None, None), low=0, high=100)
    return np.concatenate([ab for _, ab in _ab_bands(generator, lightness, size, overlap, z, progress)])


def blend_window(size: int, overlap: float = 0.5) -> Float32[np.ndarray, "size size"]:
    """The weights of a tile of ``size`` pixels: those of all tiles that cover a pixel add up to 1.

    A raised cosine as wide as the ``overlap``, a fraction of the tile; all ones when that is 0.
    Errors: ValueError for a size below 1, and for an overlap outside [0, 0.9].
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
    generator: Generator, lightness: Map, size: int | None, overlap: float, z: Noise, progress: Progress
) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, ab) of each finished band of rows, from top to bottom."""
    check_kind(generator, Generator, "generator")
    tile: int = plain(generator.size if size is None else size)
    z = _noise_map(z, lightness.shape, generator.noise_channels)
    small = np.clip(shrink_to(lightness, generator.width), 0, 100)
    if small.shape == lightness.shape:
        yield from _blended_bands(generator, lightness, z, tile, overlap, progress)
        return
    rows, columns = ((np.arange(n) + 0.5) * m / n for n, m in zip(small.shape, lightness.shape, strict=True))
    z = z[np.ix_(rows.astype(int), columns.astype(int))]
    ab = np.concatenate([ab for _, ab in _blended_bands(generator, small, z, tile, overlap, iter)])
    for top in progress(range(0, len(lightness), _ROWS_AT_ONCE)):
        yield top, enlarged_rows(ab, lightness.shape, top, top + _ROWS_AT_ONCE)


def _noise_map(z: Noise, shape: tuple[int, ...], channels: int) -> Map:
    """The map (h, w, k) of z over a picture of this shape; k is the generator's channels, and may be 0."""
    if z is None:
        z = np.zeros(channels, np.float32)
    elif z.shape not in ((channels,), (*shape, channels)):
        raise ValueError(f"z must be of shape {(channels,)} or {(*shape, channels)}, got {z.shape}")
    elif channels:
        check_float(z, "z", shape=z.shape)
    return np.broadcast_to(z, (*shape, channels))


def _blended_bands(
    generator: Generator, lightness: Map, z: Map, size: int, overlap: float, progress: Progress
) -> Iterator[tuple[int, np.ndarray]]:
    """Bands of ab at the lightness's own size, of overlapping tiles.

    Tiles start one overlap outside the picture, whose mirror image fills the rest: so every pixel
    is covered by the same number of tiles, and no border is special.
    """
    height, width = lightness.shape
    stride, window = _stride(size, overlap), blend_window(size, overlap)[..., None]
    margin = size - stride
    lefts = range(-margin, width, stride)
    unfinished = np.zeros((size, lefts[-1] + margin + size, 2), np.float32)
    tops = range(-margin, height, stride)
    strips = _strips(generator, lightness, z, tops, size, unfinished.shape[1])
    for top, strip in zip(progress(tops), strips, strict=True):
        for column, tile in zip(lefts, _predict_tiles(generator, strip, size, stride), strict=True):
            unfinished[:, column + margin : column + margin + size] += tile * window
        done = unfinished[max(-top, 0) : min(stride, height - top), margin : margin + width]
        if len(done):
            yield max(top, 0), unscale_ab(done)
        unfinished = np.concatenate([unfinished[stride:], np.zeros_like(unfinished[:stride])])


def _strips(
    generator: Generator, lightness: Map, z: Map, tops: range, size: int, width: int
) -> Iterator[np.ndarray]:
    """Features and z of ``size`` rows from each top, the picture mirrored outside its borders.

    They are ``width`` pixels wide, and begin as far to the left of the picture as the first top lies
    above it. Context is made for many strips at a time, since each looks far beyond its own rows.
    """
    left = tops.start
    at_once = 1 + 128 // tops.step if generator.context else 1
    for first in range(0, len(tops), at_once):
        some = tops[first : first + at_once]
        height = some[-1] - some[0] + size
        maps = window_features(lightness, some[0], left, height, width, generator.context)
        rows = mirror(np.arange(some[0], some[0] + height), len(z))
        noise = z[np.ix_(rows, mirror(np.arange(left, left + width), z.shape[1]))]
        maps = np.concatenate([maps, noise.transpose(2, 0, 1)])
        yield from (maps[:, top - some[0] : top - some[0] + size] for top in some)


def _predict_tiles(generator: Generator, strip: np.ndarray, size: int, stride: int) -> Iterator[np.ndarray]:
    """The scaled ab (size, size, 2) of each tile along a strip of maps (channels, size, width)."""
    device = next(generator.parameters()).device
    tiles = np.lib.stride_tricks.sliding_window_view(strip, size, axis=2)[:, :, ::stride]
    tiles = tiles.transpose(2, 0, 1, 3)
    grid, channels = coordinate_grid(size), 3 + len(generator.context)
    at_once = max(1, _PIXELS_AT_ONCE // size**2)
    for start in range(0, len(tiles), at_once):
        some = tiles[start : start + at_once]
        grids = np.broadcast_to(grid, (len(some), 2, size, size))
        batch = np.concatenate([some[:, :3], grids, some[:, 3:channels]], axis=1)
        features = torch.from_numpy(batch).to(device, memory_format=torch.channels_last)
        z = torch.from_numpy(some[:, channels:].copy()).to(device)
        with torch.inference_mode():  # not around the yield: it would hold for the caller too
            ab = generator(features, z).permute(0, 2, 3, 1).float().cpu().numpy()
        yield from ab


def _stride(size: int, overlap: float) -> int:
    require(whole(1), "size", size)
    require(up_to(0.9), "overlap", overlap)
    return max(1, round(size * (1 - overlap)))
