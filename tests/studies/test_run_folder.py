from __future__ import annotations

import numpy as np
import pytest
import torch
from support.tiny import photo, tiny_state

from sicgan_lite.checkpoint import load_checkpoint
from sicgan_lite.files import FileFormatError
from sicgan_lite.studies.run_folder import RunFolder
from sicgan_lite.training import NonFiniteLossError


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """A run that stands after its second step, saved."""
    run = RunFolder(tmp_path, tiny_state())
    for record in run.steps():
        if record.step == 2:
            break
    run.save()
    return run


def test_a_resumed_run_ends_with_every_record_of_one_that_was_never_closed(run, tmp_path):
    again = RunFolder.resume(tmp_path, photo(), "cpu")
    assert again.records == run.records
    assert list(again.steps()) == list(run.steps())
    assert [record.step for record in again.records] == [1, 2, 3, 4, 5, 6]
    assert again.records == run.records


def test_a_kill_between_history_and_checkpoint_costs_nothing(run, tmp_path):
    checkpoint = (tmp_path / "checkpoint.pt").read_bytes()
    whole = list(run.steps())
    run.save()
    (tmp_path / "checkpoint.pt").write_bytes(checkpoint)
    again = RunFolder.resume(tmp_path, photo(), "cpu")
    assert [record.step for record in again.records] == [1, 2]
    assert list(again.steps()) == whole


def test_history_is_on_disk_before_the_checkpoint_that_counts_it(run, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    next(run.steps())
    monkeypatch.setattr("sicgan_lite.studies.run_folder.save_checkpoint", fail)
    with pytest.raises(OSError, match="disk full"):
        run.save()
    assert len((tmp_path / "history.csv").read_text().splitlines()) == 1 + 3
    assert RunFolder.resume(tmp_path, photo(), "cpu").state.step == 2


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
def test_a_history_that_lacks_steps_of_the_checkpoint_is_refused(run, tmp_path, change, says):
    path = tmp_path / "history.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(FileFormatError, match=says) as error:
        RunFolder.resume(tmp_path, photo(), "cpu")
    assert str(path) in str(error.value)


def test_a_folder_without_a_checkpoint_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no checkpoint\.pt to resume from"):
        RunFolder.resume(tmp_path, photo(), "cpu")


@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_weights_that_are_not_finite_leave_the_last_good_checkpoint(run, tmp_path, network):
    good = (tmp_path / "checkpoint.pt").read_bytes()
    next(run.steps())
    with torch.no_grad():
        list(getattr(run.state, network).parameters())[-1].view(-1)[-1] = np.nan
    with pytest.raises(NonFiniteLossError, match=f"after step 3 the {network}'s weights are not finite"):
        run.save()
    assert (tmp_path / "checkpoint.pt").read_bytes() == good
    assert load_checkpoint(tmp_path / "checkpoint.pt", photo(), "cpu").step == 2
