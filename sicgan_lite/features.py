"""The five numbers that the generator sees of a pixel (the paper's f1 to f5)."""

import cv2
import numpy as np
from jaxtyping import Float32

from sicgan_lite.arrays import check_float
from sicgan_lite.color import scale_lightness

SOBEL_SCALE = float(np.sqrt(20)) * 100  # the largest magnitude over all patches of lightness 0–100
LAPLACIAN_SCALE = 400.0  # a white pixel among four black ones


def sobel_magnitude(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Edge magnitude of a lightness in [0, 100], divided by its exact maximum: [0, 1].

    3×3 Sobel operators, borders reflected without repeating the edge pixel. Errors: ValueError for
    another shape, NaN, or values outside [0, 100].
    """
    lightness = _checked(lightness)
    dx = cv2.Sobel(lightness, cv2.CV_32F, 1, 0, ksize=3, borderType=cv2.BORDER_REFLECT_101)
    dy = cv2.Sobel(lightness, cv2.CV_32F, 0, 1, ksize=3, borderType=cv2.BORDER_REFLECT_101)
    return np.hypot(dx, dy) / np.float32(SOBEL_SCALE)


def laplacian(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Edge density (4-neighbour Laplacian) of a lightness in [0, 100], divided by 400: [−1, 1].

    Borders and errors as ``sobel_magnitude``.
    """
    lightness = _checked(lightness)
    second = cv2.Laplacian(lightness, cv2.CV_32F, ksize=1, borderType=cv2.BORDER_REFLECT_101)
    return second / np.float32(LAPLACIAN_SCALE)


def lightness_features(lightness: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "3 h w"]:
    """Scaled lightness, edge magnitude and edge density of a lightness in [0, 100]."""
    scaled = scale_lightness(_checked(lightness))
    return np.stack([scaled, sobel_magnitude(lightness), laplacian(lightness)])


def coordinate_grid(size: int) -> Float32[np.ndarray, "2 size size"]:
    """The normalised local coordinates x/size and y/size of a patch: [0, 1).

    Local to the patch after augmentation, so they never rotate (reading note 8).
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    return np.stack([x, y])


def _checked(lightness: np.ndarray) -> np.ndarray:
    check_float(lightness, "lightness", shape=(None, None), low=0, high=100)
    return np.ascontiguousarray(lightness, np.float32)
