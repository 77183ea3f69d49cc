"""Notebooks executed by the kernel of any environment."""

from __future__ import annotations

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode


def execute(path: Path, python: Path, *cells: str, **variables: str) -> NotebookNode:
    """A notebook executed where it lies, by that Python's kernel, with cells of ours at its end.

    ``variables`` are added to the kernel's environment, from which this repository is kept away.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in cells]
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place)
    # The client's own manager, since it closes the sockets of that one alone.
    client.create_kernel_manager().kernel_spec_manager = _kernels(python)
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # In a thread of its own: where a browser test has an event loop in this one, waiting for another
    # loop may never end.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, client.async_execute(env={**inherited, **variables})).result()
    return notebook


def _kernels(python: Path) -> KernelSpecManager:
    """Knows that Python's kernel alone, under the name that every chapter asks for."""
    folder = python.parent.parent / "kernels"
    (folder / "python3").mkdir(parents=True, exist_ok=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    (folder / "python3" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False)
