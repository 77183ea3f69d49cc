"""Every chapter as Colab meets it: alone in a folder, on a machine whose packages are Colab's.

Two chapters run here; with COLAB=all, as in `make test-colab`, all of them. COLAB_PYTHON names another
Python, for which there may be no torch: then the three that do without it run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode
from support.chapters import CHAPTERS, code_cells
from support.environments import freeze, make_environment, pip
from support.kernels import execute

ROOT = Path(__file__).resolve().parent.parent.parent
# The first, and the one that asks for the reader's own photograph.
SHORT = [CHAPTERS[0], next(path for path in CHAPTERS if "use_photo(" in str(code_cells(path)))]
CHOSEN = CHAPTERS if os.environ.get("COLAB") == "all" else SHORT
OTHER = os.environ.get("COLAB_PYTHON", "")
if OTHER:
    CHOSEN = CHAPTERS[:3]
# What a chapter may add to Colab's packages: ours, and the small ones that Colab lacks.
ADDED = {"sicgan-lite", "jaxtyping", "wadler-lindig"}

# Executed after the chapter, in its kernel: every setting of every explorer, from the kernel's side.
MOVE_EVERY_SLIDER = """
import ipywidgets

assert not hasattr(ipywidgets, "Stack"), "this is not Colab's ipywidgets"


def picture(box):
    while not isinstance(box, ipywidgets.HTML):
        (box,) = box.children
    return box.value


every = ipywidgets.Widget.widgets.values()
explorers = [box for box in every if "sicgan-explorer" in getattr(box, "_dom_classes", ())]
for explorer in explorers:
    *sliders, place = explorer.children
    start = [slider.index for slider in sliders]
    settings = list(np.ndindex(*(len(slider.options) for slider in sliders)))
    seen = set()
    for setting in settings:
        for slider, index in zip(sliders, setting):
            slider.index = index
        seen.add(picture(place))
    assert len(seen) == len(settings), (len(seen), len(settings))
print("explorers:", len(explorers))
"""

# And what a wrong answer shows on Colab's old IPython: one line, nothing of the check's source.
ANSWER_WRONGLY = """
from IPython import get_ipython
from sicgan_lite.teaching.exercises import check_noise_gain

told = []
get_ipython()._showtraceback = lambda kind, error, lines: told.append(lines)
get_ipython().run_cell("check_noise_gain(8)")
assert [line[:10] for lines in told for line in lines] == ["Not yet: 8"], told
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("colab") / "environment"
    lent = "" if OTHER else "torch"
    return make_environment(folder, Path(__file__).with_name("requirements.txt"), base=OTHER, lent=lent)


@pytest.fixture
def clean(python: Path) -> Iterator[dict[str, str]]:
    """The packages of Colab's machine before a chapter; what the chapter added goes again."""
    before = freeze(python)
    assert not ADDED & before.keys()
    yield before
    pip(python, "uninstall", "-q", "-y", *ADDED)


def printed(cells: list[NotebookNode], stream: str = "stdout") -> str:
    """All that the cells wrote to a stream."""
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == stream)


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHOSEN, ids=lambda path: path.stem)
def test_a_chapter_runs_alone_on_colabs_packages(
    chapter: Path, python: Path, clean: dict[str, str], wheel: Path, tmp_path: Path
) -> None:
    alone = Path(shutil.copy(chapter, tmp_path))
    ran = execute(alone, python, MOVE_EVERY_SLIDER, ANSWER_WRONGLY, SICGAN_LITE_SPEC=str(wheel))
    assert [path.name for path in tmp_path.iterdir()] == [chapter.name]
    assert printed(ran.cells, "stderr") == ""
    calls = sum(cell.source.count("explore(") for cell in code_cells(chapter))
    # Other versions of the packages, the same numbers in the text.
    assert printed(ran.cells) == printed(code_cells(chapter)) + f"explorers: {calls}\n"
    after = freeze(python)
    assert {name: after[name] for name in clean} == clean
    assert after.keys() - clean.keys() == ADDED
