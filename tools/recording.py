"""One run, recorded: interruptible, with everything that a reader needs to trust it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save
from torch import nn

from sicgan_lite.checkpoint import save_generator
from sicgan_lite.colorizing import colorize
from sicgan_lite.config import Config
from sicgan_lite.devices import describe_machine
from sicgan_lite.files import folder_lock, pixels_sha256, sha256_of, write_atomically
from sicgan_lite.pictures.samples import sample_image
from sicgan_lite.studies.run_folder import RunFolder
from sicgan_lite.studies.runs import RecordError, load_run
from sicgan_lite.training import StepRecord, TrainState

# Pictures are kept after these steps, when most happens, and after 20 more, evenly.
EARLY_STEPS = (0, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 60, 80, 120, 200, 250)
EVEN_PICTURES = 20
SAVE_SECONDS = 30.0  # of work are lost at most, or a step where that takes longer
SNAPSHOT_WIDTH = 300


def record_run(
    name: str, image: str, config: Config, *, folder: Path, device: str = "cpu"
) -> Generator[StepRecord, None, None]:
    """Train ``config`` on a sample photograph and record it, going on from its last checkpoint.

    An iterator like ``train``: a step each; none for a run that is finished. Closed between two
    steps, it saves them all; a kill at any moment costs what came after the last save. Errors:
    BlockingIOError when another program records this run; RecordError for a checkpoint of other
    settings; FileFormatError for one of another photograph or kind of device.
    """
    where = folder / name
    (where / "snapshots").mkdir(parents=True, exist_ok=True)
    with folder_lock(where):
        if _is_whole(name, folder):
            return
        recording = _Recording.open(where, image, config, device)
        try:
            for record in recording.run.steps():
                recording.keep(record.step)
                yield record
        except GeneratorExit:
            recording.save()
            raise
        recording.finish()


def keeps_picture(step: int, config: Config) -> bool:
    """Whether a run's picture after this step is kept; the last one always is."""
    every = max(1, config.total_steps // EVEN_PICTURES)
    return step in EARLY_STEPS or step % every == 0 or step == config.total_steps


@dataclass
class _Recording:
    run: RunFolder
    rgb: np.ndarray
    info: dict[str, Any]
    clocks: tuple[float, float]

    @classmethod
    def open(cls, where: Path, image: str, config: Config, device: str) -> _Recording:
        rgb = sample_image(image)
        if (where / "checkpoint.pt").is_file():
            run = RunFolder.resume(where, rgb, device)
            _check_same(where, run.state.config, config)
            info = json.loads((where / "run.json").read_text(encoding="utf-8"))
            info["resumptions"] += 1
            return cls(run, rgb, info, _clocks())
        run = RunFolder(where, TrainState.create(rgb, config, device))
        write_atomically(where / "config.json", _json(config.to_dict()))
        recording = cls(run, rgb, describe(image, rgb, config, run.state.device), _clocks())
        recording.keep_picture()
        return recording

    def keep(self, step: int) -> None:
        if keeps_picture(step, self.run.state.config):
            self.keep_picture()
        if _clocks()[0] - self.clocks[0] >= SAVE_SECONDS:
            self.save()

    def keep_picture(self) -> None:
        state = self.run.state
        picture = Image.fromarray(colorize(state.final_generator, self.rgb))
        height, encoded = round(picture.height * SNAPSHOT_WIDTH / picture.width), io.BytesIO()
        picture = picture.resize((SNAPSHOT_WIDTH, height), Image.Resampling.LANCZOS)
        picture.save(encoded, format="WEBP", quality=85, method=6)
        write_atomically(self.run.folder / "snapshots" / f"{state.step:05d}.webp", encoded.getvalue())

    def save(self) -> None:
        now = _clocks()
        self.info["wall_seconds"] += now[0] - self.clocks[0]
        self.info["cpu_seconds"] += now[1] - self.clocks[1]
        self.clocks = now
        self.info["step"] = self.run.state.step
        self.info["steps_per_second"] = self.info["step"] / self.info["wall_seconds"]
        write_atomically(self.run.folder / "run.json", _json(self.info))
        self.run.save()

    def finish(self) -> None:
        self.save()
        where, state = self.run.folder, self.run.state
        save_generator(where / "generator.safetensors", state.final_generator, state.config)
        if state.average is not None:  # the mean is kept above; the last step's weights beside it
            save_generator(where / "last-generator.safetensors", state.generator, state.config)
        write_atomically(where / "discriminator.safetensors", save(_weights(state.discriminator)))
        self.info["sha256"] = {
            path.relative_to(where).as_posix(): sha256_of(path.read_bytes()) for path in _kept(where)
        }
        self.info["finished"] = True
        write_atomically(where / "run.json", _json(self.info))
        (where / "checkpoint.pt").unlink()


def describe(image: str, rgb: np.ndarray, config: Config, device: torch.device) -> dict[str, Any]:
    """What ``run.json`` says at the start of a run on this machine."""
    machine = describe_machine()
    if device.type != "cpu":
        card = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        machine["processor"] = f"accelerator: {card}"
    return {
        "finished": False,
        "image": image,
        "rgb_sha256": pixels_sha256(rgb),
        "precision": config.precision,
        **machine,
        "wall_seconds": 0.0,
        "cpu_seconds": 0.0,
        "energy_joules": None,  # no meter can be read on this machine's processor
        "resumptions": 0,
        "step": 0,
    }


def _is_whole(name: str, folder: Path) -> bool:
    try:
        load_run(name, folder)
    except RecordError:
        return False
    return True


def _check_same(where: Path, begun: Config, asked: Config) -> None:
    there, here = begun.to_dict(), asked.to_dict()
    other = [f"{name} is {there[name]}, not {here[name]}" for name in here if there[name] != here[name]]
    if other:
        raise RecordError(f"{where} was begun with other settings ({'; '.join(other)}); remove it first")


def _kept(where: Path) -> list[Path]:
    """The files that make a finished record: no checkpoint, no lock, nothing that a kill left."""
    unhashed = {where / "run.json", where / "checkpoint.pt"}
    files = (path for path in sorted(where.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return [path for path in files if path not in unhashed]


def _weights(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: weight.detach().cpu().contiguous() for name, weight in network.state_dict().items()}


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
