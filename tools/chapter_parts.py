"""The texts of a chapter that says nothing yet (``tools.new_chapter``): what is to be written says TODO."""

START = """\
# {title}

*TODO: what a reader can do after this chapter, in one sentence.*

[Open this chapter in Colab]({link})

## In this chapter

- **TODO:** what is found, in one line. Two or three of these.

*Necessary:* TODO, the chapters before. It takes about TODO minutes to read and TODO seconds to run.

The first cell installs the library if it is missing."""
QUESTION = """\
## TODO: a question?

TODO: what is known so far, and why one should ask.

*Predict:* TODO."""
ANSWER = """\
# TODO: at most 25 lines, half of the cells at most 8
print({number})"""
EXPLORER = """\
from sicgan_lite.teaching import Control, explore


def render(level):
    return np.full((120, 160, 3), level, np.uint8)  # TODO: a picture of what changes


def alt(level):
    return f"TODO: what the picture shows at {level}."


explore(render, alt=alt, level=Control("TODO", [0, 64, 128, 192, 255]))"""
EXERCISE = """\
from sicgan_lite.teaching.exercises import {check}

answer = None  # yours: a number
{check}(answer)"""
SOLUTION = """\
<details>
<summary>Hint</summary>

TODO: where to look.

</details>

<details>
<summary>Solution</summary>

```python
answer = {number}
{check}(answer)
```

</details>"""
TASK = "\n\n**Exercise {number}.** TODO: the task, in two sentences."
CHECKS_HEAD = '''\
"""Checks for the chapter {title}."""

from sicgan_lite.teaching.exercises.answers import exercise
from sicgan_lite.teaching.exercises.number_task import NumberTask
'''
CHECK = '''
{task} = NumberTask(
    asked="TODO: give the number of this exercise.",
    exact={number},
    right="TODO: why it is {number}.",
    slips={{{slip}: "TODO: what somebody did who says {slip}."}},
    too_small="{{value}} is too small. TODO: where to look.",
    too_large="{{value}} is too large. TODO: where to look.",
)


@exercise
def {check}(answer: object) -> str:
    """TODO: what is asked for."""
    return {task}.check(answer)
'''
TESTS = '''\
"""The checks of the chapter {title}."""

import pytest

from sicgan_lite.teaching.exercises import (
    WrongAnswer,
{imports}
)


@pytest.mark.parametrize(
    ("check", "right"),
    [
{pairs}
    ],
)
def test_the_right_number_is_correct_and_its_neighbour_is_explained(check, right: int) -> None:
    assert str(check(right)).startswith("Correct: ")
    with pytest.raises(WrongAnswer, match="TODO"):
        check(right + 10)
    assert str(check(None)).startswith("Not answered yet: ")
'''
NEXT = """\
Written. What is left, in this order; each TODO is yours:
 1. {notebook}: text and cells. Leave room: 12 to 20 code cells, 1000 to 2300 words.
 2. {checks} and its tests: an answer, the usual slips, an independent truth.
 3. make notebooks ONLY={number}
 4. make setup-dev, once; then
    .venv/bin/python -m pytest tests/book tests/teaching/exercises -k "{key}"
 5. _toc.yml: it stands last of the chapters; move the line where it belongs.
 6. book/teaching.md: a row in "How long things take"; ARCHITECTURE.md: a row in "By chapter".
 7. make book, and look at the page; then make quick, and make test."""
