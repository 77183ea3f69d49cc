from __future__ import annotations

import io
import json
import os
import pickle
import random
import signal
import time
import zipfile
from io import BytesIO
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file
from support.tiny import photo, tiny_config, tiny_state

from sicgan_lite import (
    FileFormatError,
    TrainState,
    colorize,
    load_checkpoint,
    load_generator,
    save_checkpoint,
    save_generator,
    train,
)
from sicgan_lite.checkpoint import METADATA_KEY, SCHEMA, read_checkpoint, read_generator_config

NOT_WHOLE = "is not a whole checkpoint of sicgan-lite"


@pytest.fixture(scope="module")
def trained() -> TrainState:
    state = tiny_state()
    list(islice(train(state), 2))
    return state


@pytest.fixture(scope="module")
def checkpoint(trained, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "checkpoint.pt"
    save_checkpoint(path, trained)
    return path.read_bytes()


@pytest.fixture(scope="module")
def generator_file(trained, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "generator.safetensors"
    save_generator(path, trained.generator, trained.config)
    return path.read_bytes()


def everything(state: TrainState) -> dict[str, Any]:
    """All that a run is, as plain values that compare bitwise."""
    parts = {
        "generator": state.generator,
        "discriminator": state.discriminator,
        "adam_g": state.optimizer_g,
        "adam_d": state.optimizer_d,
    }
    if state.average is not None:
        parts["average"] = state.average
    plain = {name: repr(bitwise(part.state_dict())) for name, part in parts.items()}
    return plain | {"step": state.step, "rng": bitwise(state.rng.get_state()), "config": state.config}


def bitwise(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.dtype, value.shape, value.contiguous().numpy().tobytes()
    if isinstance(value, dict):
        return {key: bitwise(each) for key, each in value.items()}
    return [bitwise(each) for each in value] if isinstance(value, list) else value


# --- whole --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "stops"),
    [
        ({}, range(7)),
        ({"noise_in_generator_step": True, "conditional": True}, (2, 5)),
        (
            {
                "noise_channels": 1,
                "leaky_slope": 0.2,
                "average_decay": 0.9,
                "schedule": "one-cycle",
                "discriminator_steps": 2,
                "width": 20,
                "features": ("lightness", "blur_2", "spread_4"),
                "feature_noise": 0.3,
            },
            (0, 2, 5),
        ),
    ],
    ids=str,
)
def test_a_resumed_run_is_one_that_was_never_stopped(tmp_path, changes, stops):
    path = tmp_path / "checkpoint.pt"
    whole = tiny_state(**changes)
    records, states = [], [everything(whole)]
    for record in train(whole):
        records.append(record)
        states.append(everything(whole))
    for stop in stops:
        stopped = tiny_state(**changes)
        before = list(islice(train(stopped), stop))
        save_checkpoint(path, stopped)
        resumed = load_checkpoint(path, photo(), "cpu")
        assert everything(resumed) == everything(stopped) == states[stop]
        assert before + list(train(resumed)) == records
        assert everything(resumed) == states[6]


def test_saving_changes_nothing(trained, tmp_path):
    before = everything(trained)
    save_checkpoint(tmp_path / "checkpoint.pt", trained)
    save_generator(tmp_path / "generator.safetensors", trained.generator, trained.config)
    assert everything(trained) == before


def test_loading_leaves_the_global_random_state_alone(checkpoint, generator_file, tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(checkpoint)
    (tmp_path / "generator.safetensors").write_bytes(generator_file)
    before = torch.get_rng_state()
    load_checkpoint(tmp_path / "checkpoint.pt", photo(), "cpu")
    load_generator(tmp_path / "generator.safetensors")
    assert torch.equal(torch.get_rng_state(), before)


def test_another_photograph_is_refused(checkpoint, tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(checkpoint)
    other = photo()
    other[0, 0, 0] ^= 1
    for rgb in (other, photo().transpose(1, 0, 2)):
        with pytest.raises(FileFormatError, match="was trained on another photograph"):
            load_checkpoint(path, rgb, "cpu")


def test_an_open_file_holds_what_a_path_holds(trained, checkpoint, generator_file):
    opened = io.BytesIO()
    save_checkpoint(opened, trained)
    opened.seek(0)
    assert everything(load_checkpoint(opened, photo(), "cpu")) == everything(trained)
    opened = io.BytesIO()
    save_generator(opened, trained.generator, trained.config)
    assert opened.getvalue() == generator_file
    opened.seek(0)
    loaded = load_generator(opened)
    assert bitwise(loaded.state_dict()) == bitwise(trained.generator.state_dict())
    for load, data in ((read_checkpoint, checkpoint), (load_generator, generator_file)):
        cut = io.BytesIO(data[:-1])
        cut.name = "a friend's file"
        with pytest.raises(FileFormatError, match="a friend's file is not a"):
            load(cut)


# --- damage and strangers -----------------------------------------------------------------------


def test_a_file_cut_anywhere_is_refused(checkpoint, tmp_path):
    path = tmp_path / "checkpoint.pt"
    offsets = {*range(64), *range(64, len(checkpoint), 211), *range(len(checkpoint) - 64, len(checkpoint))}
    for offset in sorted(offsets):
        path.write_bytes(checkpoint[:offset])
        with pytest.raises(FileFormatError, match=NOT_WHOLE):
            read_checkpoint(path)


def test_a_changed_weight_is_noticed(checkpoint, trained, tmp_path):
    path = tmp_path / "checkpoint.pt"
    for value in trained.generator.state_dict().values():
        at = checkpoint.index(bytes(value.untyped_storage().tolist()))
        path.write_bytes(checkpoint[:at] + bytes([checkpoint[at] ^ 1]) + checkpoint[at + 1 :])
        with pytest.raises(FileFormatError, match=NOT_WHOLE):
            read_checkpoint(path)


class Trap:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.write_text, (self.path, "code ran"))


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    sprung = tmp_path / "sprung"
    torch.save({"schema": SCHEMA, "generator": Trap(sprung)}, tmp_path / "zip.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Trap(sprung)))
    for name in ("zip.pt", "plain.pt"):
        with pytest.raises(FileFormatError, match=NOT_WHOLE):
            load_checkpoint(tmp_path / name, photo(), "cpu")
    assert not sprung.exists()
    torch.load(tmp_path / "zip.pt", weights_only=False)
    assert sprung.exists(), "the trap works"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"PK\x03\x04",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"a letter",
        bytes(1000),
        pickle.dumps([1, 2]),
    ],
)
def test_a_file_of_another_kind_is_refused(content, tmp_path):
    path = tmp_path / "stranger"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=NOT_WHOLE):
        load_checkpoint(path, photo(), "cpu")
    with pytest.raises(FileFormatError, match="is not a generator of sicgan-lite"):
        load_generator(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": 0}, "has checkpoint schema 0; this version reads 1"),
        ({"schema": "1"}, "has checkpoint schema '1'"),
        ({"schema": None}, NOT_WHOLE),
        ({"rng": None, "step": None}, "is a checkpoint without its rng, step"),
    ],
)
def test_a_checkpoint_of_another_make_is_refused(trained, tmp_path, change, says):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, trained)
    content = read_checkpoint(path) | change
    torch.save({key: value for key, value in content.items() if value is not None}, path)
    with pytest.raises(FileFormatError, match=says):
        load_checkpoint(path, photo(), "cpu")


