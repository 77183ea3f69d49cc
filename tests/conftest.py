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
settings.register_profile("quick", settings.get_profile("suite"), max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# Tests run side by side, one process a core: more threads would only get in each other's way.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin, so that at the end no worker waits for another's."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """PyTorch computes on one thread: a run repeats, and a fork of a process with threads may hang."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def unchecked() -> Iterator[None]:
    """Annotations are not checked in this test: it hands the library arguments of the wrong type."""
    with support.typechecking.unchecked():
        yield
