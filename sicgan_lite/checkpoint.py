"""Save and load training states and generators."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from safetensors import SafetensorError
from safetensors.torch import load, save

from sicgan_lite.config import Config
from sicgan_lite.devices import Device, choose_device
from sicgan_lite.files import File, FileFormatError, name_of, pixels_sha256, read_bytes, shortly, write_bytes
from sicgan_lite.networks import Discriminator, Generator
from sicgan_lite.training import NonFiniteLossError, TrainState

SCHEMA = 1
METADATA_KEY = "sicgan-lite generator"
_PARTS = ("generator", "discriminator", "optimizer_g", "optimizer_d")
_KEYS = {*_PARTS, "schema", "step", "rng", "config", "rgb_sha256"}
# Far above what any of ours has: a foreign file costs a few times its length in memory.
_MOST_BYTES = 1 << 27
_MOST_TEXT = 1 << 20  # of a header or a pickle, a byte of which may ask for a hundred
_MOST_ENTRIES, _ZIP_ENTRY = 10_000, b"PK\x01\x02"


def save_checkpoint(file: File, state: TrainState) -> None:
    """Write a whole ``state``: weights, optimisers, step, RNG, config and the photograph's hash.

    ``file`` is a path, which gets all or nothing, or open in binary mode. Errors: OSError when it
    cannot be written; NonFiniteLossError for weights that are not finite: the old file stays.
    """
    for part in ("generator", "discriminator"):
        if not _are_finite(getattr(state, part).parameters()):
            raise NonFiniteLossError(
                f"after step {state.step} the {part}'s weights are not finite; "
                f"{name_of(file)} is left as it was"
            )
    content: dict[str, Any] = {part: getattr(state, part).state_dict() for part in _parts(state)}
    content |= {
        "schema": SCHEMA,
        "step": state.step,
        "rng": state.rng.get_state(),
        "config": state.config.to_dict(),
        "rgb_sha256": state.rgb_sha256,
    }
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_bytes(file, buffer.getvalue())


def check_storable(config: Config) -> None:
    """Raise ValueError for networks whose checkpoint would be larger than what is read again."""
    with torch.device("meta"):  # shapes without numbers
        networks = Generator.from_config(config), Discriminator.from_config(config)
    numbers = sum(weight.numel() for network in networks for weight in network.parameters())
    size = 4 * 4 * numbers  # float32: weights, two moments, and a running mean at most
    if size > _MOST_BYTES:
        raise ValueError(
            f"a checkpoint of these networks takes {size >> 20} MiB, and {_MOST_BYTES >> 20} are read; "
            "make generator_widths or discriminator_widths smaller"
        )


def load_checkpoint(file: File, rgb: UInt8[np.ndarray, "h w 3"], device: Device = "auto") -> TrainState:
    """The state that ``save_checkpoint`` wrote, ready to go on bitwise as if never stopped.

    ``file`` is a path, or open in binary mode; ``rgb`` is the photograph of the run. Errors:
    FileNotFoundError; FileFormatError for a damaged file, another schema or photograph, and a device
    that cannot take up the run's randomness.
    """
    content, chosen = read_checkpoint(file), choose_device(device)
    if content["rgb_sha256"] != pixels_sha256(rgb):
        raise FileFormatError(
            f"{name_of(file)} was trained on another photograph (pixels {content['rgb_sha256']!s:.12}…, "
            f"given {pixels_sha256(rgb)[:12]}…)"
        )
    config = _config_of(content, name_of(file))
    try:
        state = TrainState.create(rgb, config, device)
        _take_up(state, content)
    except (RuntimeError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise FileFormatError(
            f"{name_of(file)} does not hold what its config describes, or was made on another kind of device "
            f"than {chosen}"
        ) from error
    return state


def _take_up(state: TrainState, content: dict[str, Any]) -> None:
    """Fill a fresh state from a checkpoint. Errors: many kinds, for content that does not fit."""
    for part in _parts(state):
        of_state = getattr(state, part)
        asked = [{k: v for k, v in g.items() if k != "params"} for g in getattr(of_state, "param_groups", [])]
        of_state.load_state_dict(content[part])
        for group, own in zip(getattr(of_state, "param_groups", []), asked, strict=True):
            own["params"] = group["params"]  # the rest follows from the config, whatever a file says
            own["lr"] = group["lr"] if type(group["lr"]) is float else own["lr"]  # each step sets its own
            group.clear()
            group.update(own)
    state.rng.set_state(content["rng"])
    state.step = content["step"]
    _check_step(state)


def _parts(state: TrainState) -> tuple[str, ...]:
    return _PARTS if state.average is None else (*_PARTS, "average")


def _check_step(state: TrainState) -> None:
    step, total = state.step, state.config.total_steps
    if type(step) is not int or not 0 <= step <= total:
        raise ValueError(f"step must be a whole number in [0, {total}], got {step!r}")
    for network in (state.generator, state.discriminator, state.final_generator):
        if not _are_finite(network.parameters()):
            raise ValueError("its weights are not finite")
    for optimizer in (state.optimizer_g, state.optimizer_d):
        for parameter in optimizer.param_groups[0]["params"]:
            _check_moments(parameter, optimizer.state.get(parameter, {}), step)


def _are_finite(weights: Iterable[torch.Tensor]) -> bool:
    return all(weight.isfinite().all() for weight in weights)


def _check_moments(parameter: torch.Tensor, moments: dict[str, torch.Tensor], step: int) -> None:
    """Lay Adam's numbers out as the weights are: its fused step trusts that, and writes anywhere."""
    wanted = {"step": (), "exp_avg": parameter.shape, "exp_avg_sq": parameter.shape} if step else {}
    if {name: value.shape for name, value in moments.items()} != wanted:
        raise ValueError(f"Adam's numbers do not fit weights of shape {tuple(parameter.shape)}")
    for name, value in moments.items():
        if not value.isfinite().all():
            raise ValueError(f"Adam's {name} is not finite")
        moments[name] = value if name == "step" else torch.zeros_like(parameter).copy_(value)


