"""What the README tells people to type does what it says."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest
from PIL import Image

from sicgan_lite import (
    Config,
    colorize,
    delta_e,
    load_generator,
    load_run,
    mean_color,
    read_image,
    read_provenance,
    sample_image,
)

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
MADE = [command for command in COMMANDS if command.startswith("make ")]
OURS = [command for command in COMMANDS if command.startswith(".venv/bin/sicgan-lite ")]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_every_command_is_one_that_is_executed() -> None:
    assert MADE
    assert OURS
    assert set(COMMANDS) == {*MADE, *OURS}


def test_ci_types_what_the_readme_says() -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert set(MADE) <= set(ci)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "book/index.md"])
def test_every_target_that_a_text_names_can_be_made(page: str) -> None:
    named = set(re.findall(r"`make ([\w-]+)", (ROOT / page).read_text("utf-8")))
    targets = set(re.findall(r"^([\w-]+):", MAKEFILE, flags=re.MULTILINE))
    assert named <= targets


def test_the_limits_that_contributors_are_told_are_those_of_the_tests() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    limit = re.search(r"^LIMIT = (\d+)", (ROOT / "tests" / "test_method.py").read_text("utf-8"), re.MULTILINE)
    assert limit
    assert f"{int(limit[1]):,} lines of code" in told
    section = told.split("## Limits that a test holds")[1].split("## ")[0]
    folder = ""
    for path in re.findall(r"`([\w/]+\.py)`", section):  # a name alone is in the folder of the one before
        folder = path.rpartition("/")[0] or folder
        assert (ROOT / folder / Path(path).name).is_file(), path


def test_what_the_text_names_is_executed_elsewhere() -> None:
    """The comparison by make, Jupyter by the tests in the browser; no other command is in the text."""
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    named = {code for code in re.findall(r"`([^`]+)`", prose) if " " in code}
    assert named - set(MADE) == {
        "make bench",
        "make serve",
        "make test",
        "pytest --nbval book/",
        ".venv/bin/jupyter lab book/",
        "--preset quick",  # the pictures at the top were recorded so
        "--set conditional=True",
    }
    assert "tools.run_tests chapters" in MAKEFILE
    assert '"-m", "jupyterlab"' in (ROOT / "tests" / "support" / "lab.py").read_text("utf-8")


def test_every_file_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    places = re.findall(r"^\| `([^|]+)` \|", README, flags=re.MULTILINE)
    paths = [*links, *(name for cell in places for name in cell.split("`, `"))]
    assert len(paths) > 6
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_table_of_three_photographs_is_what_was_recorded() -> None:
    """And so is how far two seeds lie apart."""
    with (ROOT / "book" / "runs" / "photo" / "report.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["setting"] == "photo()"]
    table = re.findall(
        r"^\| .*?\(`(\w+)`, .*?\) \|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$", README, re.MULTILINE
    )
    assert [name for name, *_ in table] == ["hopper", "china", "flower"]
    columns = ("seen", "table_of_32_seen", "best_constant_seen", "grey_seen")
    for name, *said in table:
        medians = [median(float(row[c]) for row in rows if row["photograph"] == name) for c in columns]
        assert [f"{value:.1f}" for value in medians] == [cell.strip() for cell in said]
    places = {(row["photograph"], row["side"]): {} for row in rows}
    for row in rows:
        places[row["photograph"], row["side"]][row["seed"]] = float(row["seen"])
    apart = [abs(seeds["0"] - seeds["1"]) for seeds in places.values()]
    said = f"{median(apart):.1f} of ΔE apart in the median, and {max(apart):.1f} at most"
    assert said in README.replace("\n", " ")
    assert len({name for name, _ in places}) == 5


def test_the_spread_between_precisions_is_what_was_recorded() -> None:
    """That of ``train`` on six photographs, and that of the two pictures at the top."""
    with (ROOT / "book" / "runs" / "photo" / "presets.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = README.replace("\n", " ")
    places = {(row["method"], row["photograph"], row["precision"], row["seed"]): row for row in rows}

    def error(method: str, photograph: str, precision: str) -> float:
        return float(places[method, photograph, precision, "0"]["delta_e"])

    both = ("float32", "bfloat16")
    photographs = {row["photograph"] for row in rows}
    apart = [abs(error("photo", name, "float32") - error("photo", name, "bfloat16")) for name in photographs]
    assert len(apart) == 6
    assert f"on six, {max(apart):.1f} at most" in said
    for one in both:
        coffee = places["photo", "coffee", one, "0"]
        assert f"ΔE {float(coffee['delta_e']):.1f} against {float(coffee['table']):.1f}" in said
    first, second = (
        [error(method, "coffee", one) for one in both] for method in ("quick", "quick, conditional")
    )
    assert f"the first was {first[0]:.1f} in float32 and {first[1]:.1f} in bfloat16" in said
    assert all(f"the second {value:.1f} in both" in said for value in second)
    for name, error_said in (("coffee-quick-seed0", "6.7"), ("coffee-quick-conditional-seed0", "4.2")):
        run = load_run(name)
        picture = colorize(load_generator(run.generator_path), sample_image("coffee"))
        assert f"{delta_e(picture, sample_image('coffee')):.1f}" == error_said


@pytest.mark.slow
def test_the_commands_for_a_photograph_work_as_they_stand(tmp_path: Path) -> None:
    photo = Image.fromarray(sample_image("chelsea"))
    (tmp_path / "photos").mkdir()
    for name in ("photo.jpg", "photos/cat.jpg"):
        photo.save(tmp_path / name)
    photo.convert("L").save(tmp_path / "old.jpg")
    programs = Path(sys.executable).parent.as_posix()  # .venv/bin, wherever it is
    for command in OURS:
        words = shlex.split(command.replace(".venv/bin", programs))
        ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    assert read_image(tmp_path / "colored.png").rgb.shape == (300, 451, 3)
    assert {path.suffix for path in (tmp_path / "album").glob("cat.jpg.*")} == {".png", ".safetensors"}
    for picture in ("colored.png", "old-colored.jpg", "album/cat.jpg.before-after.png"):
        assert read_provenance(tmp_path / picture) is not None


@pytest.mark.slow
def test_the_first_script_does_what_it_says(tmp_path: Path) -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    assert len(script.splitlines()) <= 22
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    *steps, painted, constant = ran.stdout.splitlines()
    assert [int(line.split()[1]) for line in steps] == list(range(50, Config.photo().total_steps + 1, 50))
    coffee = sample_image("coffee")
    colored = read_image(tmp_path / "colored.png").rgb
    assert f"{delta_e(colored, coffee):.1f}" == painted.split()[-1]
    assert f"{delta_e(mean_color(coffee), coffee):.1f}" == constant.split()[-1]
    assert read_provenance(tmp_path / "colored.png") is not None
    again = colorize(load_generator(tmp_path / "generator.safetensors"), coffee)
    assert delta_e(again, colored) < 0.5  # on one machine the same; bfloat16 may differ between two
