"""Make the environment that `make` works in, or find that nothing has to be done.

Runs under the system's Python, so it uses the standard library only and says a clear sentence to
Pythons that are too old. The stamp is written last: an interrupted set-up is done again.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)


def fingerprint() -> str:
    """Hash of what decides the packages: requirements, metadata, and this program.

    The settings of the checks, from the first ``[tool.ruff`` on, change no package.
    """
    metadata = (ROOT / "pyproject.toml").read_text("utf-8").split("[tool.ruff")[0]
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    parts = [requirements, metadata, Path(__file__).read_text("utf-8")]
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
    pip(python, "install", "-qq", "--no-deps", "--force-reinstall", headless)
    reason = cv2_error(python)
    if reason:
        sys.exit(f"OpenCV still does not load: {reason}")


def main() -> None:
    """Set up unless the stamp says that it was done for these very files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path)
    environment = parser.parse_args().environment
    stamp = environment / "set-up-from.txt"
    wanted = fingerprint()
    if interpreter(environment).exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    python = create(environment)
    print("Installing what requirements.txt names; the first time takes minutes ...", flush=True)
    pip(python, "install", "-qq", "-r", str(ROOT / "requirements.txt"))
    use_headless_opencv_if_needed(python)
    stamp.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
