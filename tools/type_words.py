"""What a function takes and returns, in words: "uint8 array (h, w, 3)" for ``UInt8[np.ndarray, "h w 3"]``."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

# A path may be a str, too: that goes without saying.
PATHS = {"PathLike": "path", "Path": "path", "BinaryIO": "open binary file", "Callable": "function"}
FULL_NAMES = {
    "numpy.random._generator.Generator": "numpy.random.Generator",
    "torch._C.Generator": "torch.Generator",
    "numpy.ndarray": "array",
    "torch.Tensor": "tensor",
}
DTYPES = {"Shaped": "", "Real": "", "Float": "float", "Int": "integer"}
LONGEST_SIGNATURE = 160


def words(annotation: Any) -> str:
    """A type as a sentence has it: "uint8 array (h, w, 3)", "path or open binary file"."""
    if hasattr(annotation, "dim_str"):
        return _array(annotation)
    if isinstance(annotation, TypeVar):
        return _either(annotation.__constraints__)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _either(parts)
    if origin is Literal:
        return _join([json.dumps(part) for part in parts])
    if origin is None or origin is type:
        return _name(annotation)
    return _container(_name(origin), parts)


def _array(annotation: Any) -> str:
    dtype = annotation.dtype.__name__
    kind = {"ndarray": "array", "Tensor": "tensor"}[annotation.array_type.__name__]
    sizes = annotation.dim_str.replace("*", "...").split()
    if not sizes:
        shape = "of one number"
    elif len(sizes) == 1 and sizes[0].startswith("..."):
        shape = "of any shape"
    else:
        shape = f"({', '.join('...' if size.startswith('...') else size.strip('{}') for size in sizes)}"
        shape += ",)" if len(sizes) == 1 else ")"
    return f"{DTYPES.get(dtype, dtype.lower())} {kind} {shape}".strip()


def _name(kind: Any) -> str:
    if kind in (None, NoneType):
        return "None"
    name = getattr(kind, "__name__", str(kind))
    full = f"{getattr(kind, '__module__', '')}.{name}"
    return FULL_NAMES.get(full) or PATHS.get(name) or ("anything" if kind is Any else name)


def _container(name: str, parts: tuple[Any, ...]) -> str:
    if name in PATHS.values():
        return name
    if name == "Unpack":
        return "fields of Config"
    if name == "tuple":
        return f"tuple of {words(parts[0])}" if Ellipsis in parts else f"({', '.join(map(words, parts))})"
    if name.lower() in ("dict", "mapping"):
        return f"{name.lower()} of {words(parts[0])} to {words(parts[1])}"
    return f"{name.lower()} of {words(parts[0])}" if parts else name


def _either(kinds: Iterable[Any]) -> str:
    names = list(dict.fromkeys(map(words, kinds)))
    return _join([name for name in names if not (name == "str" and "path" in names)])


def _join(names: list[str]) -> str:
    return " or ".join(names)


def types(thing: Any) -> dict[str, str]:
    """The types of what a function or a class takes, by name, and of what it returns, as ``return``."""
    thing = thing.fget if isinstance(thing, property) else thing
    hints = get_type_hints(thing.__init__ if isinstance(thing, type) and not _is_record(thing) else thing)
    result = {} if isinstance(thing, type) else {"return": hints.get("return", NoneType)}
    return {
        name: words(kind) for name, kind in ({name: hints[name] for name in taken(thing)} | result).items()
    }


def taken(thing: Any) -> dict[str, inspect.Parameter]:
    """The parameters of a function or a class, without the object itself."""
    found = thing.__init__ if hasattr(thing, "__dataclass_fields__") else thing
    return {name: each for name, each in inspect.signature(found).parameters.items() if name != "self"}


def _is_record(kind: type) -> bool:
    return any(hasattr(kind, mark) for mark in ("__dataclass_fields__", "_fields"))


def signature(thing: Any) -> str:
    """What a function or a class takes, without types: they stand below, and so do many settings."""
    plain = [
        parameter.replace(annotation=parameter.empty, default=_default(parameter.default))
        for parameter in taken(thing).values()
    ]
    text = str(inspect.Signature(plain))
    return text if len(text) <= LONGEST_SIGNATURE else "(...)"


class _Named:
    """A default that is shown by its name, as ``iter``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


def _default(value: Any) -> Any:
    return _Named(value.__name__) if inspect.isroutine(value) else value


def usual(parameter: inspect.Parameter) -> str:
    """What follows a type where there is a default."""
    is_needed = parameter.default is parameter.empty
    return "" if is_needed else f", default ``{_default(parameter.default)!r}``"


def starred(parameter: inspect.Parameter) -> str:
    """A parameter's name in reStructuredText, with the stars of one that takes many."""
    stars = {parameter.VAR_POSITIONAL: r"\*", parameter.VAR_KEYWORD: r"\*\*"}
    return stars.get(parameter.kind, "") + parameter.name
