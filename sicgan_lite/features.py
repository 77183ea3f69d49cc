"""What the generator sees of a pixel: the paper's five numbers (f1 to f5), and the context around it."""

from collections.abc import Sequence

import cv2
import numpy as np
from jaxtyping import Float32, Int

from sicgan_lite.arrays import check_float, check_names, require, whole
from sicgan_lite.color import scale_lightness
from sicgan_lite.config import CONTEXT_FEATURES

SOBEL_SCALE = float(np.sqrt(20)) * 100  # the largest magnitude over all patches of lightness 0–100
LAPLACIAN_SCALE = 400.0  # a white pixel among four black ones
SPREAD_SCALE = 20.0  # a spread that is seldom passed; 50 is the largest that there can be
REACH = 3  # standard deviations at which a Gaussian is cut off


def sobel_magnitude(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Edge magnitude of a lightness in [0, 100], divided by its exact maximum: [0, 1].

    3×3 Sobel operators, borders reflected without repeating the edge pixel.
    """
    dx = cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=3, borderType=cv2.BORDER_REFLECT_101)
    dy = cv2.Sobel(lightness, cv2.CV_32F, 0, 1, ksize=3, borderType=cv2.BORDER_REFLECT_101)
    return np.hypot(dx, dy) / np.float32(SOBEL_SCALE)


def laplacian(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Edge density (4-neighbour Laplacian) of a lightness in [0, 100], divided by 400: [−1, 1].

    Borders as in ``sobel_magnitude``.
    """
    second = cv2.Laplacian(lightness, cv2.CV_32F, ksize=1, borderType=cv2.BORDER_REFLECT_101)
    return second / np.float32(LAPLACIAN_SCALE)


def lightness_features(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "3 h w"]:
    """Scaled lightness, edge magnitude and edge density of a ``lightness`` in [0, 100].

    Errors: ValueError for another shape, NaN, or values outside [0, 100].
    """
    lightness = _checked(lightness)
    return np.stack([scale_lightness(lightness), sobel_magnitude(lightness), laplacian(lightness)])


def context_features(
    lightness: Float32[np.ndarray, "h w"], names: Sequence[str] = CONTEXT_FEATURES
) -> Float32[np.ndarray, "c h w"]:
    """Blurs and local spreads of a ``lightness`` L in [0, 100]: what stands around each pixel.

    One map for each of ``names``, in their order. ``blur_σ`` is B(L)/50 − 1 and ``spread_σ`` is √(B(L²)
    − B(L)²)/20, the standard deviation around the pixel. B is a Gaussian blur: along rows, then
    columns, with the weights exp(−d²/2σ²) at the distances d = −3σ … 3σ, divided by their sum; borders
    are reflected without repeating the edge pixel. All commute with the eight symmetries of a square.
    Errors: ValueError for a name that is not in ``CONTEXT_FEATURES``; for a bad lightness as
    ``lightness_features``.
    """
    check_names(names, CONTEXT_FEATURES, "context feature")
    centered = _checked(lightness).astype(np.float64) - 50  # exact, and small where it is squared
    maps = np.empty((len(names), *centered.shape), np.float32)
    for channel, name in enumerate(names):
        mean = _blur(centered, _sigma(name))
        if name.startswith("blur"):
            maps[channel] = mean / 50
        else:
            variance = np.maximum(_blur(centered**2, _sigma(name)) - mean**2, 0)
            maps[channel] = np.sqrt(variance) / SPREAD_SCALE
    return maps


def window_features(
    lightness: Float32[np.ndarray, "h w"],
    top: int,
    left: int,
    height: int,
    width: int,
    context: Sequence[str] = (),
) -> Float32[np.ndarray, "channels height width"]:
    """The lightness features of a window, then its context features, as cut from the whole picture's.

    The window may reach beyond the picture, which is mirrored there. Only as much of the surroundings
    is looked at as the operators see, so that a picture of any size can be taken piece by piece.
    """

    def around(margin: int) -> np.ndarray:
        rows = mirror(np.arange(top - margin, top + height + margin), lightness.shape[0])
        columns = mirror(np.arange(left - margin, left + width + margin), lightness.shape[1])
        return lightness[np.ix_(rows, columns)]

    maps = np.empty((3 + len(context), height, width), np.float32)
    maps[:3] = lightness_features(around(1))[:, 1:-1, 1:-1]
    for channel, name in enumerate(context, start=3):
        margin = REACH * _sigma(name)
        maps[channel] = context_features(around(margin), [name])[0, margin:-margin, margin:-margin]
    return maps


def mirror(index: Int[np.ndarray, " n"], length: int) -> Int[np.ndarray, " n"]:
    """Indices reflected into [0, length) without repeating the border pixel."""
    period = max(2 * (length - 1), 1)
    index = np.abs(index) % period
    return np.minimum(index, period - index) if length > 1 else np.zeros_like(index)


def coordinate_grid(size: int) -> Float32[np.ndarray, "2 size size"]:
    """The normalised local coordinates x/``size`` and y/``size`` of a patch: [0, 1).

    Local to the patch after augmentation, so that they never rotate. Errors: ValueError for a size
    below 1.
    """
    require(whole(1), "size", size)
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    return np.stack([x, y])


def _sigma(name: str) -> int:
    return int(name.rpartition("_")[2])


def _blur(image: np.ndarray, sigma: int) -> np.ndarray:
    side = 2 * REACH * sigma + 1
    return cv2.GaussianBlur(image, (side, side), sigma, borderType=cv2.BORDER_REFLECT_101)


def _checked(lightness: np.ndarray) -> np.ndarray:
    check_float(lightness, "lightness", shape=(None, None), low=0, high=100)
    return np.ascontiguousarray(lightness, np.float32)
