from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import sicgan_lite

PACKAGE = Path(sicgan_lite.__file__).parent

# The table of contents, written a second time: a name is added or lost on purpose or not at all.
NAMES = {
    "arrays.resizing": "shrink",
    "baselines": "best_constant constant_color grey mean_color median_by_lightness",
    "checkpoint": "load_checkpoint load_generator save_checkpoint save_generator",
    "color": "clip_to_gamut lab_to_rgb merge_ab rgb_to_lab unscale_ab",
    "colorizing": "blend_window colorize predict_ab",
    "config": "CONTEXT_FEATURES PAPER_FEATURES Config",
    "features": "context_features coordinate_grid lightness_features",
    "files": "FileFormatError",
    "losses": "add_instance_noise discriminator_loss equilibrium_losses generator_loss optimal_discriminator"
    " smooth_targets",
    "metrics": "color_overlap colorfulness delta_e delta_e_map",
    "networks": "Discriminator Generator",
    "origins": "holdout_box holdout_mask safe_distance sample_origins",
    "patches": "ALL_TRANSFORMS TRANSFORMS PatchSet",
    "pictures.images": "Photo encode_image read_image read_provenance write_image",
    "pictures.samples": "sample_image",
    "pictures.provenance": "Provenance",
    "plotting": "show_images",
    "studies.album": "make_album",
    "studies.comparison": "chance_apart compare_seeds holm",
    "studies.jobs": "JobsError",
    "studies.runs": "Run load_run",
    "studies.sweep": "SweepRun run_sweep",
    "training": "NonFiniteLossError StepRecord TrainState history train train_step",
}
TEACHING = {
    "beside": "load_methods",
    "changes": "CHANGES QUESTIONS",
    "context": "CHOSEN_ON FRESH compare_rules errors load_places pixel_numbers",
    "context_figures": "plot_gains side_frame",
    "details": "outline show_details",
    "effects": "SIDES compare_changes load_effects matched small_photograph tell_effects",
    "explorers": "Control explore",
    "figures": "ablation_frame compare_losses gamut_in_ab plot_ablation plot_curves plot_game plot_losses"
    " plot_methods score_frame show_ab_histogram show_coverage show_delta_e_map show_features"
    " training_frame",
    "league": "LEAGUE league_table",
    "nearest": "nearest_neighbor",
    "pixel_game": "PixelGame",
    "pixel_rules": "decode learn_ab learn_shares",
    "records": "as_printed begun_history finished_runs load_sweep mean_and_spread paper_table",
    "settings": "ABLATIONS HOLDOUT METHODS PHOTOGRAPHS RUNS SWEEPS",
    "sizes": "count_parameters receptive_field",
    "terms": "diversity_term gradient_penalty reconstruction_loss",
    "uploads": "use_photo",
    "views": "load_views",
}
HEAVY = [
    "IPython",
    "cv2",
    "ipywidgets",
    "matplotlib",
    "numpy",
    "safetensors",
    "scipy",
    "skimage",
    "torch",
    "tqdm",
]


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def stub() -> dict[str, set[str]]:
    """The names of __init__.pyi, by the module that each comes from."""
    names: dict[str, set[str]] = {}
    for node in ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            assert [alias.name for alias in node.names] == [alias.asname for alias in node.names]
            names.setdefault(node.module, set()).update(alias.name for alias in node.names)
    return names


def test_the_public_names_are_those_that_were_meant():
    assert stub() == {module: set(names.split()) for module, names in NAMES.items()}


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, json, sicgan_lite; dir(sicgan_lite); print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(python(code))
    assert [name for name in loaded if name.partition(".")[0] in HEAVY] == []
    assert [name for name in loaded if name.startswith("sicgan_lite.")] == []


def test_the_first_chapters_need_no_torch():
    light = (
        "arrays",
        "baselines",
        "color",
        "config",
        "features",
        "metrics",
        "origins",
        "patches",
        "pictures",
        "plotting",
    )
    names = [name for module in NAMES if module.split(".")[0] in light for name in NAMES[module].split()]
    taught = [name for module in ("explorers", "figures", "nearest") for name in TEACHING[module].split()]
    code = f"""
import sys
sys.modules["torch"] = None  # importing it fails, as where it is missing
import sicgan_lite
for name in {names}:
    getattr(sicgan_lite, name)
import sicgan_lite.teaching
for name in {taught}:
    getattr(sicgan_lite.teaching, name)
"""
    python(code)


def test_importing_everything_starts_and_seeds_nothing():
    python(f"""
import random, sys, threading
import numpy, torch
before = random.getstate(), repr(numpy.random.get_state()), torch.get_rng_state().tolist()
import sicgan_lite
for name in {sorted(name for names in NAMES.values() for name in names.split())}:
    getattr(sicgan_lite, name)
assert before == (random.getstate(), repr(numpy.random.get_state()), torch.get_rng_state().tolist())
assert threading.active_count() == 1
assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
assert "skimage.io" not in sys.modules
""")


def test_names_load_in_any_order():
    # Modules of the package are dropped between orders; what they import stays, to save time.
    names = sorted(name for names in NAMES.values() for name in names.split())
    python(f"""
import importlib, random, sys, types
names = {names}
for order in range(10):
    for module in [name for name in sys.modules if name.split(".")[0] == "sicgan_lite"]:
        del sys.modules[module]
    package = importlib.import_module("sicgan_lite")
    random.Random(order).shuffle(names)
    for name in names:
        assert not isinstance(getattr(package, name), types.ModuleType), name
""")


@pytest.mark.parametrize("module", NAMES)
def test_a_name_is_that_of_its_module(module):
    for name in NAMES[module].split():
        value = getattr(sicgan_lite, name)
        home = f"sicgan_lite.{module}"
        assert value is getattr(sys.modules[home], name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__module__ == home
            assert (value.__doc__ or "").strip(), f"{name} has no docstring"


def test_no_module_bears_the_name_of_a_public_function():
    modules = {module.name for module in pkgutil.iter_modules([str(PACKAGE)])}
    names = {name for names in stub().values() for name in names}
    assert modules & names == set()
    assert {module.split(".")[0] for module in stub()} <= modules


def test_dir_and_all_are_the_public_names():
    names = {name for names in stub().values() for name in names}
    assert set(vars(sicgan_lite)["__all__"]) == names <= set(dir(sicgan_lite))


@pytest.mark.parametrize(
    ("package", "name", "said"),
    [
        ("sicgan_lite", "colourise", "did you mean 'colorize'?"),
        ("sicgan_lite", "deltaE", "did you mean 'delta_e'?"),
        ("sicgan_lite", "zzz", "dir(sicgan_lite) lists its names"),
        ("sicgan_lite.teaching", "explorer", "did you mean 'explore'?"),
        ("sicgan_lite.teaching.exercises", "check_blnd", "did you mean 'check_blend'?"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(package: str, name: str, said: str):
    with pytest.raises(AttributeError) as caught:
        getattr(importlib.import_module(package), name)
    assert str(caught.value) == f"{package} has no {name!r}; {said}"


def test_importing_a_module_first_does_not_hide_a_function():
    python("""
import sicgan_lite.colorizing, sicgan_lite.teaching.explorers
from sicgan_lite import colorize, train
from sicgan_lite.teaching import explore
assert callable(colorize) and callable(explore) and callable(train)
""")
