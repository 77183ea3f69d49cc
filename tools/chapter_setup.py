"""The one set-up text that begins the first code cell of every chapter."""

from __future__ import annotations

from tools.address import pip_link

# --no-deps: the machine's own packages stay as they are. The named ones are small, and a
# notebook service may lack them.
TEXT = """\
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("sicgan_lite") is None:  # as in Colab
    address = "{link}"
    library = os.environ.get("SICGAN_LITE_SPEC", address)
    small = ["jaxtyping", "lazy-loader", "wadler-lindig"]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps"]
    subprocess.run([*pip, library, *small], check=True)
"""


def setup_text() -> str:
    """The text, with the address that ``_config.yml`` holds, and in a release with its tag."""
    return TEXT.format(link=pip_link())


if __name__ == "__main__":
    print(setup_text(), end="")
