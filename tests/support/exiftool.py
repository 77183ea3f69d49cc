"""exiftool: a reader and writer of metadata that we did not write."""

from __future__ import annotations

import os
import shutil

import pytest


def exiftool_or_skip() -> str:
    """The program's path; a test is skipped without it, and fails in CI."""
    program = shutil.which("exiftool")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has to have exiftool: apt-get install libimage-exiftool-perl")
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    return program
