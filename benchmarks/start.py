"""Starting: how long until a program that uses the library can begin.

``python -m benchmarks.start`` writes results/start.json. Every start is a fresh interpreter; they take
turns, and a bare one is among them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.timing import Seconds, interleave, load_average, record, spread

PHOTO = str(Path(__file__).resolve().parent.parent / "book" / "_web" / "before-after.jpg")
LIGHT = "Config, PatchSet, delta_e, rgb_to_lab, lightness_features, sample_origins"
STARTS = {
    "Python alone": "pass",
    "import sicgan_lite": "import sicgan_lite",
    "its names without torch": f"from sicgan_lite import {LIGHT}",
    "sicgan-lite --help": "import sys; from sicgan_lite.cli import main; main(['--help'])",
    "import torch": "import torch",
    # A run that ends where its first step would begin.
    "sicgan-lite train": "import sys, tempfile; import sicgan_lite.training as t; "
    "from sicgan_lite.cli import main; "
    "t.train_step = lambda state: sys.exit(); "
    f"main(['train', {PHOTO!r}, '--quiet', '--out', tempfile.mkdtemp() + '/run'])",
}
HEAVY = ("torch", "matplotlib", "ipywidgets", "skimage.io")


def start(code: str) -> str:
    """What a fresh interpreter prints. Errors: CalledProcessError when it fails."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def loaded(code: str) -> list[str]:
    """Which of the heavy packages are loaded after this code."""
    ask = f"import json, sys; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    said = start(f"try:\n    {code}\nfinally:\n    {ask}")  # --help ends the program
    return json.loads(said.splitlines()[-1])


def measure(rounds: int, starts: dict[str, str] = STARTS) -> dict[str, Any]:
    """Seconds of each start, by the clock and of the processor, and what it loads."""
    busy: Seconds = {name: [] for name in starts}

    def timed(name: str) -> None:
        before = _busy()
        start(starts[name])
        busy[name].append(_busy() - before)

    seconds = interleave({name: partial(timed, name) for name in starts}, rounds)
    bare = seconds["Python alone"]
    above = {
        name: spread([a - b for a, b in zip(found, bare, strict=True)])._asdict()
        for name, found in seconds.items()
    }
    heavy = {name: loaded(code) for name, code in starts.items()}
    found = {"seconds": seconds, "processor seconds": {name: its[-rounds:] for name, its in busy.items()}}
    return found | {"seconds above Python alone": above, "heavy packages loaded": heavy}


def _busy() -> float:
    """Processor seconds of all programs that this one started and that have ended."""
    return os.times().children_user + os.times().children_system


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    load = load_average()
    print(record("start", measure(options.rounds), load=load))


if __name__ == "__main__":
    main()
