"""Where training runs, in which precision, what makes it quick, and what a result says of its machine."""

import ctypes
import os
import platform
import sys
from importlib import metadata
from inspect import unwrap
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn.functional import adaptive_avg_pool2d

Device = str | torch.device

FEW_PIXELS = 2**15  # of a batch
# glibc's names for what mallopt sets, from its malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_PACKAGES = ("torch", "numpy", "opencv-python", "opencv-python-headless", "scikit-image")


def choose_device(name: Device = "auto") -> torch.device:
    """The device of that name (``cuda:1`` is the second card); ``auto`` is CUDA, then MPS, then the CPU.

    Errors: ValueError for another name, and for a device that this machine does not have.
    """
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    counts = {"cuda": cards, "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    available = [kind for kind, count in counts.items() if count]
    name = str(name)
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


def limit_threads(pixels: int) -> None:
    """One thread for a training whose batch has so few ``pixels`` that sharing them costs more than it gives.

    Where other programs are busy, two threads took 2.2 to 2.5 times as long for a step of 16 patches of
    32×32 pixels: each operation waits for the slower one. It changes the whole process, so it is for
    programs; ``OMP_NUM_THREADS`` overrules it.
    """
    if pixels <= FEW_PIXELS and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)


class Adam(torch.optim.Adam):
    """PyTorch's Adam, to the last bit, without the compiler that its methods load: a second of a core.

    Each is wrapped for ``torch.compile``, which nothing here uses; what is inside is taken.
    """

    add_param_group = unwrap(torch.optim.Adam.add_param_group)
    zero_grad = unwrap(torch.optim.Adam.zero_grad)
    state_dict = unwrap(torch.optim.Adam.state_dict)
    load_state_dict = unwrap(torch.optim.Adam.load_state_dict)
    step = torch.no_grad()(unwrap(torch.optim.Adam.step))


class AveragePool(nn.AdaptiveAvgPool2d):
    """PyTorch's layer, with a gradient that costs a twentieth of a training step less.

    Its own gradient is copied twice on the way to a channels_last input. The values are the same.
    """

    output_size: int

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name that nn.Module gives it
        """The mean of each block of ``input``, (n, c, h, w): (n, c, size, size)."""
        height, width = input.shape[-2:]
        whole = height % self.output_size == 0 and width % self.output_size == 0
        return _BlockAverage.apply(input, self.output_size) if whole else super().forward(input)


class _BlockAverage(torch.autograd.Function):
    """The mean of each of size × size equal blocks."""

    @staticmethod
    def forward(ctx: FunctionCtx, maps: Tensor, size: int) -> Tensor:
        ctx.shape, ctx.size = maps.shape, size
        return adaptive_avg_pool2d(maps, size)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        (n, channels, height, width), size = ctx.shape, ctx.size
        rows, columns = height // size, width // size
        blocks = (gradient / (rows * columns)).permute(0, 2, 3, 1)[:, :, None, :, None]
        spread = blocks.expand(n, size, rows, size, columns, channels)
        return spread.reshape(n, height, width, channels).permute(0, 3, 1, 2), None


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
