from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

from sicgan_lite import Config
from sicgan_lite.devices import Adam, choose_device, describe_machine, limit_threads, uses_bfloat16

CPU = torch.device("cpu")


@pytest.mark.parametrize(("cuda", "mps", "chosen"), [(1, 1, "cuda"), (0, 1, "mps"), (0, 0, "cpu")])
def test_the_best_device_is_chosen(monkeypatch, cuda, mps, chosen):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(cuda))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: bool(mps))
    assert choose_device("auto").type == choose_device().type == chosen
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize(
    ("preset", "asked", "few"), [("photo", None, True), ("quick", None, False), ("photo", "2", False)]
)
def test_small_steps_have_one_thread_unless_others_are_asked_for(monkeypatch, preset, asked, few):
    chosen: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", chosen.append)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if asked:
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
    config = getattr(Config, preset)()
    limit_threads(config.batch_size * config.size**2)
    assert chosen == [1] * few


def test_adam_is_pytorchs_to_the_last_bit():
    rng = torch.Generator().manual_seed(0)
    ours, theirs = (torch.nn.Conv2d(5, 8, 3).to(memory_format=torch.channels_last) for _ in range(2))  # pyright: ignore[reportCallIssue]
    theirs.load_state_dict(ours.state_dict())
    how = {"lr": 0.03, "betas": (0.5, 0.999), "fused": True}
    optimizers = Adam(ours.parameters(), **how), torch.optim.Adam(theirs.parameters(), **how)
    for rate in (0.03, 0.01, 0.002):
        batch = torch.randn(4, 5, 8, 8, generator=rng)
        for network, optimizer in zip((ours, theirs), optimizers, strict=True):
            optimizer.param_groups[0]["lr"] = rate
            optimizer.zero_grad()
            network(batch).square().mean().backward()
            optimizer.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)
    saved, wanted = (optimizer.state_dict() for optimizer in optimizers)
    assert saved["param_groups"] == wanted["param_groups"]
    fresh = Adam(ours.parameters(), **how)
    fresh.load_state_dict(saved)
    for number, moments in wanted["state"].items():
        assert all(torch.equal(fresh.state_dict()["state"][number][name], moments[name]) for name in moments)


def test_photos_first_step_loads_neither_compiler_nor_scipy():
    code = """
import sys
import numpy as np
from sicgan_lite import Config, TrainState
from sicgan_lite.studies.judging import check_has_color
rgb = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
check_has_color(rgb, "noise")
TrainState.create(rgb, Config.photo(num_patches=16), "cpu")
assert not {"torch._dynamo", "scipy", "skimage", "matplotlib"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_adam_loads_no_compiler():
    code = """
import sys, torch
from sicgan_lite.devices import Adam
weights = torch.nn.Parameter(torch.ones(2))
optimizer = Adam([weights], lr=0.1, fused=True)
optimizer.zero_grad()
weights.sum().backward()
optimizer.step()
optimizer.load_state_dict(optimizer.state_dict())
assert "torch._dynamo" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("native", [False, True])
def test_bfloat16_is_used_where_the_hardware_has_it(monkeypatch, native):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native, raising=False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    assert uses_bfloat16("auto", CPU) == native
    assert uses_bfloat16("auto", torch.device("cuda")) == native
    assert not uses_bfloat16("auto", torch.device("mps"))
    for device in (CPU, torch.device("cuda")):
        assert uses_bfloat16("bfloat16", device)
        assert not uses_bfloat16("float32", device)


def test_a_torch_that_cannot_say_means_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "_is_avx512_bf16_supported", raising=False)
    assert not uses_bfloat16("auto", CPU)


def test_a_machine_is_described_in_plain_values_that_identify_the_computation():
    said = json.loads(json.dumps(describe_machine()))
    assert set(said) == {"processor", "threads", "python", "versions"}
    # Some builds add what they were built for, such as +cpu, in one of the two places alone.
    assert said["versions"]["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert said["threads"] == torch.get_num_threads()
    assert torch.backends.cpu.get_cpu_capability() in said["processor"]


FAULTS = """
import resource, sys
import torch
from sicgan_lite.devices import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        torch.ones(10_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

torch.set_num_threads(1)
apart = faults()
keep_freed_memory()
faults()
print(apart, faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator is what it speaks to")
def test_freed_memory_is_used_again():
    result = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    apart, kept = map(int, result.stdout.split())
    # 8 tensors of 40 MB, which glibc maps one by one whatever it has seen before, are 78,000 pages of
    # 4 kB, or 160 of 2 MB.
    assert apart >= 150
    assert kept <= apart / 4


@pytest.mark.parametrize(
    "name", ["tpu", "", "cuda", "cuda:0", "mps", "cpu:1", "cpu:", "cpu:x", "meta", "CPU"]
)
def test_a_device_that_is_not_here_is_refused_with_those_that_are(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match=rf"auto or one that is here \(cpu\), got '{name}'"):
        choose_device(name)


def test_a_card_is_chosen_by_its_number(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(ValueError, match="got 'cuda:2'"):
        choose_device("cuda:2")


def test_a_device_of_torch_is_taken():
    assert choose_device(torch.device("cpu")) == torch.device("cpu")
    with pytest.raises(ValueError, match="got 'meta'"):
        choose_device(torch.device("meta"))
