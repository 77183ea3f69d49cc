"""Files from strangers, wrong in a few places: one documented error, or a file that can be used.

Three seconds for each of our formats; ``FUZZ_SECONDS=600 pytest tests/test_fuzz.py --log-cli-level=INFO``
takes an hour, and says how many were tried. What once broke stands in the corpora below and is tried first.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from support.fuzzing import nested, spoil, trials
from support.tiny import photo, tiny_config, tiny_state

from sicgan_lite import Config, colorize, train
from sicgan_lite.checkpoint import (
    METADATA_KEY,
    FileFormatError,
    generator_bytes,
    load_checkpoint,
    load_generator,
    read_generator_config,
    read_results,
    save_checkpoint,
)
from sicgan_lite.pictures import xmp
from sicgan_lite.pictures.provenance import Provenance, read_packet, write_packet
from sicgan_lite.studies.rows import Row, append_row, read_rows
from sicgan_lite.studies.runs import RecordError, load_run
from tools.recording import record_run

pytestmark = pytest.mark.usefixtures("unchecked")  # a stranger's file is no argument of ours

LABEL = Provenance("sicgan-lite", "0.1.0")
Change = tuple[tuple[Any, ...], Any]  # where in the tree, and what stands there then
CHECKPOINTS: list[Change] = [
    (("step",), -5),
    (("step",), "3"),
    (("step",), float("nan")),
    (("step",), True),
    (("rng",), torch.zeros(3, dtype=torch.uint8)),
    (("config", "betas"), [[], {}]),
    (("config",), nested(300)),
    (("schema",), torch.zeros(3)),
    (("schema",), "x" * 9_999),
    (("rgb_sha256",), None),
    (("optimizer_g", "state", 0, "exp_avg"), torch.zeros(1)),
    (("optimizer_d", "state"), {}),
    (("optimizer_d", "param_groups", 0, "params"), [0, 0]),
    (("optimizer_d", "param_groups", 0, "betas"), "ab"),
]
ABOUTS: list[Change] = [
    (("config", "generator_widths"), [2**20, 2**20]),
    (("config", "size"), 10**9),
    (("config",), nested(5_000)),
    (("schema",), [1]),
    (("schema",), "x" * 9_999),
    (("results",), [1, 2]),
    (("results",), None),
]
ROWS: list[Change] = [
    ((), []),
    ((), 7),
    (("config",), nested(300)),
    (("config", "size"), 10**9),
    (("config",), {"sizes": 1}),
    (("results",), [1]),
]
RECORDS: list[Change] = [
    ((), []),
    (("finished",), "yes"),
    (("step",), None),
    (("sha256",), None),
    (("sha256", "history.csv"), 7),
    (("sha256",), {"../../secret": "0" * 64}),
    (("sha256",), {"/etc/passwd": "0" * 64}),
]


def changed(tree: Any, change: Change) -> Any:
    """The tree with one place set, in a copy of the way to it."""
    path, value = change
    if not path:
        return value
    branch = dict(tree) if isinstance(tree, dict) else list(tree)
    branch[path[0]] = changed(branch[path[0]], (path[1:], value))
    return branch


@pytest.fixture(scope="module")
def checkpoint() -> dict[str, Any]:
    state, file = tiny_state(), io.BytesIO()
    next(train(state))
    save_checkpoint(file, state)
    return torch.load(io.BytesIO(file.getvalue()), weights_only=True)


def use_checkpoint(content: Any) -> None:
    """Load it, and train a step with what was loaded."""
    file = io.BytesIO()
    torch.save(content, file)
    try:
        state = load_checkpoint(io.BytesIO(file.getvalue()), photo(), "cpu")
    except FileFormatError as error:
        assert len(str(error)) < 2_000  # noqa: PT017
        return
    for _ in zip(range(1), train(state), strict=False):
        pass


def test_a_checkpoint_is_refused_or_trains_on(checkpoint: dict[str, Any]) -> None:
    for change in CHECKPOINTS:
        use_checkpoint(changed(checkpoint, change))
    for rng in trials():
        use_checkpoint(spoil(checkpoint, rng))


def use_generator(about: Any, weights: dict[str, torch.Tensor]) -> None:
    """Whatever it says: the three readers of the file, and a small picture."""
    try:
        text = about if isinstance(about, str) else json.dumps(about)
    except (TypeError, RecursionError):  # a tensor is no JSON
        return
    data = save(weights, {METADATA_KEY: text})
    try:
        read_generator_config(io.BytesIO(data))
        assert isinstance(read_results(io.BytesIO(data)), dict)
        colorize(load_generator(io.BytesIO(data)), photo())
    except FileFormatError as error:
        assert len(str(error)) < 2_000  # noqa: PT017


def test_a_generator_is_refused_or_colours() -> None:
    state = tiny_state()
    data = generator_bytes(state.generator, state.config, delta_e=3.0, lightness_profile=[1.0] * 19)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    about, weights = json.loads(header["__metadata__"][METADATA_KEY]), load(data)
    for change in ABOUTS:
        use_generator(changed(about, change), weights)
    use_generator("[" * 100_000, weights)
    for rng in trials():
        tensors = {str(k): v for k, v in spoil(weights, rng).items() if isinstance(v, torch.Tensor)}
        use_generator(spoil(about, rng), weights if rng.integers(2) else tensors)


def use_record(content: Any, path: Path) -> None:
    """The run is the one that was recorded, or there is none."""
    try:
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    except (TypeError, ValueError, RecursionError):  # what JSON cannot say
        return
    try:
        assert load_run("tiny", path.parent.parent).config == tiny_config()
    except RecordError as error:
        check_line(error)


def check_line(error: Exception) -> None:
    assert "\n" not in str(error)
    assert len(str(error)) < 2_000


def test_a_record_is_whole_or_is_none(tmp_path: Path) -> None:
    list(record_run("tiny", "chelsea", tiny_config(), folder=tmp_path))
    path = tmp_path / "tiny" / "run.json"
    info = json.loads(path.read_text("utf-8"))

    for change in RECORDS:
        use_record(changed(info, change), path)
        with pytest.raises(RecordError):
            load_run("tiny", tmp_path)
    for text in ("", "{", "[" * 100_000, "\0", '{"finished": tru'):
        use_record(text, path)
    for rng in trials():
        use_record(spoil(info, rng), path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RecordError, match=r"run\.json cannot be read"):
        load_run("tiny", tmp_path)


def use_rows(content: Any, path: Path) -> None:
    """A line of a sweep's results is a row, or the file is refused."""
    try:
        path.write_text(f"{json.dumps(content)}\n", "utf-8")
    except (TypeError, ValueError, RecursionError):
        return
    try:
        (row,) = read_rows(path)
        assert isinstance(row.config, Config)
        json.dumps(row.results)
    except RecordError as error:
        check_line(error)