@pytest.mark.parametrize("content", [torch.zeros(3), [1, 2], {"state_dict": {}}])
def test_other_things_that_torch_saves_are_refused(tmp_path, content):
    torch.save(content, tmp_path / "model.pt")
    with pytest.raises(FileFormatError, match=NOT_WHOLE):
        read_checkpoint(tmp_path / "model.pt")


@pytest.mark.parametrize("load", [read_checkpoint, load_generator, read_generator_config])
def test_a_missing_file_is_a_missing_file(tmp_path, load):
    with pytest.raises(FileNotFoundError, match="nothing"):
        load(tmp_path / "nothing")
    with pytest.raises((FileNotFoundError, IsADirectoryError)):
        load(tmp_path)


# --- a kill at any moment -----------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_hundred_kills_while_saving_lose_nothing(tmp_path):
    path = tmp_path / "checkpoint.pt"
    state = tiny_state(generator_widths=(128, 128))  # 600 kB: writing it takes a moment
    save_checkpoint(path, state)
    start = time.perf_counter()
    save_checkpoint(path, state)
    one_save = time.perf_counter() - start
    truth = all_but_step(read_checkpoint(path))
    moments = random.Random(0)
    seen = set()
    for kill in range(100):
        worker, saved = start_saving(path, state, mark=1000 * (kill + 1))
        if kill % 2:
            saved.read(1)  # half of them are killed in a later save
        time.sleep(moments.uniform(0, 1.2 * one_save))
        os.kill(worker, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == -signal.SIGKILL
        saved.close()
        content = read_checkpoint(path)
        assert all_but_step(content) == truth
        seen.add(content["step"] // 1000)
    assert len(seen) >= 50


def all_but_step(content: dict[str, Any]) -> Any:
    return bitwise({key: value for key, value in content.items() if key != "step"})


def start_saving(path: Path, state: TrainState, mark: int) -> tuple[int, BinaryIO]:
    """A process that saves checkpoints without end, and a pipe with a byte for each that is done."""
    reader, writer = os.pipe()
    worker = os.fork()
    if worker:
        os.close(writer)
        return worker, os.fdopen(reader, "rb", buffering=0)
    try:
        for state.step in count(mark):
            save_checkpoint(path, state)
            os.write(writer, b".")
    finally:
        os._exit(1)


# --- generators ---------------------------------------------------------------------------------


def test_a_generator_travels_with_its_config(tmp_path):
    config = tiny_config(generator_widths=(3, 5), features=("lightness", "x"), size=16)
    generator = TrainState.create(photo(), config, "cpu").generator  # channels last, in memory
    save_generator(tmp_path / "a.safetensors", generator, config)
    loaded = load_generator(tmp_path / "a.safetensors")
    assert read_generator_config(tmp_path / "a.safetensors") == config
    assert (loaded.widths, loaded.size, loaded.features) == ((3, 5), 16, ("lightness", "x"))
    assert not loaded.training
    features = torch.rand(2, 5, 16, 16, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(loaded(features), generator(features))
    for name, value in load_file(tmp_path / "a.safetensors").items():  # NumPy's reader agrees
        assert np.array_equal(value, generator.state_dict()[name].numpy())


def test_equal_generators_are_equal_files(trained, generator_file, tmp_path):
    save_generator(tmp_path / "again.safetensors", trained.generator, trained.config)
    assert (tmp_path / "again.safetensors").read_bytes() == generator_file


def test_a_generator_cut_anywhere_is_refused(generator_file, tmp_path):
    path = tmp_path / "generator.safetensors"
    for offset in (*range(20), *range(20, len(generator_file), 97), len(generator_file) - 1):
        path.write_bytes(generator_file[:offset])
        with pytest.raises(FileFormatError, match="is not a generator of sicgan-lite"):
            load_generator(path)


SETTINGS = tiny_config().to_dict()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("about", "says"),
    [
        (None, "is not a generator of sicgan-lite"),
        ("no JSON", "is not a generator of sicgan-lite"),
        ([1], "is not a generator of sicgan-lite"),
        ({"schema": SCHEMA}, "is not a generator of sicgan-lite"),
        ({"schema": 0, "config": SETTINGS}, "has generator schema 0; this version reads 1"),
        (
            {"schema": SCHEMA, "config": 3},
            "config of another kind: a dict of Config fields is wanted, got int",
        ),
        ({"schema": SCHEMA, "config": SETTINGS | {"size": 2}}, "config of another kind: Config.size must be"),
        ({"schema": SCHEMA, "config": {"depth": 3}}, "config of another kind: unknown Config field 'depth'"),
        ({"schema": SCHEMA, "config": SETTINGS | {"generator_widths": [5]}}, "does not hold the weights"),
        ({"schema": SCHEMA, "config": SETTINGS | {"generator_widths": [4, 4]}}, "does not hold the weights"),
        # Two that ask for memory: 40 TB of weights, and tiles of a million pixels each way.
        (
            {"schema": SCHEMA, "config": SETTINGS | {"generator_widths": [10**6, 10**6]}},
            "another kind: Config.gen",
        ),
        (
            {"schema": SCHEMA, "config": SETTINGS | {"size": 10**6}},
            "another kind: Config.size must be a whole number of at least 8, at most 1024",
        ),
    ],
)
def test_a_generator_of_another_make_is_refused(trained, tmp_path, about, says):
    text = about if isinstance(about, str) else json.dumps(about)
    metadata = {"format": "pt"} if about is None else {METADATA_KEY: text}
    weights = {name: value.contiguous() for name, value in trained.generator.state_dict().items()}
    save_file(weights, tmp_path / "stranger.safetensors", metadata)
    with pytest.raises(FileFormatError, match=says):
        load_generator(tmp_path / "stranger.safetensors")


def test_a_checkpoint_is_no_generator(checkpoint, tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(checkpoint)
    with pytest.raises(FileFormatError) as error:
        read_generator_config(path)
    assert str(error.value) == f"{path} is not a generator of sicgan-lite (safetensors)"


@pytest.mark.parametrize(
    "change",
    [
        {"generator": {}},
        {"generator": {"weight": torch.zeros(3)}},
        {"discriminator": [1, 2]},
        {"optimizer_g": {"param_groups": []}},
        {"rng": torch.zeros(3)},
        {"rng": torch.zeros(16, dtype=torch.uint8)},
        {"rng": "random"},
        {"step": -5},
        {"step": 7},
        {"step": float("nan")},
        {"step": "3"},
        {"step": True},
        {"step": torch.tensor(3)},
    ],
    ids=str,
)
def test_a_checkpoint_whose_parts_do_not_belong_together_is_refused(trained, tmp_path, change):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, trained)
    torch.save(read_checkpoint(path) | change, path)
    says = "does not hold what its config describes|is a checkpoint whose step is no number"
    with pytest.raises(FileFormatError, match=says) as error:
        load_checkpoint(path, photo(), "cpu")
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "moments",
    [
        {"exp_avg": torch.zeros(1)},  # the fused step would write beyond it
        {"exp_avg": torch.full((4, 5, 3, 3), float("nan"))},
        {"step": torch.zeros(2)},
        {"exp_avg": None},
        {"more": torch.zeros(1)},
    ],
    ids=lambda moments: " ".join(f"{key} {str(value)[:20]}" for key, value in moments.items()),
)
def test_moments_that_do_not_fit_the_weights_are_refused(trained, tmp_path, moments):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, trained)
    content = read_checkpoint(path)
    first = content["optimizer_g"]["state"][0]
    assert first["exp_avg"].shape == (4, 5, 3, 3)
    first.update(moments)
    torch.save(content, path)
    with pytest.raises(FileFormatError, match="does not hold what its config describes"):
        load_checkpoint(path, photo(), "cpu")


