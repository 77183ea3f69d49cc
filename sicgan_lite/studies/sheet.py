"""The contact sheet of an album: one page that opens anywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sicgan_lite.studies.sweep import SweepRun

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Album</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
img {{ max-width: 100%; height: auto }}
figure {{ margin: 0 0 2.5rem }}
</style>
<h1>Album</h1>
<p>Photograph, its lightness, generated colour. ΔE is the mean difference from the photograph: 1 is about the
least that an eye sees.</p>
{figures}
{skipped}
</html>
"""


def contact_sheet(runs: Sequence[SweepRun], skipped: Sequence[tuple[Path, str]] = ()) -> str:
    """An HTML page with each photograph's before-after picture and verdict, and what was left out."""
    figures = "\n".join(map(_figure, runs))
    rows = "".join(f"<li>{_shown(path.name)}: {_shown(reason)}</li>" for path, reason in skipped)
    return PAGE.format(figures=figures, skipped=f"<h2>Left out</h2><ul>{rows}</ul>" if rows else "")


def verdict_of(results: Mapping[str, Any]) -> str:
    """What a model says of its picture; a stranger's may say anything, and an old one knew no verdict."""
    verdict, error = results.get("verdict"), results.get("delta_e")
    if isinstance(verdict, str):
        return verdict
    return f"ΔE {error:.1f}" if isinstance(error, float) else "it was not measured"


def _figure(run: SweepRun) -> str:
    name, verdict = _shown(run.path.stem), _shown(verdict_of(run.results))
    source = quote(os.fsencode(f"{run.path.stem}.before-after.png"))
    return (
        f'<figure><img src="{source}" alt="{name}: photograph, lightness and generated colour">'
        f"<figcaption><b>{name}</b>: {verdict}</figcaption></figure>"
    )


def _shown(text: str) -> str:
    """Text for a page; bytes that no encoding explains, which a file's name may hold, become marks."""
    return escape(text.encode(errors="replace").decode())
