"""Shapes and types of the library's annotations are checked in every test, and in no other run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import support.typechecking  # the hook looks it up by name, already imported
from hypothesis import settings
from jaxtyping import install_import_hook

install_import_hook("sicgan_lite", "support.typechecking.checked")

# Every run tries the same examples, and none fails because the machine was busy.
settings.register_profile("suite", derandomize=True, deadline=None, database=None, max_examples=50)
settings.load_profile("suite")

# Tests run side by side, one process a core: more threads would only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def unchecked() -> Iterator[None]:
    """Annotations are not checked in this test: it hands the library arguments of the wrong type."""
    with support.typechecking.unchecked():
        yield
