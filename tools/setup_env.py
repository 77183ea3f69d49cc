"""Make the environment that `make` works in, or find that nothing has to be done.

Runs under the system's Python, so it uses the standard library only and says a clear sentence to
Pythons that are too old. The stamp is written last: an interrupted set-up is done again. ``--dev`` adds
what only developers need. pip reads its own settings and variables: an index, a proxy, a cache.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)
READER, DEVELOPER = "requirements.txt", "requirements-dev.txt"
ADVICE = """\
Installing what {name} names. The first time takes minutes, and about 2 GB of disk: PyTorch is the
largest part. On Linux it also brings what NVIDIA cards need, some GB more; builds without are explained at
https://pytorch.org/get-started/locally/ (what pip is to use, say in pip's own variables or settings)."""


def fingerprint(dev: bool = False) -> str:
    """Hash of what decides the packages: requirements, metadata, and this program.

    The settings of the checks, from the first ``[tool.ruff`` on, change no package.
    """
    metadata = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.ruff")[0]
    requirements = [(ROOT / name).read_text("utf-8") for name in [READER, DEVELOPER][: 1 + dev]]
    parts = [*requirements, metadata, Path(__file__).read_text("utf-8")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def refuse_old(version: tuple, name: str) -> None:
    """End the program when a Python is older than the library can use."""
    if version < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is wanted; {name} is"
            f" {version[0]}.{version[1]}. Name another one, for example:\n"
            "    make book PYTHON=python3.12"
        )


def interpreter(environment: Path) -> Path:
    """Where the environment's Python is, on this system."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def create(environment: Path) -> Path:
    """Make the environment unless it is there; its Python."""
    python = interpreter(environment)
    if not python.exists():
        refuse_old(sys.version_info[:2], sys.executable)
        print(f"Making the environment {environment} ...", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", str(environment)]):
            sys.exit(
                "The environment could not be made. On Debian and Ubuntu the missing part is the"
                " package python3-venv."
            )
    code = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.check_output([str(python), "-c", code], text=True).split()
    refuse_old((int(major), int(minor)), str(python))
    return python


def pip(python: Path, *arguments: str) -> None:
    """Run pip in the environment; its own words are the message when it fails."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.call(command, cwd=str(ROOT)):
        sys.exit("Setting up failed at: pip " + " ".join(arguments))


def cv2_error(python: Path) -> str:
    """Why OpenCV does not load; an empty string when it does."""
    tried = subprocess.run([str(python), "-c", "import cv2"], capture_output=True, text=True, check=False)
    return tried.stderr.strip().rpartition("\n")[2] if tried.returncode else ""


def use_headless_opencv_if_needed(python: Path) -> None:
    """On a bare server opencv-python finds no libGL; the headless build needs none."""
    reason = cv2_error(python)
    if not reason:
        return
    code = "from importlib.metadata import version; print(version('opencv-python'))"
    version = subprocess.check_output([str(python), "-c", code], text=True).strip()
    print(
        f"opencv-python {version} does not load here ({reason}).\n"
        f"Putting opencv-python-headless {version} in its place: the same OpenCV without windows.",
        flush=True,
    )
    pip(python, "uninstall", "-q", "-y", "opencv-python")
    headless = f"opencv-python-headless=={version}"
    pip(python, "install", "-q", "--no-deps", "--force-reinstall", headless)
    reason = cv2_error(python)
    if reason:
        sys.exit(f"OpenCV still does not load: {reason}")


def stamps(environment: Path, dev: bool) -> "dict[Path, str]":
    """What stands in the environment when it is set up: a developer's is also a reader's."""
    wanted = {environment / "set-up-from.txt": fingerprint()}
    if dev:
        wanted[environment / "set-up-dev-from.txt"] = fingerprint(dev=True)
    return wanted


def is_set_up(environment: Path, dev: bool) -> bool:
    """Whether the stamps say that it was done for these very files."""
    wanted = stamps(environment, dev)
    stamped = all(stamp.exists() and stamp.read_text("utf-8") == text for stamp, text in wanted.items())
    return stamped and interpreter(environment).exists()


def main() -> None:
    """Set up unless that is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path)
    parser.add_argument("--dev", action="store_true", help="also what only developers need")
    asked = parser.parse_args()
    if is_set_up(asked.environment, asked.dev):
        return
    python = create(asked.environment)
    name = DEVELOPER if asked.dev else READER
    print(ADVICE.format(name=name), flush=True)
    pip(python, "install", "-r", str(ROOT / name))
    use_headless_opencv_if_needed(python)
    for stamp, text in stamps(asked.environment, asked.dev).items():
        stamp.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
