"""The type checker that the import hook puts around every annotated function of the library."""

from __future__ import annotations

from beartype import BeartypeConf, beartype

# An int is welcome where a float is asked for (PEP 484), as everywhere in Python.
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