def test_moments_that_are_missing_are_refused(trained, tmp_path):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, trained)
    for lose in (lambda state: state.pop(0), lambda state: state[0].pop("exp_avg")):
        content = read_checkpoint(path)
        lose(content["optimizer_d"]["state"])
        torch.save(content, tmp_path / "less.pt")
        with pytest.raises(FileFormatError, match="does not hold what its config describes"):
            load_checkpoint(tmp_path / "less.pt", photo(), "cpu")


def test_a_compressed_checkpoint_is_not_unpacked(checkpoint, tmp_path):
    """A few kilobytes may become any number of gigabytes."""
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(io.BytesIO(checkpoint)) as whole, zipfile.ZipFile(path, "w") as packed:
        for entry in whole.infolist():
            packed.writestr(entry.filename, whole.read(entry), zipfile.ZIP_DEFLATED)
    with pytest.raises(FileFormatError, match=NOT_WHOLE):
        read_checkpoint(path)


def test_nested_metadata_is_refused(trained, tmp_path):
    deep = "[" * 100_000
    weights = {name: value.contiguous() for name, value in trained.generator.state_dict().items()}
    save_file(weights, tmp_path / "deep.safetensors", {METADATA_KEY: deep})
    with pytest.raises(FileFormatError, match="is not a generator"):
        load_generator(tmp_path / "deep.safetensors")


