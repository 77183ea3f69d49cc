"""The programs around the chapters."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import address, build_book, notebooks, setup_env, vendor

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_link_names_the_repository_of_the_config() -> None:
    assert address.wrong_links() == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for file in address.files():
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return tmp_path


def test_the_address_changes_everywhere(copied: Path) -> None:
    old = address.slug(address.address(copied))
    changed = address.change("https://github.com/someone/else.where", copied)
    assert address.address(copied) == "https://github.com/someone/else.where"
    assert {"_config.yml", "pyproject.toml", "CITATION.cff"} <= {file.name for file in changed}
    assert {chapter.name for chapter in notebooks.chapters()} <= {file.name for file in changed}
    assert not [file for file in address.files(copied) if old in file.read_text("utf-8")]
    assert address.wrong_links(copied) == []


@pytest.mark.parametrize("kind", ["colab", "pip", "other chapter"])
def test_a_wrong_link_is_found(copied: Path, kind: str) -> None:
    right = address.colab_link("99-new", copied)
    text = {
        "colab": f"{right} and https://colab.research.google.com/github/x/y/blob/main/book/99-new.ipynb",
        "pip": f"{right} and git+https://github.com/x/y",
        "other chapter": address.colab_link("98-old", copied),
    }[kind]
    path = copied / "book" / "99-new.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell(text)]), path)
    wrong = address.wrong_links(copied)
    assert len(wrong) == 1
    assert str(path) in wrong[0]


@pytest.mark.parametrize("url", ["github.com/a/b", "https://github.com/a", "https://example.org/a/b", ""])
def test_an_address_that_colab_cannot_open_is_refused(copied: Path, url: str) -> None:
    with pytest.raises(ValueError, match="OWNER/NAME"):
        address.change(url, copied)


def slider_notebook(ids: list[str]) -> nbformat.NotebookNode:
    """A notebook as a kernel leaves it: two models, one of which names the other."""
    state = {
        ids[0]: {"model_name": "SliderModel", "state": {"value": 3}},
        ids[1]: {"model_name": "LinkModel", "state": {"source": [f"IPY_MODEL_{ids[0]}", "value"]}},
    }
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": ids[0]}}
    cell = new_code_cell(
        "slider",
        execution_count=1,
        metadata={"execution": {"iopub.status.idle": ids[0]}, "tags": ["hide-input"], "trusted": True},
        outputs=[new_output("display_data", data=view)],
    )
    widgets = {notebooks.WIDGET_STATE: {"state": state, "version_major": 2, "version_minor": 0}}
    metadata = {"widgets": widgets, "language_info": {"name": "python", "version": "3.11.7"}}
    return new_notebook(cells=[cell], metadata=metadata)


def normal(ids: list[str], name: str = "01-lab-space") -> str:
    return nbformat.writes(notebooks.normalize(slider_notebook(ids), name))


def test_two_runs_are_stored_alike_and_references_still_meet() -> None:
    first, second = normal(["a" * 32, "b" * 32]), normal(["9" * 32, "0" * 32])
    assert first == second
    stored = json.loads(first)
    models = stored["metadata"]["widgets"][notebooks.WIDGET_STATE]["state"]
    slider = stored["cells"][0]["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert models[slider]["model_name"] == "SliderModel"
    link = next(model for model in models.values() if model["model_name"] == "LinkModel")
    assert link["state"]["source"][0] == f"IPY_MODEL_{slider}"


def test_two_chapters_share_no_model() -> None:
    assert set(models("01-a")).isdisjoint(models("02-b"))


def models(name: str) -> dict:
    stored = json.loads(normal(["a" * 32, "b" * 32], name))
    return stored["metadata"]["widgets"][notebooks.WIDGET_STATE]["state"]


def test_the_authors_tags_stay_and_the_kernels_notes_go() -> None:
    stored = json.loads(normal(["a" * 32, "b" * 32]))
    assert stored["cells"][0]["metadata"] == {"tags": ["hide-input"]}
    assert stored["metadata"]["language_info"] == notebooks.LANGUAGE


def test_equal_cells_have_different_ids() -> None:
    cells = [new_markdown_cell("---"), new_markdown_cell("---")]
    stored = notebooks.normalize(new_notebook(cells=cells), "01-a")
    assert len({cell.id for cell in stored.cells}) == 2


def test_a_chapter_that_warns_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "99-warns.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import sys; print('no', file=sys.stderr)")]), path)
    before = path.read_bytes()
    with pytest.raises(notebooks.StaleChapterError, match="stderr"):
        notebooks.refresh(path)
    assert path.read_bytes() == before


def test_the_vendored_scripts_are_as_recorded() -> None:
    assert vendor.sums() == vendor.SUMS.read_text("utf-8")


def test_an_archive_is_the_one_that_was_first_taken(monkeypatch) -> None:
    assert set(vendor.INTEGRITY) == set(vendor.PACKAGES)
    known = base64.b64encode(hashlib.sha512(b"archive").digest()).decode()
    monkeypatch.setitem(vendor.INTEGRITY, "mathjax@3.2.2", f"sha512-{known}")
    vendor.check_archive("mathjax@3.2.2", b"archive")
    with pytest.raises(ValueError, match=r"the archive of mathjax@3\.2\.2 is sha512-"):
        vendor.check_archive("mathjax@3.2.2", b"another")


def test_every_font_has_its_licence_beside_it() -> None:
    folders = {path.parent for path in vendor.VENDOR.rglob("*.woff*")}
    assert folders == {vendor.VENDOR / folder for folder in vendor.FONTS}
    for folder in folders:
        assert (folder / "OFL.txt").read_text("utf-8").startswith("SIL OPEN FONT LICENSE")


def test_a_changed_source_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / name).write_text("a")
    monkeypatch.setattr(build_book, "ROOT", tmp_path)
    before = build_book.fingerprint()
    assert build_book.fingerprint() == before
    (tmp_path / "_toc.yml").write_text("b")
    assert build_book.fingerprint() != before


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 9)])
def test_an_old_python_is_refused_in_a_sentence(version: tuple[int, int]) -> None:
    with pytest.raises(SystemExit, match=rf"3\.10 or newer is wanted; python3 is {version[0]}\.{version[1]}"):
        setup_env.refuse_old(version, "python3")


def test_a_setting_of_a_check_does_not_ask_for_a_new_set_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    before = setup_env.fingerprint()
    developer = setup_env.fingerprint(dev=True)
    assert developer != before
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write("# a comment below the checks\n")
    assert setup_env.fingerprint() == before
    with (tmp_path / "requirements.txt").open("a") as file:
        file.write("another-package\n")
    assert setup_env.fingerprint() != before


def test_a_developers_list_asks_no_reader_to_set_up_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    environment = tmp_path / "environment"
    python = setup_env.interpreter(environment)
    python.parent.mkdir(parents=True)
    python.touch()
    assert not setup_env.is_set_up(environment, dev=False)
    for stamp, text in setup_env.stamps(environment, dev=True).items():
        stamp.write_text(text)
    assert setup_env.is_set_up(environment, dev=True)
    with (tmp_path / "requirements-dev.txt").open("a") as file:
        file.write("another-package\n")
    assert setup_env.is_set_up(environment, dev=False)
    assert not setup_env.is_set_up(environment, dev=True)


def test_a_busy_port_leads_to_the_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with build_book.open_server(0, tmp_path) as first:
        port = first.server_port
        with build_book.open_server(port, tmp_path) as second:
            assert second.server_port > port
    assert f"Port {port} is taken." in capsys.readouterr().out


def test_a_range_of_busy_ports_is_refused_with_the_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build_book, "TRIED", 1)
    with (
        build_book.open_server(0, tmp_path) as first,
        pytest.raises(SystemExit, match="make serve PORT="),
    ):
        build_book.open_server(first.server_port, tmp_path)