def test_a_sweeps_rows_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    append_row(path, Row("l1_weight=1", "coffee", tiny_config(), {"delta_e": 3.5, "first_steps": [1.0, 2.0]}))
    row = json.loads(path.read_text("utf-8"))
    for change in ROWS:
        use_rows(changed(row, change), path)
        with pytest.raises(RecordError):
            read_rows(path)
    for rng in trials():
        use_rows(spoil(row, rng), path)


def test_a_label_is_written_beside_any_packet() -> None:
    """A stranger's packet, cut, doubled and rewritten: what it says is read or not; ours is read always."""
    once = write_packet(Provenance("Another", "2", source_sha256="ab" * 32, when="2026-01-01T00:00:00Z"))
    corpus = [b"<", once.replace(b"<x:xmpmeta", b'<!DOCTYPE a [<!ENTITY e "e">]><x:xmpmeta'), b"<a>" * 60_000]
    for packet in corpus:
        check_label(packet)
    for rng in trials():
        check_label(spoiled_packet(once, rng))


def check_label(packet: bytes) -> None:
    read_packet(packet)
    said = read_packet(write_packet(LABEL, packet))
    assert said is not None
    assert (said.system, said.version) == ("sicgan-lite", "0.1.0")


def spoiled_packet(packet: bytes, rng: np.random.Generator) -> bytes:
    rdf = xmp.parse(packet)
    for _ in range(rng.integers(1, 5)):
        nodes = [node for node in rdf.getElementsByTagName("*") if node.parentNode is not None]
        node, other = (nodes[rng.integers(len(nodes))] for _ in range(2)) if nodes else (rdf, rdf)
        choice = rng.integers(4)
        if choice == 0 and node is not rdf:
            node.parentNode.removeChild(node)
        elif choice == 1:
            other.appendChild(node.cloneNode(deep=True))
        elif choice == 2 and node.attributes and node.attributes.length:
            node.attributes.item(0).value = ("", "http://x", "\u202e", "9" * 999)[rng.integers(4)]
        else:
            node.setAttribute("rdf:parseType", ("Resource", "Literal", "Collection")[rng.integers(3)])
    data = bytearray(xmp.serialize(rdf))
    if rng.integers(2):
        data[rng.integers(len(data))] = rng.integers(256)
    return bytes(data)