def test_one_number_that_passes_for_many_is_laid_out(trained, tmp_path):
    """A view of one number has any shape, and the fused step would write beyond it."""
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, trained)
    content = read_checkpoint(path)
    content["optimizer_g"]["state"][0]["exp_avg"] = torch.zeros(1).expand(4, 5, 3, 3)
    torch.save(content, path)
    state = load_checkpoint(path, photo(), "cpu")
    weights = next(state.generator.parameters())
    assert state.optimizer_g.state[weights]["exp_avg"].stride() == weights.stride()
    list(train(state))


def test_a_generator_keeps_its_options_and_what_it_standardizes_with(tmp_path):
    options: dict[str, Any] = {
        "noise_channels": 2,
        "kernel_sizes": (3, 1),
        "width": 20,
        "average_decay": 0.5,
        "features": ("lightness", "blur_2", "spread_4"),
    }
    state = tiny_state(**options)
    list(islice(train(state), 2))
    path = tmp_path / "generator.safetensors"
    save_generator(path, state.final_generator, state.config)
    again = load_generator(path)
    for name in ("noise_channels", "kernel_sizes", "width", "features", "context"):
        assert getattr(again, name) == getattr(state.generator, name)
    assert torch.equal(again.context_mean, state.generator.context_mean)
    z = np.array([0.5, -1], np.float32)
    assert np.array_equal(colorize(again, photo(), z=z), colorize(state.final_generator, photo(), z=z))
    assert not np.array_equal(colorize(again, photo(), z=z), colorize(state.generator, photo(), z=z))


