"""Two levels in a chapter's page: pictures and prose in the open, plumbing behind a fold.

The rule is here and not in the notebooks, whose code stays open in Colab and JupyterLab.
"""

from __future__ import annotations

import json
import re

from bs4 import BeautifulSoup, Tag

from tools.markup import parse

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
OPEN_LINES = 8  # the longest code that stands in the open
SET_UP = "SICGAN_LITE_SPEC"
MODEL = "IPY_MODEL_"
WIDE = "tag_full-width"  # the theme's name for a cell that reaches into the margin


def two_levels(page: BeautifulSoup) -> None:
    """Fold plumbing; captions for figures, stills for explorers, a picture under the title."""
    if page.find("details", class_="code"):
        return
    for cell in page("div", class_="cell"):
        _fold(page, cell)
        _fit_output(cell)
    _add_stills(page)
    _caption_figures(page)
    _open_with_a_picture(page)


def _fold(page: BeautifulSoup, cell: Tag) -> None:
    code = cell.find("div", class_="cell_input", recursive=False)
    if not isinstance(code, Tag):
        return
    lines = code.get_text().strip().splitlines()
    if not is_plumbing(lines, prints=bool(cell.find("div", class_="cell_output"))):
        return
    fold = code.wrap(page.new_tag("details", attrs={"class": "code"}))
    summary = page.new_tag("summary")
    summary.string = name_code(lines)
    fold.insert(0, summary)


def is_plumbing(lines: list[str], *, prints: bool) -> bool:
    """Whether code goes behind a fold: the set-up, what shows nothing, explorers, and all that is long."""
    text = "\n".join(lines)
    is_task = "# yours" in text
    return not is_task and (len(lines) > OPEN_LINES or not prints or SET_UP in text or "explore(" in text)


def name_code(lines: list[str]) -> str:
    """What a folded cell holds, in a few words."""
    text = "\n".join(lines)
    if SET_UP in text:
        return f"Set-up, {len(lines)} lines"
    names = re.findall(r"^def (\w+)", text, flags=re.MULTILINE)
    holds = ", ".join(names) or ("the explorer" if "explore(" in text else "")
    return f"Code, {len(lines)} line{'s' * (len(lines) != 1)}" + (f": {holds}" if holds else "")


def _fit_output(cell: Tag) -> None:
    """The longest printed line, for a stylesheet that lets it fit its box."""
    for printed in cell.select(".cell_output pre"):
        longest = max(map(len, printed.get_text().splitlines()), default=0)
        printed["style"] = f"--columns: {longest}"


def _add_stills(page: BeautifulSoup) -> None:
    """What an explorer shows at its start, for a page in which it cannot run; its cell is wide."""
    state = page.find("script", type=STATE)
    models = json.loads(state.get_text()).get("state", {}) if state else {}
    for view in page("script", type=VIEW):
        frame = start_frame(models, json.loads(view.get_text())["model_id"])
        cell = view.find_parent("div", class_="cell")
        if cell:
            cell["class"] = [*cell.get_attribute_list("class"), WIDE]  # pyright: ignore[reportArgumentType]
        if frame:
            still = parse(frame)("img")[0]
            still.attrs |= {"class": "still", "data-still": ""}
            view.insert_before(still)


def start_frame(models: dict, name: str) -> str:
    """The markup of the picture that a widget shows first; empty where it shows none."""
    state = models.get(name, {}).get("state", {})
    if "<img" in str(state.get("value", "")):
        return state["value"]
    children = [child.removeprefix(MODEL) for child in state.get("children", [])]
    if state.get("selected_index") is not None:
        children = children[state["selected_index"] :][:1]
    return next((frame for child in children if (frame := start_frame(models, child))), "")


def _caption_figures(page: BeautifulSoup) -> None:
    """What a picture shows, in sight of those who see it: its alternative text, with a number."""
    number = page.select_one("h1 .section-number")
    chapter = number.get_text().strip(". ") if number else ""
    pictures = [
        image for image in page.select(".cell_output img") if not str(image["src"]).startswith("data:")
    ]
    for place, image in enumerate(pictures, start=1):
        # A screen reader has said it already.
        caption = page.new_tag("p", attrs={"class": "figure-caption", "aria-hidden": "true"})
        name = page.new_tag("strong")
        name.string = f"Figure {chapter}.{place}. "
        caption.extend([name, str(image.get("alt", ""))])
        shown = image.find_parent("a") or image
        shown.insert_after(caption)
        shown["id"] = f"figure-{place}"


def _open_with_a_picture(page: BeautifulSoup) -> None:
    """The first figure again under the title: what the chapter is about, on the first screen."""
    title, image = page.h1, page.select_one(".cell_output img")
    colab = page.find("a", class_="colab")
    if not (title and image and colab and colab.parent):
        return
    figure = page.new_tag("figure", attrs={"class": "opening"})
    shown = {key: str(image[key]) for key in ("src", "alt") if key in image.attrs}
    figure.append(page.new_tag("img", attrs=shown))
    colab.parent.insert_after(figure)
