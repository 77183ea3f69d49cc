"""The type checker that the import hook puts around every annotated function of the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import IOBase
from typing import IO

from beartype import BeartypeConf, FrozenDict, beartype
from jaxtyping import config

# An int is welcome where a float is asked for (PEP 484), as everywhere in Python.
# BytesIO is an IO[bytes] for every static checker, and no subclass of it.
checked = beartype(
    conf=BeartypeConf(is_pep484_tower=True, hint_overrides=FrozenDict({IO[bytes]: IO[bytes] | IOBase}))
)


@contextmanager
def unchecked() -> Iterator[None]:
    """Run the library as its users do: a wrong argument meets the library's own errors."""
    config.update("jaxtyping_disable", value=True)
    try:
        yield
    finally:
        config.update("jaxtyping_disable", value=False)
