from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sicgan_lite.teaching.exercises import WrongAnswer, check_best_roll, check_border, check_diversity


def diversity(ab: Any, other_ab: Any, z: Any, other_z: Any) -> float:
    total = 0.0
    for pixel in range(len(ab)):
        moved = sum(abs(ab[pixel][k] - other_ab[pixel][k]) for k in range(2)) / 2
        total += min(moved / abs(z[pixel][0] - other_z[pixel][0]), 3)
    return total / len(ab)


def ratios(ab: Any, other_ab: Any, z: Any, other_z: Any) -> Any:
    return abs(ab - other_ab).mean(1) / abs(z - other_z).mean(1)


def nearest(painted: Any, truth: Any) -> Any:
    return ((painted - truth) ** 2).sum(-1).argmin(0)


@pytest.mark.parametrize("check", [check_border, check_diversity, check_best_roll])
def test_an_open_exercise_says_what_is_asked(check: Any) -> None:
    assert check(lambda *_: None).startswith("Not answered yet: ")


def test_the_right_answers() -> None:
    assert check_border(norm.isf).startswith("Correct: 61 %")
    assert check_diversity(diversity).startswith("Correct: ")
    said: Any = check_best_roll(nearest)
    assert said.startswith("Correct: ")
    assert 'alt="The astronaut, and' in said._repr_html_()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (norm.ppf, "z \\*below\\* which"),
        (norm.cdf, "Φ turns a z into a share"),
        (norm.sf, "Φ turns a z into a share"),
        (lambda share: 1 - share, "35 % above it"),
        (lambda share: share, "27 % above it"),
        (lambda share: 0.0, "the border is 0, and 50% of all rolls"),
        (lambda share: "z", "a number is asked for"),
        (0.28, "the function itself"),
    ],
)
def test_a_wrong_border_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_border(answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda *rolled: ratios(*rolled).mean(), "no limit"),
        (lambda *rolled: min(ratios(*rolled).mean(), 3), "before the mean"),
        (lambda ab, other, z, more: np.minimum(abs(ab - other).mean(1), 3).mean(), "divide"),
        (lambda ab, other, z, more: np.minimum(2 * ratios(ab, other, z, more), 3).mean(), "not their sum"),
        (lambda *rolled: np.minimum(ratios(*rolled), 3).sum(), "Take the mean"),
        (lambda *rolled: np.minimum(1 / ratios(*rolled), 3).mean(), "upside down"),
        (
            lambda ab, other, z, more: np.minimum((ab - other).mean(1) / (z - more).mean(1), 3).mean(),
            "cancel",
        ),
        (lambda ab, other, z, more: abs(ab - other).mean() / abs(z - more).mean(), "a ratio of means"),
        (lambda *rolled: 1.0, r"have \d.\d+, and your function says 1.000"),
        (ratios, "a number is asked for"),
    ],
)
def test_a_wrong_diversity_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_diversity(answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda painted, truth: ((painted - truth) ** 2).sum(-1).argmax(0), "least"),
        (lambda painted, truth: abs(painted - truth)[..., 0].argmin(0), "looks at a alone"),
        (lambda painted, truth: abs(painted - truth)[..., 1].argmin(0), "looks at b alone"),
        (lambda painted, truth: (painted - truth).sum(-1).argmin(0), "no sign"),
        (lambda painted, truth: ((painted - truth) ** 2).sum(-1).argmin(-1), "along axis 0"),
        (lambda painted, truth: ((painted - truth) ** 2).sum(-1).min(0) ** 0.5, "the distances"),
        (
            lambda painted, truth: np.full(
                truth.shape[:2], np.linalg.norm(painted - truth, axis=-1).mean((1, 2)).argmin()
            ),
            "Each pixel has its own",
        ),
        (lambda painted, truth: np.full(truth.shape[:2], 3), "of the pixels have a roll"),
        (lambda painted, truth: 3, "one number a pixel"),
    ],
)
def test_a_wrong_choice_of_rolls_is_explained(answer: object, said: str) -> None:
    with pytest.raises(WrongAnswer, match=said):
        check_best_roll(answer)
