"""Shapes and types of the library's annotations are checked in every test, and in no other run."""

from __future__ import annotations

import support.typechecking  # noqa: F401  the hook looks it up by name, already imported
from jaxtyping import install_import_hook

install_import_hook("sicgan_lite", "support.typechecking.checked")
