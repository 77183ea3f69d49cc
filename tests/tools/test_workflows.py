"""The workflows: pinned, asking for no more than they need, and their programs run here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import address

ROOT = Path(__file__).resolve().parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
YAML = [*WORKFLOWS, *sorted((ROOT / ".github" / "actions").rglob("*.yml"))]
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_every_action_is_pinned_by_hash_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text("utf-8"))
    assert used
    for action, comment in used:
        if action.startswith("./"):
            assert (ROOT / action / "action.yml").is_file()
        else:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_one_action_has_one_version() -> None:
    used = {found for path in YAML for found in re.findall(r"uses: ([^.]\S+)", path.read_text("utf-8"))}
    assert len({action.partition("@")[0] for action in used}) == len(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_each_job_asks_for_more_and_ends(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 90 for job in jobs(path).values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_makes_what_can_be_made(path: Path) -> None:
    text = path.read_text("utf-8")
    assert set(re.findall(r"\bmake ([\w-]+)", re.sub(r"(?m)^#.*$", "", text))) <= TARGETS
    for program in re.findall(r"\bbash (\S+)", text):
        assert (ROOT / program).is_file()
    for module in re.findall(r"python -m ([\w.]+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_twelve_machines_wait_for_the_quick_job() -> None:
    test = jobs(ROOT / ".github" / "workflows" / "test.yml")
    assert test["two-commands"]["needs"] == "quick"


def test_only_what_was_built_from_the_adopted_commit_is_deployed() -> None:
    publish = jobs(ROOT / ".github" / "workflows" / "publish.yml")
    assert (publish["deploy"]["needs"], publish["build"]["needs"]) == ("build", "adopt")
    checkout = publish["build"]["steps"][0]
    assert checkout["with"]["ref"] == "${{ needs.adopt.outputs.commit }}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository of what names the address, with a remote that takes pushes."""
    tree = tmp_path / "tree"
    for file in [*address.files(), ROOT / ".github" / "adopt.sh", *(ROOT / "tools").glob("*.py")]:
        target = tree / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "Start")
    git(tree, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(tree, "push", "-q", "origin", "main")
    return tree


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def adopt(tree: Path, repository: str) -> tuple[int, str, str]:
    """Run the workflow's program as GitHub does: its exit code, what it said, the commit to build."""
    output = tree.parent / "output"
    output.write_text("")
    told = {"GITHUB_REPOSITORY": repository, "GITHUB_REF_NAME": "main", "GITHUB_OUTPUT": str(output)}
    command = ["bash", ".github/adopt.sh"]
    ran = subprocess.run(
        command, cwd=tree, env=os.environ | told, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr, output.read_text().strip().partition("=")[2]


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs it on Linux")
def test_a_copy_adopts_itself_once(copy: Path) -> None:
    start = git(copy, "rev-parse", "HEAD")
    code, said, commit = adopt(copy, "ann-teacher/gan-colour")
    assert code == 0, said
    assert address.slug(address.address(copy)) == "ann-teacher/gan-colour"
    assert address.wrong_links(copy) == []
    assert git(copy, "status", "--porcelain") == ""
    assert (
        start
        != commit
        == git(copy, "rev-parse", "HEAD")
        == git(copy.parent / "remote.git", "rev-parse", "main")
    )
    assert adopt(copy, "ann-teacher/gan-colour") == (0, "", commit)


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs it on Linux")
def test_at_home_nothing_is_adopted(copy: Path) -> None:
    start = git(copy, "rev-parse", "HEAD")
    assert adopt(copy, address.slug(address.address())) == (0, "", start)


@pytest.mark.skipif(os.name == "nt", reason="the workflow runs it on Linux")
def test_a_branch_that_takes_no_push_is_told_the_one_command(copy: Path) -> None:
    git(copy, "remote", "set-url", "origin", str(copy.parent / "gone.git"))
    code, said, commit = adopt(copy, "ann-teacher/gan-colour")
    assert (code, commit) == (1, "")
    assert "python3 -m tools.address --set https://github.com/ann-teacher/gan-colour" in said