def read_checkpoint(file: File) -> dict[str, Any]:
    """The plain content of a checkpoint. Errors: FileNotFoundError, FileFormatError."""
    path, content = name_of(file), read_bytes(file, at_most=_MOST_BYTES)
    data = io.BytesIO(content)
    try:
        if content.count(_ZIP_ENTRY) > _MOST_ENTRIES:
            raise ValueError("it has too many entries")
        archive = zipfile.ZipFile(data)
        entries = archive.infolist()
        packed = any(entry.compress_type != zipfile.ZIP_STORED for entry in entries)
        large = any(entry.filename.endswith(".pkl") and entry.file_size > _MOST_TEXT for entry in entries)
        damaged = packed or large or archive.testzip()  # torch.load does not look at the checksums
        data.seek(0)
        content = None if damaged else torch.load(data, map_location="cpu", weights_only=True)
    except Exception as error:
        raise FileFormatError(f"{path} is not a whole checkpoint of sicgan-lite") from error
    if not isinstance(content, dict) or "schema" not in content:
        raise FileFormatError(f"{path} is not a whole checkpoint of sicgan-lite")
    _check_schema(content["schema"], f"{path} has checkpoint")
    missing = _KEYS - set(content)
    if missing:
        raise FileFormatError(f"{path} is a checkpoint without its {', '.join(sorted(missing))}")
    if type(content["step"]) is not int or not isinstance(content["rgb_sha256"], str):
        raise FileFormatError(f"{path} is a checkpoint whose step is no number, or whose hash is no text")
    _config_of(content, path)
    return content


def _check_schema(schema: Any, what: str) -> None:
    if type(schema) is not int or schema != SCHEMA:  # a tensor answers != with another tensor
        raise FileFormatError(f"{what} schema {shortly(schema)}; this version reads {SCHEMA}")


def save_generator(file: File, generator: Generator, config: Config, **results: Any) -> None:
    """Write a generator's weights as safetensors, with its config and any ``results`` as metadata.

    ``file`` is a path, or open in binary mode. ``results`` are plain values that ``read_results``
    gives back. What is written holds numbers and text only: opening a stranger's runs no code.
    """
    write_bytes(file, generator_bytes(generator, config, **results))


def generator_bytes(generator: Generator, config: Config, **results: Any) -> bytes:
    """What ``save_generator`` writes; ``results`` are plain values that ``read_results`` gives back."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in generator.state_dict().items()}
    about = {"schema": SCHEMA, "config": config.to_dict()} | ({"results": results} if results else {})
    # One entry: safetensors writes several in an order of its own, and equal files would differ.
    return save(weights, {METADATA_KEY: json.dumps(about)})


def load_generator(file: File) -> Generator:
    """The generator that ``save_generator`` wrote, on the CPU. ``file`` is a path, or open in binary mode.

    Errors: FileNotFoundError; FileFormatError for anything but a sicgan-lite generator.
    """
    name, (about, weights) = name_of(file), _read_generator(file)
    config = _config_of(about, name)
    shapes = {name: weight.shape for name, weight in weights.items()}
    if shapes != _weight_shapes(config):  # before building: a foreign config may ask for any memory
        raise FileFormatError(f"{name} does not hold the weights that its config describes")
    if not _are_finite(weights.values()):
        raise FileFormatError(f"{name} holds weights that are no numbers; a whole generator is wanted")
    with torch.random.fork_rng(devices=[]):  # building draws initial weights
        generator = Generator.from_config(config)
    generator.load_state_dict(weights)
    return generator.eval()


def read_generator_config(file: File) -> Config:
    """The config that a generator was trained with. Errors: as ``load_generator``."""
    return _config_of(_read_generator(file)[0], name_of(file))


def read_results(file: File) -> dict[str, Any]:
    """What was measured when a generator was made, empty if nothing. Errors: as ``load_generator``."""
    return _read_generator(file)[0].get("results", {})


def _config_of(about: dict[str, Any], name: str) -> Config:
    try:
        return Config.from_dict(about["config"])
    except (ValueError, TypeError, RecursionError) as error:
        raise FileFormatError(f"{name} has a config of another kind: {str(error)[:300]}") from error


def _read_generator(file: File) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """What a generator's file says of it, and its weights."""
    name, data = name_of(file), read_bytes(file, at_most=_MOST_BYTES)
    try:
        if int.from_bytes(data[:8], "little") > _MOST_TEXT:  # a tensor is a hundred times its entry there
            raise ValueError(f"its header has more than {_MOST_TEXT} bytes")
        weights = load(data)
        # The header, which ``load`` has checked: its length in 8 bytes, then JSON.
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        about = json.loads(header["__metadata__"][METADATA_KEY])
        schema, _ = about["schema"], about["config"]
        if not isinstance(about.get("results", {}), dict):
            raise TypeError("results are no dict")
    except (SafetensorError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise FileFormatError(f"{name} is not a generator of sicgan-lite (safetensors)") from error
    _check_schema(schema, f"{name} has generator")
    return about, weights


def _weight_shapes(config: Config) -> dict[str, torch.Size]:
    with torch.device("meta"):  # shapes without numbers
        generator = Generator.from_config(config)
    return {name: weight.shape for name, weight in generator.state_dict().items()}
