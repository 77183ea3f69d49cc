"""Arrays that come from outside: checked, with errors that name what came; and made small."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import UInt8

Shape = tuple[int | None, ...]  # None: any length


def check_rgb(rgb: Any, name: str = "rgb") -> None:
    """Raise ValueError unless ``rgb`` is a uint8 array (h, w, 3) with at least one pixel.

    Floats are refused: whether they run from 0 to 1 or to 255 would be a guess.
    """
    _check_array(rgb, name, (None, None, 3), "uint8", lambda dtype: dtype == np.uint8)


def check_float(
    array: Any, name: str, *, shape: Shape, low: float = -math.inf, high: float = math.inf
) -> None:
    """Raise ValueError unless ``array`` holds finite floats of this shape inside [low, high].

    ``shape`` has None where any length will do: (None, None, 3). Both limits are included. NaN,
    infinities, integers and empty arrays are refused.
    """
    _check_array(array, name, shape, "float", lambda dtype: np.issubdtype(dtype, np.floating))
    with np.errstate(invalid="ignore"):  # NaN passes through min and max: no temporary array
        least, most = float(array.min()), float(array.max())
    if not (math.isfinite(least) and math.isfinite(most)):
        raise ValueError(f"{name} must be finite; it holds NaN or infinity")
    if least < low or most > high:
        raise ValueError(f"{name} must lie in [{low:g}, {high:g}]; it runs from {least:g} to {most:g}")


def shrink(rgb: UInt8[np.ndarray, "h w 3"], width: int = 96) -> UInt8[np.ndarray, "h2 w2 3"]:
    """The photograph at this width, each pixel the mean of the area that it covers."""
    import cv2  # here: reading a picture file needs none

    check_rgb(rgb)
    if not 1 <= width <= rgb.shape[1]:
        raise ValueError(f"width must be between 1 and the photograph's {rgb.shape[1]}, got {width}")
    height = max(1, round(rgb.shape[0] * width / rgb.shape[1]))
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)


def _check_array(array: Any, name: str, shape: Shape, kind: str, accepts: Callable[[Any], bool]) -> None:
    wanted = f"{name} must be a {kind} array of shape {_describe(shape)}"
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{wanted}; it is of type {type(array).__name__}")
    if not accepts(array.dtype) or not _fits(array.shape, shape):
        raise ValueError(f"{wanted}; it is {array.dtype} of shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{wanted} that is not empty; its shape is {array.shape}")


def _fits(came: tuple[int, ...], wanted: Shape) -> bool:
    return len(came) == len(wanted) and all(
        limit in (None, length) for length, limit in zip(came, wanted, strict=True)
    )


def _describe(shape: Shape) -> str:
    return f"({', '.join('any' if length is None else str(length) for length in shape)})"
