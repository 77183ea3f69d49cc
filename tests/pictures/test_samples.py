"""The photographs that come with scikit-image."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from sicgan_lite.pictures.samples import SAMPLES, sample_image


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("astronaut", (512, 512, 3)),
        ("camera", (512, 512, 3)),
        ("chelsea", (300, 451, 3)),
        ("coffee", (400, 600, 3)),
    ],
)
def test_the_samples_are_pictures(name, shape):
    rgb = sample_image(name)
    assert (rgb.shape, rgb.dtype) == (shape, np.uint8)
    assert rgb.flags.writeable
    assert (rgb == rgb[..., :1]).all() == (name == "camera")
    assert name in SAMPLES


def test_another_sample_is_refused_with_the_names():
    with pytest.raises(ValueError, match="'cat'; there are astronaut, camera, chelsea, coffee"):
        sample_image("cat")


OFFLINE = """
import socket, sys
def refuse(*_, **__): raise AssertionError("a sample asked the network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
sys.modules["pooch"] = None  # what scikit-image downloads with
import sicgan_lite.pictures.samples as images
heavy = {"torch", "matplotlib", "skimage", "skimage.io", "cv2", "scipy"} & set(sys.modules)
assert not heavy, heavy
for name in images.SAMPLES:
    images.sample_image(name)
"""


def test_importing_is_light_and_samples_need_no_network(request, tmp_path):
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        cwd=request.config.rootpath,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
