"""Files that hold a run (to go on with it) or a generator (to give away)."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save

from sicgan_lite.config import Config
from sicgan_lite.files import pixels_sha256, write_atomically
from sicgan_lite.networks import Generator
from sicgan_lite.training import NonFiniteLossError, TrainState

SCHEMA = 1
METADATA_KEY = "sicgan-lite generator"
_PARTS = ("generator", "discriminator", "optimizer_g", "optimizer_d")
_KEYS = {*_PARTS, "schema", "step", "rng", "config", "rgb_sha256"}

Path_ = str | os.PathLike[str]


class FileFormatError(ValueError):
    """A file is not what it should be: truncated, of another kind, or for another photograph."""


def save_checkpoint(path: Path_, state: TrainState) -> None:
    """Write the whole run: weights, optimisers, step, RNG, config and the photograph's hash.

    All or nothing, at any moment. Errors: OSError when it cannot be written; NonFiniteLossError
    for weights that are not finite, from which no run could go on: the old file stays.
    """
    for part in ("generator", "discriminator"):
        if not all(weight.isfinite().all() for weight in getattr(state, part).parameters()):
            raise NonFiniteLossError(
                f"after step {state.step} the {part}'s weights are not finite; {path} is left as it was"
            )
    content: dict[str, Any] = {part: getattr(state, part).state_dict() for part in _PARTS}
    content |= {
        "schema": SCHEMA,
        "step": state.step,
        "rng": state.rng.get_state(),
        "config": state.config.to_dict(),
        "rgb_sha256": state.rgb_sha256,
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def load_checkpoint(path: Path_, rgb: UInt8[np.ndarray, "h w 3"], device: str = "auto") -> TrainState:
    """The state that ``save_checkpoint`` wrote, ready to go on bitwise as if never stopped.

    Errors: FileNotFoundError; FileFormatError for a damaged file, another schema or another
    photograph, and for a kind of device that cannot take up the run's random state.
    """
    content = read_checkpoint(path)
    if content["rgb_sha256"] != pixels_sha256(rgb):
        raise FileFormatError(
            f"{path} was trained on another photograph (pixels {content['rgb_sha256'][:12]}…, "
            f"given {pixels_sha256(rgb)[:12]}…)"
        )
    state = TrainState.create(rgb, Config.from_dict(content["config"]), device)
    try:
        for part in _PARTS:
            getattr(state, part).load_state_dict(content[part])
        state.rng.set_state(content["rng"])
    except (RuntimeError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise FileFormatError(
            f"{path} does not hold what its config describes, or was made on another kind of device "
            f"than {state.device}"
        ) from error
    state.step = content["step"]
    return state


def read_checkpoint(path: Path_) -> dict[str, Any]:
    """The plain content of a checkpoint. Errors: FileNotFoundError, FileFormatError."""
    data = io.BytesIO(Path(path).read_bytes())
    try:
        damaged = zipfile.ZipFile(data).testzip()  # torch.load does not look at the checksums
        data.seek(0)
        content = None if damaged else torch.load(data, map_location="cpu", weights_only=True)
    except Exception as error:
        raise FileFormatError(f"{path} is not a whole checkpoint of sicgan-lite") from error
    if not isinstance(content, dict) or "schema" not in content:
        raise FileFormatError(f"{path} is not a whole checkpoint of sicgan-lite")
    if content["schema"] != SCHEMA:
        raise FileFormatError(
            f"{path} has checkpoint schema {content['schema']!r}; this version reads {SCHEMA}"
        )
    missing = _KEYS - set(content)
    if missing:
        raise FileFormatError(f"{path} is a checkpoint without its {', '.join(sorted(missing))}")
    return content


def save_generator(path: Path_, generator: Generator, config: Config) -> None:
    """Write a generator's weights as safetensors, with its config as metadata.

    Such a file holds numbers and text only: opening a stranger's runs no code.
    """
    write_atomically(path, generator_bytes(generator, config))


def generator_bytes(generator: Generator, config: Config, **results: Any) -> bytes:
    """What ``save_generator`` writes; ``results`` are plain values that ``read_results`` gives back."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in generator.state_dict().items()}
    about = {"schema": SCHEMA, "config": config.to_dict()} | ({"results": results} if results else {})
    # One entry: safetensors writes several in an order of its own, and equal files would differ.
    return save(weights, {METADATA_KEY: json.dumps(about)})


def load_generator(path: Path_) -> Generator:
    """The generator that ``save_generator`` wrote, on the CPU.

    Errors: FileNotFoundError; FileFormatError for anything but a sicgan-lite generator.
    """
    config = read_generator_config(path)
    weights = load_file(Path(path))
    shapes = {name: weight.shape for name, weight in weights.items()}
    if shapes != _weight_shapes(config):  # before building: a foreign config may ask for any memory
        raise FileFormatError(f"{path} does not hold the weights that its config describes")
    with torch.random.fork_rng(devices=[]):  # building draws initial weights
        generator = Generator(config.generator_widths, config.size, config.features)
    generator.load_state_dict(weights)
    return generator.eval()


def read_generator_config(path: Path_) -> Config:
    """The config that a generator was trained with. Errors: as ``load_generator``."""
    about = _read_about(path)
    try:
        return Config.from_dict(about["config"])
    except ValueError as error:
        raise FileFormatError(f"{path} has a config of another kind: {error}") from error


def read_results(path: Path_) -> dict[str, Any]:
    """What was measured when a generator was made, empty if nothing. Errors: as ``load_generator``."""
    return _read_about(path).get("results", {})


def _read_about(path: Path_) -> dict[str, Any]:
    if not Path(path).is_file():
        raise FileNotFoundError(f"{path} is not a file; a generator.safetensors is wanted")
    try:
        with safe_open(Path(path), framework="pt") as file:
            about = json.loads((file.metadata() or {})[METADATA_KEY])
        schema, _ = about["schema"], about["config"]
    except (SafetensorError, LookupError, TypeError, json.JSONDecodeError) as error:
        raise FileFormatError(f"{path} is not a generator of sicgan-lite (safetensors)") from error
    if schema != SCHEMA:
        raise FileFormatError(f"{path} has generator schema {schema!r}; this version reads {SCHEMA}")
    return about


def _weight_shapes(config: Config) -> dict[str, torch.Size]:
    with torch.device("meta"):  # shapes without numbers
        generator = Generator(config.generator_widths, config.size, config.features)
    return {name: weight.shape for name, weight in generator.state_dict().items()}
