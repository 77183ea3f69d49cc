"""What goes behind a fold, and what a figure gets, on small pages."""

from __future__ import annotations

import json

import pytest

from tools import levels
from tools.markup import parse

SHORT, LONG = "a = 1\nprint(a)", "\n".join(f"a = {n}" for n in range(levels.OPEN_LINES + 1))
FRAME = '<img alt="the second" src="data:image/webp;base64,AA">'
MODELS = {
    "box": {"state": {"children": ["IPY_MODEL_slider", "IPY_MODEL_stack"]}},
    "slider": {"state": {"value": 3}},
    "stack": {"state": {"children": ["IPY_MODEL_one", "IPY_MODEL_two"], "selected_index": 1}},
    "one": {"state": {"value": '<img alt="the first" src="data:">'}},
    "two": {"state": {"value": FRAME}},
}
CELL = """<div class="cell"><div class="cell_input"><pre>{code}</pre></div>
<div class="cell_output"><div class="output">{output}</div></div></div>"""
PRINTED = "<pre>12345\n1</pre>"
PAGE = f"""<body><section><h1><span class="section-number">3. </span>T</h1><p>Promise</p>
<p><a class="colab" href="c">Open</a></p><h2>In this chapter</h2>
{CELL.format(code=LONG, output='<a><img src="x.jpg" alt="A cup." style="width: 9px"></a>')}
{CELL.format(code=SHORT, output=PRINTED)}
{CELL.format(code="explore(f)", output=f'<script type="{levels.VIEW}">{{"model_id": "box"}}</script>')}
</section><script type="{levels.STATE}">{json.dumps({"state": MODELS})}</script></body>"""


@pytest.mark.parametrize(
    ("code", "prints", "folded"),
    [
        (SHORT, True, False),
        (SHORT, False, True),
        (LONG, True, True),
        (f"{SHORT}\nexplore(a)", True, True),
        (f'"{levels.SET_UP}"', True, True),
        (f"{LONG}\nanswer = None  # yours", True, False),
    ],
)
def test_what_is_plumbing(code: str, prints: bool, folded: bool) -> None:
    assert levels.is_plumbing(code.splitlines(), prints=prints) is folded


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (f"x = '{levels.SET_UP}'\ny", "Set-up, 2 lines"),
        ("def paint(a):\n    return a\n\n\ndef tell(b): ...", "Code, 5 lines: paint, tell"),
        ("explore(a)", "Code, 1 line: the explorer"),
        (SHORT, "Code, 2 lines"),
    ],
)
def test_a_fold_says_what_it_holds(code: str, name: str) -> None:
    assert levels.name_code(code.splitlines()) == name


def test_the_still_of_an_explorer_is_the_frame_of_its_start() -> None:
    assert levels.start_frame(MODELS, "box") == FRAME
    assert levels.start_frame(MODELS, "slider") == levels.start_frame(MODELS, "nothing") == ""


def test_a_page_has_two_levels_once() -> None:
    page = parse(PAGE)
    levels.two_levels(page)
    once = str(page)
    folds = [fold.get_text() for fold in page("summary")]
    assert folds == [f"Code, {levels.OPEN_LINES + 1} lines", "Code, 1 line: the explorer"]
    assert [found.get_text() for found in page.select("a + .figure-caption")] == ["Figure 3.1. A cup."]
    assert [image["src"] for image in page.select("p:has(.colab) + figure.opening img")] == ["x.jpg"]
    assert [image["alt"] for image in page.select(".still")] == ["the second"]
    assert [cell.details is not None for cell in page.select(".cell.tag_full-width")] == [True]
    assert [printed["style"] for printed in page.select("pre[style]")] == ["--columns: 5"]
    levels.two_levels(page)
    assert str(page) == once
