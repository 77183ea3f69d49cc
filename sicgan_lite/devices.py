"""Where training runs, in which precision, and what a result says of the machine that made it."""

import ctypes
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

# glibc's names for what mallopt sets, from its malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_PACKAGES = ("torch", "numpy", "opencv-python", "opencv-python-headless", "scikit-image")


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name (``cuda:1`` is the second card); ``auto`` is CUDA, then MPS, then the CPU.

    Errors: ValueError for another name, and for a device that this machine does not have.
    """
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    counts = {"cuda": cards, "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    available = [kind for kind, count in counts.items() if count]
    if name == "auto":
        return torch.device(available[0])
    kind, colon, index = name.partition(":")
    if kind not in available or (colon and not (index.isdecimal() and int(index) < counts[kind])):
        raise ValueError(f"device must be auto or one that is here ({', '.join(available)}), got {name!r}")
    return torch.device(name)


def uses_bfloat16(precision: str, device: torch.device) -> bool:
    """Whether training runs in bfloat16: when asked to, or on ``auto`` where the hardware has it."""
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # absent in older releases
    return device.type == "cpu" and native is not None and native()


def keep_freed_memory() -> None:
    """Let this process keep the memory that it frees, for the next step to use.

    glibc takes every large tensor from the system anew, page by page, and gives it back: a quarter
    of the time of a small training step. It changes the whole process, so it is for programs, and
    no function of the library calls it. Without glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_TOP_PAD, 64 * 2**20)


def describe_machine() -> dict[str, Any]:
    """What decides a run's last bits: processor, threads, and the versions of what computed it."""
    return {
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "versions": {package: metadata.version(package) for package in _PACKAGES if _installed(package)},
    }


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    capability = torch.backends.cpu.get_cpu_capability()
    return f"{models[0] if models else platform.processor() or platform.machine()} ({capability})"
