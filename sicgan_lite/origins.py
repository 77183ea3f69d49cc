"""Where patches are cut: origins at a minimum distance, on the pixel lattice."""

from math import ceil, floor, hypot, pi, sqrt

import numpy as np
from jaxtyping import Bool, Int

from sicgan_lite.arrays import AT_LEAST_0, or_none, require, whole

Random = np.random.Generator | int  # an int is a seed, as in NumPy's own functions
Holdout = tuple[float, float, float, float]
_LEAST_YIELD = 0.02  # below this share of accepted darts, listing the free positions is quicker
_LEAST_DARTS = 512  # in one throw: fewer say too little about the yield


def sample_origins(
    height: int,
    width: int,
    *,
    size: int,
    count: int,
    min_distance: float | None = None,
    holdout: Holdout | None = None,
    rng: Random,
) -> Int[np.ndarray, "count 2"]:
    """Draw ``count`` patch origins (row, column), no two nearer than ``min_distance`` pixels.

    An origin is the top-left corner of a patch of ``size`` pixels in an image of ``height`` ×
    ``width``. Each is uniform, by ``rng`` (a generator or a seed), over the positions still free. ``None``
    takes ``safe_distance``, which always fits. No patch touches the ``holdout``, (top, left, bottom,
    right) in fractions of the image. Errors: ValueError when the patch is larger than the image, or
    when the distance leaves no room: it says how many were placed and what fits.
    """
    rng = np.random.default_rng(rng)
    safe = safe_distance(height, width, size=size, count=count, holdout=holdout)
    require(or_none(AT_LEAST_0), "min_distance", min_distance)
    distance = safe if min_distance is None else float(min_distance)
    free = _free_positions(height, width, size, holdout)
    origins = np.empty((0, 2), np.int64)
    while len(origins) < count:
        throw = max(2 * (count - len(origins)), _LEAST_DARTS)
        darts = rng.integers((0, 0), free.shape, size=(throw, 2))
        darts, before = darts[free[darts[:, 0], darts[:, 1]]], len(origins)
        origins = _place(origins, darts, distance, count)
        if len(origins) < count and len(origins) - before < _LEAST_YIELD * len(darts):
            origins = _place_exhaustively(origins, free, distance, count, rng)
            break
    if len(origins) < count:
        raise ValueError(
            f"only {len(origins)} of {count} origins fit at min_distance={distance:g} with patches of "
            f"{size}×{size} on {height}×{width} pixels; min_distance={safe:.6g} always fits"
        )
    return origins


def safe_distance(height: int, width: int, *, size: int, count: int, holdout: Holdout | None = None) -> float:
    """The largest minimum distance in pixels at which ``count`` origins cannot jam.

    ``height``, ``width``, ``size`` and ``holdout`` are those of ``sample_origins``. An origin
    forbids at most N(d) positions, the lattice points nearer than d, so a free one is left while
    (count − 1) · N(d) < M, the number of positions. Errors: as ``sample_origins``.
    """
    positions = np.count_nonzero(_free_positions(height, width, size, holdout))
    require(whole(1), "count", count)
    if count > positions:
        raise ValueError(
            f"{count} origins asked for; {height}×{width} pixels have {positions} positions for {size}×{size}"
        )
    if count == 1:
        return hypot(height, width)
    allowed = (positions - 1) // (count - 1)
    # A disc of radius r holds at least π(r − √½)² lattice points: within this reach lie more than `allowed`.
    reach = ceil(sqrt(allowed / pi)) + 1
    offsets = np.arange(-reach, reach + 1, dtype=np.int32) ** 2
    squares = np.add.outer(offsets, offsets).ravel()
    # The point of rank `allowed` (counted from 0) is the first that must not be nearer than d.
    return sqrt(np.partition(squares, allowed)[allowed])


def holdout_box(holdout: Holdout, height: int, width: int) -> tuple[int, int, int, int]:
    """The held-out rectangle in whole pixels: (top, left, bottom, right), the last two excluded.

    ``holdout`` is in fractions of an image of ``height`` × ``width`` pixels.
    """
    top, left, bottom, right = holdout
    return floor(top * height), floor(left * width), ceil(bottom * height), ceil(right * width)


def holdout_mask(holdout: Holdout, height: int, width: int) -> Bool[np.ndarray, "height width"]:
    """True for the pixels of ``holdout`` in an image of ``height`` × ``width``."""
    top, left, bottom, right = holdout_box(holdout, height, width)
    mask = np.zeros((height, width), bool)
    mask[top:bottom, left:right] = True
    return mask


def _free_positions(
    height: int, width: int, size: int, holdout: Holdout | None
) -> Bool[np.ndarray, "rows columns"]:
    """True where an origin may be: the patch inside the image, and outside the holdout."""
    require(whole(1), "size", size)
    if size > min(height, width):
        raise ValueError(f"patches of {size}×{size} pixels do not fit an image of {height}×{width}")
    free = np.ones((height - size + 1, width - size + 1), bool)
    if holdout is not None:
        top, left, bottom, right = (max(end, 0) for end in holdout_box(holdout, height, width))
        free[max(top - size + 1, 0) : bottom, max(left - size + 1, 0) : right] = False
    return free


def _place(origins: np.ndarray, candidates: np.ndarray, distance: float, count: int) -> np.ndarray:
    """Take candidates in order, each if it is far enough from all taken before, up to ``count``."""
    if _least_square(distance) == 0:
        return np.concatenate([origins, candidates])[:count]
    from scipy.spatial import KDTree  # here: photo() asks for no distance, and needs no scipy

    forbidden = sqrt(_least_square(distance) - 0.5)
    nearest, _ = KDTree(origins).query(candidates, distance_upper_bound=forbidden)
    candidates = candidates[np.isinf(nearest)]
    pairs = KDTree(candidates).query_pairs(forbidden, output_type="ndarray")
    taken = np.ones(len(candidates), bool)
    for first, second in pairs[np.argsort(pairs[:, 0], kind="stable")]:
        if taken[first]:
            taken[second] = False
    return np.concatenate([origins, candidates[taken]])[:count]


def _place_exhaustively(
    origins: np.ndarray, free: np.ndarray, distance: float, count: int, rng: np.random.Generator
) -> np.ndarray:
    # A random order of all free positions, each taken if still free, is the same process as
    # drawing from the positions still free until none is left.
    rows, columns = np.ogrid[: free.shape[0], : free.shape[1]]
    reach = ceil(distance)
    for row, column in origins:
        band, strip = (slice(max(at - reach, 0), at + reach + 1) for at in (row, column))
        squares = (rows[band] - row) ** 2 + (columns[:, strip] - column) ** 2
        free[band, strip] &= squares >= _least_square(distance)
    candidates = rng.permutation(np.argwhere(free))
    chunk = max(256, count)
    for start in range(0, len(candidates), chunk):
        if len(origins) == count:
            break
        origins = _place(origins, candidates[start : start + chunk], distance, count)
    return origins


def _least_square(distance: float) -> int:
    """The least squared distance that is allowed: squares of lattice distances are whole numbers."""
    return ceil(distance**2 - 1e-9)
