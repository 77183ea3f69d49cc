"""Colour from a single image: the library behind the book.

Every public name is listed in ``__init__.pyi``. A module is loaded when one of its names is first
used (PEP 562), so that ``import sicgan_lite`` costs nothing and imports no torch.
"""

from collections.abc import Callable
from typing import Any

import lazy_loader

__version__ = "1.0.0"


def _offer(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package whose names stand in its stub.

    A name that is not there is an AttributeError with the nearest one that is.
    """
    load, list_names, names = lazy_loader.attach_stub(package, file)

    def find(name: str) -> Any:
        if name in names or name.startswith("__"):
            return load(name)
        from difflib import get_close_matches

        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"dir({package}) lists its names"
        # With a name and no object, Python adds no second guess of its own.
        raise AttributeError(f"{package} has no {name!r}; {hint}", name=name, obj=None)

    return find, list_names, names


__getattr__, __dir__, __all__ = _offer(__name__, __file__)
