"""Values of another kind than is wanted, told with what makes the right one."""

from __future__ import annotations

from typing import Any

_MAKERS = {
    "Generator": "load_generator(path) reads one, and a state's final_generator is one",
    "Config": "Config.photo() is one, and Config.from_dict(settings) makes one",
}


def check_kind(value: Any, wanted: type, name: str) -> None:
    """Raise ValueError, with what gives the right ``value``, unless it is of the ``wanted`` type."""
    if not isinstance(value, wanted):
        kind, cure = wanted.__name__, _MAKERS[wanted.__name__]
        raise ValueError(f"{name} must be a {kind}, got a value of type {type(value).__name__}: {cure}")
