from __future__ import annotations

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_state

from sicgan_lite.checkpoint import FileFormatError, load_checkpoint
from sicgan_lite.studies.logbook import Logbook
from sicgan_lite.training import NonFiniteLossError


@pytest.fixture
def logbook(tmp_path) -> Logbook:
    """A run that stands after its second step, saved."""
    logbook = Logbook(tmp_path, tiny_state())
    for record in logbook.steps():
        if record.step == 2:
            break
    logbook.save()
    return logbook


def test_a_resumed_logbook_ends_with_every_record_of_one_that_was_never_closed(logbook, tmp_path):
    again = Logbook.resume(tmp_path, photo(), "cpu")
    assert again.records == logbook.records
    assert list(again.steps()) == list(logbook.steps())
    assert [record.step for record in again.records] == [1, 2, 3, 4, 5, 6]
    assert again.records == logbook.records


def test_a_kill_between_history_and_checkpoint_costs_nothing(logbook, tmp_path):
    checkpoint = (tmp_path / "checkpoint.pt").read_bytes()
    whole = list(logbook.steps())
    logbook.save()
    (tmp_path / "checkpoint.pt").write_bytes(checkpoint)
    again = Logbook.resume(tmp_path, photo(), "cpu")
    assert [record.step for record in again.records] == [1, 2]
    assert list(again.steps()) == whole


def test_history_is_on_disk_before_the_checkpoint_that_counts_it(logbook, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    next(logbook.steps())
    monkeypatch.setattr("sicgan_lite.studies.logbook.save_checkpoint", fail)
    with pytest.raises(OSError, match="disk full"):
        logbook.save()
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 1 + 3
    assert Logbook.resume(tmp_path, photo(), "cpu").state.step == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda text: text[: text.rindex("\n", 0, -1) + 1],
            "holds 1 steps; the checkpoint beside it stands at 2",
        ),
        (lambda text: text[:-45], "is not a history of sicgan-lite"),
        (lambda _: "", "holds 0 steps"),
        (lambda _: "not,a,history\n1,2,3\n", "is not a history"),
        (lambda text: text.replace("1,1,1,", "one,1,1,"), "is not a history"),
        (lambda _: "step\0", "is not a history|holds 0 steps"),
    ],
)
def test_a_history_that_lacks_steps_of_the_checkpoint_is_refused(logbook, tmp_path, change, says):
    path = tmp_path / "history.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(FileFormatError, match=says) as error:
        Logbook.resume(tmp_path, photo(), "cpu")
    assert str(path) in str(error.value)


def test_a_folder_without_a_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no checkpoint\.pt to resume from"):
        Logbook.resume(tmp_path, photo(), "cpu")


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_weights_that_are_not_finite_leave_the_last_good_checkpoint(logbook, tmp_path, network):
    good = (tmp_path / "checkpoint.pt").read_bytes()
    next(logbook.steps())
    with torch.no_grad():
        list(getattr(logbook.state, network).parameters())[-1].view(-1)[-1] = np.nan
    with pytest.raises(NonFiniteLossError, match=f"after step 3 the {network}'s weights are not finite"):
        logbook.save()
    assert (tmp_path / "checkpoint.pt").read_bytes() == good
    assert load_checkpoint(tmp_path / "checkpoint.pt", photo(), "cpu").step == 2