def test_a_checkpoint_without_its_running_mean_is_refused(tmp_path):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, tiny_state(average_decay=0.5))
    content = torch.load(path, weights_only=True)
    del content["average"]
    torch.save(content, path)
    with pytest.raises(FileFormatError, match="does not hold what its config describes"):
        load_checkpoint(path, photo(), "cpu")


def test_a_generator_whose_header_is_long_is_not_parsed(generator_file, tmp_path, monkeypatch):
    """A byte of a header may ask for a hundred of memory: 89 MB took more than a gigabyte."""
    monkeypatch.setattr("sicgan_lite.checkpoint.load", lambda _: pytest.fail("it was parsed"))
    entries = ",".join(f'"a{n}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for n in range(20_000))
    head = f"{{{entries}}}".encode()
    with pytest.raises(FileFormatError, match="is not a generator of sicgan-lite"):
        load_generator(BytesIO(len(head).to_bytes(8, "little") + head))


@pytest.mark.parametrize("content", ["many tensors", "many entries"])
def test_a_checkpoint_that_asks_for_much_is_not_unpacked(content, monkeypatch):
    file = BytesIO()
    if content == "many tensors":
        one = torch.zeros(1)
        torch.save({"schema": SCHEMA, "junk": [one[:0] for _ in range(30_000)]}, file)
    else:
        with zipfile.ZipFile(file, "w") as archive:
            for number in range(10_001):
                archive.writestr(str(number), b"")
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(FileFormatError, match=NOT_WHOLE):
        read_checkpoint(BytesIO(file.getvalue()))
