"""The most memory that a piece of code takes above what its process held before, in a child of its own."""

from __future__ import annotations

import subprocess
import sys

_PEAK = """
import resource, sys
from pathlib import Path
import numpy as np
import torch

torch.set_num_threads(1)
block = np.random.default_rng(0).integers(0, 256, (250, 250, 3), np.uint8)

def noise(height, width):
    # a picture of blocks of 250 pixels
    return np.tile(block, (-(-height // 250), -(-width // 250), 1))[:height, :width]

def peak():
    # the most memory this program has held, in bytes
    status = Path("/proc/self/status")
    if status.exists():  # getrusage starts with what the parent held
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
"""


def memory_above(prepare: str, work: str, *words: object) -> int:
    """Bytes at most that ``work`` takes above ``prepare``; both know ``noise`` and ``sys.argv``."""
    code = f"{_PEAK}\n{prepare}\nbefore = peak()\n{work}\nprint(peak() - before)"
    command = [sys.executable, "-c", code, *map(str, words)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return int(run.stdout.split()[-1])
