"""A random sample of cosmic-ray's mutants of the method's files, each judged by the tests of its own file.

PYTHONPATH=tests python -m mutants.sample COUNT RESULTS [--seed 0] [--minutes 60]

``pip install cosmic-ray`` comes first: no other program needs it. Every file has a share of the COUNT as
large as its share of all mutants. A mutant is left out when it changes annotations or docstrings alone, or is
no Python.
RESULTS gets a line of JSON for each; a run that was stopped goes on after the last.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import io
import json
import math
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

from .run import PRELOADED, ROOT, copy_of_project

METHOD = (
    "config",
    "color",
    "features",
    "origins",
    "patches",
    "networks",
    "losses",
    "training",
    "colorizing",
    "metrics",
    "baselines",
)
# What takes long, or measures memory and time: a mutant is judged by what is left.
LEFT_OUT = ["-m", "not slow", "-k", "not memory and not megapixels and not type_checker"]
KILLED, SURVIVED = "killed", "SURVIVED"


class Spot(NamedTuple):
    """A mutant: the file, cosmic-ray's operator, and which of its places in the file."""

    file: str
    operator: str
    place: int


def meaning(source: str) -> str:
    """A module without what does nothing when it runs: annotations of functions and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node):
            node.body = node.body[1:]
    return ast.dump(tree)


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    """How many of ``count`` fall to each name, as its size is of all: the largest remainders get the rest."""
    exact = {name: count * size / sum(sizes.values()) for name, size in sizes.items()}
    found = {name: math.floor(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda name: found[name] - exact[name])[: count - sum(found.values())]:
        found[name] += 1
    return found


def interval(killed: int, judged: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of the share that is killed."""
    share, extra = killed / judged, z**2 / judged
    middle = (share + extra / 2) / (1 + extra)
    half = z / (1 + extra) * math.sqrt(share * (1 - share) / judged + extra / (4 * judged))
    return middle - half, middle + half


def all_mutants() -> dict[str, list[Spot]]:
    """Every mutant that cosmic-ray makes of each file of the method."""
    from cosmic_ray.ast import ast_nodes, get_ast  # pyright: ignore[reportMissingImports]
    from cosmic_ray.operators.provider import _OPERATORS as OPERATORS  # pyright: ignore[reportMissingImports]

    found: dict[str, list[Spot]] = {}
    for file in METHOD:
        nodes = list(ast_nodes(get_ast(source_of(file))))
        for name, operator in OPERATORS.items():
            if not operator.arguments():
                places = sum(len(list(operator().mutation_positions(node))) for node in nodes)
                found.setdefault(file, []).extend(Spot(file, name, place) for place in range(places))
    return found


def mutated(spot: Spot) -> str | None:
    """The file with the fault; None when it changes nothing that runs, or cannot be read."""
    from cosmic_ray.mutating import mutate_code  # pyright: ignore[reportMissingImports]
    from cosmic_ray.operators.provider import _OPERATORS as OPERATORS  # pyright: ignore[reportMissingImports]

    source = source_of(spot.file)
    text = mutate_code(source, OPERATORS[spot.operator](), spot.place)
    try:
        return None if text is None or meaning(text) == meaning(source) else text
    except SyntaxError:  # `*` of a signature turned into another operator
        return None


def source_of(file: str) -> str:
    return (ROOT / "sicgan_lite" / f"{file}.py").read_text("utf-8")


def drawn(count: int, seed: int) -> Iterator[tuple[Spot, str]]:
    """The sample: of each file its share, in an order in which the files take turns."""
    mutants = all_mutants()
    turns: list[tuple[float, str]] = []
    kept: dict[str, Iterator[tuple[Spot, str]]] = {}
    for file, share in shares({file: len(spots) for file, spots in mutants.items()}, count).items():
        random.Random(f"{seed} {file}").shuffle(mutants[file])
        kept[file] = ((spot, text) for spot in mutants[file] if (text := mutated(spot)) is not None)
        turns += [((turn + 0.5) / share, file) for turn in range(share)]
    return (next(kept[file]) for _, file in sorted(turns))


def judge(project: Path, file: str, text: str, seconds: float) -> dict[str, Any]:
    """What the file's own tests say of a text in its place, in a process that is ended after ``seconds``."""
    (project / "sicgan_lite" / f"{file}.py").write_text(text, "utf-8")
    reading, writing = os.pipe()
    started, child = time.monotonic(), os.fork()
    if child == 0:
        os.setsid()
        with contextlib.suppress(BaseException), os.fdopen(writing, "w") as out:
            out.write(json.dumps(run_tests(project, file)))
        os._exit(0)
    os.close(writing)
    if not ends_within(child, seconds):
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    (project / "sicgan_lite" / f"{file}.py").write_text(source_of(file), "utf-8")
    with os.fdopen(reading) as pipe:
        said = json.loads(pipe.read() or '{"code": "no end"}')
    return said | {"seconds": round(time.monotonic() - started, 1)}


def ends_within(child: int, seconds: float) -> bool:
    """Whether a process comes to its end by itself in so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0] == child:
            return True
        time.sleep(0.05)
    return False


def run_tests(project: Path, file: str) -> dict[str, Any]:
    """pytest's exit code for the file's own tests, and its last lines."""
    import pytest

    os.chdir(project)
    sys.path.insert(0, str(project))
    os.environ["PYTHONPATH"] = str(project)  # for tests that start an interpreter
    output = io.StringIO()
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main([*quiet, *LEFT_OUT, f"tests/test_{file}.py"])
    return {"code": int(code), "output": output.getvalue()[-400:]}


def judged(sample: Iterator[tuple[Spot, str]], end: float) -> Iterator[dict[str, Any]]:
    """A row for each mutant of the sample, until the clock says ``end``."""
    usual: dict[str, float] = {}
    with copy_of_project() as project:
        for spot, text in sample:
            if time.monotonic() > end:
                return
            source = source_of(spot.file)
            if spot.file not in usual:
                unchanged = judge(project, spot.file, source, 600)
                assert unchanged["code"] == 0, f"without a fault the tests fail: {unchanged}"
                usual[spot.file] = unchanged["seconds"]
            said = judge(project, spot.file, text, max(30, 5 * usual[spot.file]))
            lines = unified_diff(source.splitlines(), text.splitlines(), n=0, lineterm="")
            change = [line for line in lines if line[:2] not in ("--", "++", "@@")]
            yield {
                "spot": spot,
                "outcome": SURVIVED if said["code"] == 0 else KILLED,
                "change": change,
            } | said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("results", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60)
    asked = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ.setdefault("HYPOTHESIS_PROFILE", "quick")
    for name in [
        *PRELOADED,
        "cv2",
        "safetensors.torch",
        "scipy.optimize",
    ]:  # the children are forked from here
        importlib.import_module(name)
    lines = asked.results.read_text("utf-8").splitlines() if asked.results.exists() else []
    rows = [json.loads(line) for line in lines]
    done = {Spot(*row["spot"]) for row in rows}
    sample = (each for each in drawn(asked.count, asked.seed) if each[0] not in done)
    with asked.results.open("a", encoding="utf-8") as log:
        for row in judged(sample, time.monotonic() + 60 * asked.minutes):
            rows.append(row)
            print(json.dumps(row), file=log, flush=True)
            print(row["outcome"], row["seconds"], *row["spot"], *row["change"][:2], sep="  ", flush=True)
    killed = sum(row["outcome"] == KILLED for row in rows)
    low, high = interval(killed, len(rows))
    print(f"{killed} of {len(rows)} killed: {killed / len(rows):.1%}, 95 % interval {low:.1%} to {high:.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
