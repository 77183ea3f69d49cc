from __future__ import annotations

import math

import numpy as np
import pytest

from sicgan_lite.teaching.exercises import WrongAnswer, check_augment, check_noise_gain, check_scharr_scale


def largest_magnitude(weights: tuple[int, int, int], high: float = 100) -> float:
    patches = high * np.array(np.meshgrid(*[[0, 1]] * 9)).reshape(9, -1).T.reshape(-1, 3, 3)
    across = np.outer(weights, [-1, 0, 1])
    dx, dy = (patches * across).sum((1, 2)), (patches * across.T).sum((1, 2))
    return np.hypot(dx, dy).max()


def noise_gain(kernel: np.ndarray) -> float:
    noise = np.random.default_rng(0).normal(size=(100_000, 3, 3))
    return (noise * kernel).sum((1, 2)).std()


def test_an_open_exercise_says_so() -> None:
    assert check_scharr_scale(None).startswith("Not answered yet: ")
    assert check_noise_gain(None).startswith("Not answered yet: ")
    assert check_augment(lambda features, transform: None).startswith("Not answered yet: ")


def test_scharr_the_worst_of_all_patches_is_right() -> None:
    assert check_scharr_scale(largest_magnitude((3, 10, 3))).startswith("Correct")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1600, "vertical edge"),
        (1600 * math.sqrt(2), "share the corner"),
        (1300 * math.sqrt(2), "diagonal edge"),
        (largest_magnitude((3, 10, 3), high=1), "Lightness goes to 100"),
        (largest_magnitude((1, 2, 1)), "Sobel's scale"),
        (1850, "less than the worst"),
        (1900, "more than any patch"),
        (math.nan, "a number is asked for"),
        ("1887", "a number is asked for"),
    ],
)
def test_scharr_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_scharr_scale(answer)


LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


def test_noise_gain_a_measurement_is_right() -> None:
    assert check_noise_gain(noise_gain(LAPLACIAN)).startswith("Correct")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (LAPLACIAN.sum(), "spread does not"),
        (np.abs(LAPLACIAN).sum(), "add in squares"),
        ((LAPLACIAN**2).sum(), "variance"),
        (math.sqrt(20) / 400, "before scaling"),
        (math.sqrt(np.abs(LAPLACIAN).sum()), "one pixel with weight"),
        (2, "leaves out the centre"),
        (4, "leaves out the four"),
        (5.0, "too large"),
        (3.0, "too small"),
        ([4.47], "a number is asked for"),
    ],
)
def test_noise_gain_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_noise_gain(answer)


def right(features, transform):
    return np.concatenate([transform(features[:3]), features[3:]])


def in_place(features, transform):
    features[:3] = transform(features[:3]).copy()
    return features


def other_way(features, transform):
    return np.concatenate([transform(transform(transform(features[:3]))), features[3:]])


def other_coordinates(features, transform):
    return np.concatenate([transform(features[:3]), 1 - features[3:]])


def test_augment_maps_turn_and_coordinates_stay() -> None:
    assert check_augment(right).startswith("Correct")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda features, transform: transform(features), "flip_x: the coordinates turned"),
        (lambda features, transform: features.copy(), "flip_x: .* did not move"),
        (lambda features, transform: transform(features[:3]), r"shape \(5, 6, 6\), got \(3, 6, 6\)"),
        (lambda features, transform: features.tolist(), "got list"),
        (in_place, "input was changed"),
        (other_way, "rot_90: .* are not transform"),
        (other_coordinates, "id: the coordinates are not those of the patch"),
        (right(np.zeros((5, 6, 6)), np.fliplr), "the function itself"),
    ],
)
def test_augment_a_wrong_answer_hears_why(answer: object, message: str) -> None:
    with pytest.raises(WrongAnswer, match=message):
        check_augment(answer)
