"""The tables of the page on speed, made from benchmarks/results/ when the book is built.

A Sphinx extension, named in ``_config.yml``: each stands in the page under its name, as a MyST substitution.
"""

from __future__ import annotations

from typing import Any

from benchmarks.tables import TABLES, make
from benchmarks.targets import targets_table
from benchmarks.waiting import waiting_table


def substitute(_app: Any, config: Any) -> None:
    """Add each table under its name."""
    made = {name: make(name) for name in TABLES}
    made |= {"targets_table": targets_table(), "waiting_table": waiting_table()}
    config.myst_substitutions = {**config.myst_substitutions, **made}


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what to call."""
    app.connect("config-inited", substitute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
