"""The list of faults stays true to the library: `make mutants` takes long, this takes a second."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from mutants.catalogue import MUTANTS, Mutant
from mutants.run import Outcomes, verdict
from mutants.sample import METHOD, interval, meaning, shares

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file}: {mutant.why}")
def test_a_fault_can_be_put_in_and_its_tests_are_there(mutant: Mutant) -> None:
    text = (ROOT / "sicgan_lite" / mutant.file).read_text("utf-8")
    assert text.count(mutant.old) == 1
    ast.parse(text.replace(mutant.old, mutant.new))  # a fault, and not a file that cannot be read
    for test in mutant.tests:
        name, _, function = test.partition("::")
        tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text("utf-8"))
        assert function.partition("[")[0] in {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef)
        }


def test_only_the_named_test_kills() -> None:
    outcomes = Outcomes()
    for node, when, outcome in [
        ("tests/a.py::test_one[x]", "call", "passed"),
        ("tests/a.py::test_one[y]", "call", "failed"),
        ("tests/a.py::test_one_more", "call", "passed"),
        ("tests/a.py::test_two", "setup", "failed"),
        ("tests/b.py::test_three", "call", "passed"),
    ]:
        report = SimpleNamespace(nodeid=node, when=when, outcome=outcome, failed=outcome == "failed")
        outcomes.pytest_runtest_logreport(report)
    verdicts = {
        ("a::test_one",): "killed",
        ("a::test_one[x]",): "SURVIVED",
        ("a::test_one_more",): "SURVIVED",
        ("a::test_two",): "BROKEN",  # its fixture failed
        ("b::test_four",): "BROKEN",  # it did not run
        ("b::test_three", "a::test_one"): "killed",
    }
    assert {tests: verdict(outcomes, tests) for tests in verdicts} == verdicts


def test_no_fault_is_listed_twice() -> None:
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


def test_a_sample_is_shared_as_the_files_are_large() -> None:
    assert shares({"large": 60, "small": 30, "least": 10}, 20) == {"large": 12, "small": 6, "least": 2}
    assert shares({"a": 1, "b": 1, "c": 1}, 10) == {"a": 4, "b": 3, "c": 3}
    assert sum(shares({"a": 444, "b": 326, "c": 630}, 101).values()) == 101


@pytest.mark.parametrize(
    ("killed", "judged", "low", "high"), [(50, 100, 0.4038, 0.5962), (10, 10, 0.7225, 1), (0, 10, 0, 0.2775)]
)
def test_the_interval_is_wilsons(killed: int, judged: int, low: float, high: float) -> None:
    assert interval(killed, judged) == pytest.approx((low, high), abs=1e-4)


def test_annotations_and_docstrings_mean_nothing() -> None:
    source = 'def half(x: int) -> float:\n    """Half."""\n    return x / 2\n'
    assert meaning(source) == meaning("def half(x: str):\n    return x / 2\n")
    assert meaning(source) != meaning(source.replace("2", "3"))


def test_the_sample_is_of_the_methods_files() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert list(METHOD) == re.findall(r"^\| `(\w+)\.py` \|", text, re.MULTILINE)
