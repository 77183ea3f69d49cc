"""Values and arrays from outside: checked, with errors that name what came."""

import math
import numbers
import os
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import numpy as np

from sicgan_lite.files import shortly

Shape = tuple[int | None, ...]  # None: any length


def check_rgb(rgb: Any, name: str = "rgb", *, deep: bool = False) -> None:
    """Raise ValueError unless ``rgb`` is a uint8 array (h, w, 3) with at least one pixel.

    ``deep`` allows uint16 too. Floats are refused: whether they run from 0 to 1 or to 255 would be a guess.
    """
    accepted = (np.uint8, np.uint16) if deep else (np.uint8,)
    kind = " or ".join(np.dtype(one).name for one in accepted)
    _check_array(rgb, name, (None, None, 3), kind, lambda dtype: dtype in accepted)


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


def _check_array(array: Any, name: str, shape: Shape, kind: str, accepts: Callable[[Any], bool]) -> None:
    wanted = f"{name} must be a {kind} array of shape {_describe(shape)}"
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{wanted}; it is of type {type(array).__name__}{_cure(array)}")
    if not accepts(array.dtype) or not _fits(array.shape, shape):
        floats = kind.startswith("uint8") and np.issubdtype(array.dtype, np.floating)
        cure = ": skimage.util.img_as_ubyte takes floats from 0 to 1" if floats else ""
        raise ValueError(f"{wanted}; it is {array.dtype} of shape {array.shape}{cure}")
    if array.size == 0:
        raise ValueError(f"{wanted} that is not empty; its shape is {array.shape}")


def _cure(value: Any) -> str:
    """What makes an array of a picture in another form."""
    package = type(value).__module__.partition(".")[0]
    if isinstance(value, str | os.PathLike):
        return ": read_image(path).rgb reads it"
    if hasattr(value, "rgb"):
        return ": its .rgb is one"
    cures = {"PIL": 'np.asarray(image.convert("RGB"))', "torch": "tensor.numpy(), of bytes (h, w, 3)"}
    return f": use {cures[package]}" if package in cures else ""


def _fits(came: tuple[int, ...], wanted: Shape) -> bool:
    return len(came) == len(wanted) and all(
        limit in (None, length) for length, limit in zip(came, wanted, strict=True)
    )


def _describe(shape: Shape) -> str:
    return f"({', '.join('any' if length is None else str(length) for length in shape)})"


class Limit(NamedTuple):
    """What a setting must be: as a test, and in the words of an error."""

    accepts: Callable[[Any], bool]
    words: str


def require(limit: Limit, name: str, value: Any) -> None:
    """Raise ValueError, with ``name``, value and limit, unless the ``value`` keeps its ``limit``."""
    if not limit.accepts(plain(value)):
        raise ValueError(f"{name} must be {limit.words}, got {shortly(value)}")


def whole(low: int, high: int | None = None) -> Limit:
    """A whole number of at least ``low`` and, if there is a ``high``, at most that."""

    def accepts(value: Any) -> bool:
        number = isinstance(value, int) and not isinstance(value, bool)
        return number and low <= value and (high is None or value <= high)

    return Limit(accepts, f"a whole number of at least {low}" + ("" if high is None else f", at most {high}"))


def one_of(choices: tuple[Any, ...]) -> Limit:
    """One of these values, which are of one type."""
    return Limit(lambda value: type(value) is type(choices[0]) and value in choices, f"one of {choices}")


def or_none(other: Limit) -> Limit:
    """None, or what the other limit allows."""
    return Limit(lambda value: value is None or other.accepts(value), f"None or {other.words}")


def several(each: Limit, least: int, most: int) -> Limit:
    """A tuple of ``least`` to ``most`` values, each within the same limit."""

    def accepts(value: Any) -> bool:
        return isinstance(value, tuple) and least <= len(value) <= most and all(map(each.accepts, value))

    count = most if least == most else f"{least} to {most}"
    return Limit(accepts, f"a tuple of {count}, each {each.words}")


def in_order(names: tuple[str, ...]) -> Limit:
    """One or more of these names, in this order."""

    def accepts(chosen: Any) -> bool:
        some = isinstance(chosen, tuple) and len(chosen) > 0 and all(isinstance(name, str) for name in chosen)
        return some and chosen == tuple(name for name in names if name in chosen)

    return Limit(accepts, f"one or more of {names}, in this order")


def plain(value: Any, *, real: bool = False) -> Any:
    """NumPy's values as Python's, which a checkpoint holds safely; ``real`` makes 1.0 of 1: one setting."""
    if isinstance(value, tuple):
        return tuple(plain(part, real=real) for part in value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, numbers.Real):
        return int(value) if isinstance(value, numbers.Integral) and not real else float(value)
    return str(value) if isinstance(value, str) else value


def check_names(names: Iterable[Any], known: Iterable[str], kind: str) -> None:
    """Raise ValueError for the first name that is not known, and say which may have been meant."""
    known = sorted(known)
    for name in names:
        if name not in known:
            near, kinds = str(name)[:200], f"{kind.rsplit(maxsplit=1)[-1]}s"
            meant = get_close_matches(near, known, 1) or [k for k in known if k.startswith(f"{near}_")]
            hint = f" (did you mean {' or '.join(map(repr, meant))}?)" if meant else ""
            raise ValueError(f"unknown {kind} {shortly(name)}{hint}; the {kinds} are {known}")


if TYPE_CHECKING:
    Arguments = ParamSpec("Arguments")
    Made = TypeVar("Made")

    class preset:  # noqa: N801 - a decorator
        """A class method to which a type checker gives the arguments of the class itself."""

        def __init__(self, method: object) -> None: ...

        def __get__(self, _: object, owner: Callable[Arguments, Made]) -> Callable[Arguments, Made]: ...
else:

    def preset(method: classmethod) -> classmethod:
        """The method itself: what is said above is for type checkers alone."""
        return method


def _is_real(value: Any, low: float = 0, high: float = sys.float_info.max) -> bool:
    # Comparing turns away NaN, infinities and whole numbers too large for a float.
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return real and low <= value <= high


def _is_rectangle(value: Any) -> bool:
    if not (isinstance(value, tuple) and len(value) == 4 and all(map(SHARE.accepts, value))):
        return False
    top, left, bottom, right = value
    return top < bottom and left < right


POSITIVE = Limit(lambda value: _is_real(value) and value > 0, "a finite number above 0")
AT_LEAST_0 = Limit(_is_real, "a finite number of at least 0")


def up_to(most: float) -> Limit:
    """A number from 0 to ``most``."""
    return Limit(lambda value: _is_real(value, 0, most), f"a number in [0, {most:g}]")


SHARE = Limit(lambda value: _is_real(value, 0, 1), "a number in [0, 1]")
BELOW_1 = Limit(lambda value: _is_real(value) and value < 1, "a number in [0, 1)")
FLAG = Limit(lambda value: isinstance(value, bool), "True or False")
RECTANGLE = Limit(
    _is_rectangle,
    "(top, left, bottom, right) with 0 <= top < bottom <= 1 and 0 <= left < right <= 1",
)
