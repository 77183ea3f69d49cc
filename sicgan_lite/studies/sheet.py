"""The contact sheet of an album: one page that opens anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
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
    rows = "".join(f"<li>{escape(path.name)}: {escape(reason)}</li>" for path, reason in skipped)
    return PAGE.format(figures=figures, skipped=f"<h2>Left out</h2><ul>{rows}</ul>" if rows else "")


def _figure(run: SweepRun) -> str:
    name = Path(run.path).stem
    verdict = run.results.get("verdict", f"ΔE {run.results['delta_e']:.1f}")
    source = quote(f"{name}.before-after.png")
    text = f"{name}: photograph, lightness and generated colour"
    return (
        f'<figure><img src="{source}" alt="{escape(text)}">'
        f"<figcaption><b>{escape(name)}</b>: {escape(verdict)}</figcaption></figure>"
    )
