"""The list of faults stays true to the library: `make mutants` takes long, this takes a second."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest
from mutants.catalogue import MUTANTS, Mutant
from mutants.run import Outcomes, verdict

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
