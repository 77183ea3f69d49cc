from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sicgan_lite import origins as module
from sicgan_lite import sample_origins
from sicgan_lite.origins import Holdout, holdout_mask, safe_distance


@pytest.fixture(scope="module", autouse=True)
def small_throws() -> Iterator[None]:
    """Small problems need few darts; how many are thrown at once changes no chance."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LEAST_DARTS", 8)
        yield


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def least_square(origins: np.ndarray) -> int:
    """The least squared distance of any two, by comparing all of them."""
    return min(int(((p - q) ** 2).sum()) for p, q in combinations(origins, 2))


def allowed_origins(height: int, width: int, size: int, holdout: Holdout | None) -> set[tuple[int, int]]:
    """Every origin whose patch lies in the image and has no pixel that the holdout covers, one by one."""
    open_pixel = np.ones((height, width), bool)
    if holdout is not None:
        top, left, bottom, right = holdout
        rows, columns = np.mgrid[:height, :width]
        covered = (rows + 1 > top * height) & (rows < bottom * height)
        covered &= (columns + 1 > left * width) & (columns < right * width)
        open_pixel = ~covered
    places = np.ndindex(height - size + 1, width - size + 1)
    return {(r, c) for r, c in places if open_pixel[r : r + size, c : c + size].all()}


@st.composite
def problems(draw: st.DrawFn) -> tuple[int, int, int, Holdout | None]:
    """An image, a patch size that fits and perhaps a holdout on an eighth's raster."""
    height, width = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    size = draw(st.integers(1, min(height, width)))
    eighths = st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True).map(sorted)
    rows, columns = draw(eighths), draw(eighths)
    box = (rows[0] / 8, columns[0] / 8, rows[1] / 8, columns[1] / 8)
    holdout = draw(st.sampled_from([None, box]))
    assume(allowed_origins(height, width, size, holdout))
    return height, width, size, holdout


@given(problems(), st.data(), st.integers(0, 100))
def test_the_safe_distance_never_jams(problem, data, seed):
    height, width, size, holdout = problem
    allowed = allowed_origins(*problem)
    count = data.draw(st.integers(1, len(allowed)))
    found = sample_origins(height, width, size=size, count=count, holdout=holdout, rng=rng(seed))
    assert found.shape == (count, 2)
    assert set(map(tuple, found.tolist())) <= allowed
    if count > 1:
        safe = safe_distance(height, width, size=size, count=count, holdout=holdout)
        assert least_square(found) >= safe**2 - 1e-6


@given(problems())
def test_all_positions_can_be_had_and_no_other(problem):
    height, width, size, holdout = problem
    allowed = allowed_origins(*problem)
    found = sample_origins(height, width, size=size, count=len(allowed), holdout=holdout, rng=rng())
    assert sorted(map(tuple, found.tolist())) == sorted(allowed)
    with pytest.raises(ValueError, match=f"^{len(allowed) + 1} origins .* have {len(allowed)} positions"):
        sample_origins(height, width, size=size, count=len(allowed) + 1, holdout=holdout, rng=rng())


@given(problems(), st.data())
def test_the_safe_distance_is_the_largest_that_counting_allows(problem, data):
    height, width, size, holdout = problem
    positions = len(allowed_origins(*problem))
    assume(positions > 1)
    count = data.draw(st.integers(2, positions))
    square = safe_distance(height, width, size=size, count=count, holdout=holdout) ** 2

    grid = np.arange(-40, 41) ** 2

    def fits(squared_distance: int) -> bool:
        nearer = np.count_nonzero(grid[:, None] + grid < squared_distance)
        return (count - 1) * nearer < positions

    assert math.isclose(square, round(square), abs_tol=1e-9)
    assert fits(round(square))
    assert not fits(round(square) + 1)


def test_a_single_origin_has_no_neighbor():
    assert safe_distance(30, 40, size=8, count=1) == 50
    assert sample_origins(30, 40, size=30, count=1, rng=rng())[0, 0] == 0


@pytest.mark.parametrize("distance", [1, 2, math.sqrt(5), 5, 5.01, 7.5])
def test_the_distance_is_kept_and_not_exceeded(distance):
    squares = [
        least_square(sample_origins(40, 40, size=8, count=6, min_distance=distance, rng=rng(seed)))
        for seed in range(60)
    ]
    whole = math.ceil(distance**2 - 1e-9)
    norms = {x * x + y * y for x in range(20) for y in range(20)}
    assert min(squares) == min(norm for norm in norms if norm >= whole)


@pytest.mark.parametrize("exhaustive", [False, True])
def test_each_origin_is_uniform_over_the_positions_still_free(monkeypatch, exhaustive):
    # Eight positions in a row, three origins at least two apart: every outcome's chance by counting.
    if exhaustive:
        monkeypatch.setattr(module, "_LEAST_YIELD", 2)
    chances: dict[tuple[int, ...], float] = {}
    for first in range(8):
        second_free = [p for p in range(8) if abs(p - first) >= 2]
        for second in second_free:
            third_free = [p for p in second_free if abs(p - second) >= 2]
            for third in third_free:
                chances[first, second, third] = 1 / (8 * len(second_free) * len(third_free))
    assert sum(chances.values()) == pytest.approx(1)
    draws, source = 3000, rng(3)
    seen = dict.fromkeys(chances, 0)
    for _ in range(draws):
        drawn = sample_origins(1, 8, size=1, count=3, min_distance=2, rng=source)
        seen[tuple(drawn[:, 1].tolist())] += 1
    expected = [draws * chance for chance in chances.values()]
    assert chisquare(list(seen.values()), expected).pvalue > 0.01


def test_positions_around_a_holdout_are_uniform():
    source = rng(4)
    allowed = sorted(allowed_origins(9, 10, 3, (0.25, 0.25, 0.5, 0.5)))
    drawn = [
        sample_origins(9, 10, size=3, count=1, holdout=(0.25, 0.25, 0.5, 0.5), rng=source)
        for _ in range(3000)
    ]
    places, counts = np.unique(np.concatenate(drawn), axis=0, return_counts=True)
    assert list(map(tuple, places.tolist())) == allowed
    assert chisquare(counts).pvalue > 0.01


def test_a_distance_that_jams_is_refused_with_one_that_fits():
    asked: dict[str, Any] = {"height": 60, "width": 80, "size": 16, "count": 100}
    with pytest.raises(ValueError, match="min_distance=12 with patches of 16×16 on 60×80 pixels") as error:
        sample_origins(**asked, min_distance=12, rng=rng())
    found = re.fullmatch(r"only (\d+) of 100 .*; min_distance=([\d.]+) always fits", str(error.value))
    assert found is not None
    placed, fitting = int(found[1]), float(found[2])
    # Circles of radius 12 around the origins cover the 45×65 positions when nothing more fits.
    assert math.ceil(45 * 65 / (math.pi * 12**2)) <= placed < 100
    assert fitting == pytest.approx(safe_distance(**asked), rel=1e-5)
    for seed in range(20):
        origins = sample_origins(**asked, min_distance=fitting, rng=rng(seed))
        assert len(origins) == 100
        assert least_square(origins) >= fitting**2 - 1e-4


def test_a_jam_is_not_declared_while_a_place_is_free(monkeypatch):
    # Ten positions in a row, five apart: two always fit, if every place that is left is looked at.
    monkeypatch.setattr(module, "_LEAST_YIELD", 2)
    for seed in range(100):
        origins = sample_origins(1, 10, size=1, count=2, min_distance=5, rng=rng(seed))
        assert abs(origins[0, 1] - origins[1, 1]) >= 5


def test_a_dense_packing_is_found_by_listing_what_is_free():
    origins = sample_origins(120, 120, size=20, count=55, min_distance=12, rng=rng(1))
    assert len(origins) == 55
    assert least_square(origins) >= 144


def test_the_papers_photograph_gets_all_its_patches():
    origins = sample_origins(400, 600, size=128, count=834, rng=rng())
    assert len(set(map(tuple, origins.tolist()))) == 834
    assert least_square(origins) >= safe_distance(400, 600, size=128, count=834) ** 2 - 1e-6 > 36


def test_without_a_distance_an_origin_may_come_twice():
    drawn = [sample_origins(5, 5, size=4, count=4, min_distance=0, rng=rng(seed)) for seed in range(200)]
    distinct = [len(np.unique(origins, axis=0)) for origins in drawn]
    # 4 balls in 4 boxes leave 4·(1 − (3/4)⁴) = 2.73 boxes used on average.
    assert abs(np.mean(distinct) - 2.734) < 0.15


def test_the_same_rng_draws_the_same_origins():
    first, again, other = (
        sample_origins(50, 50, size=9, count=20, min_distance=4, rng=rng(seed)) for seed in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_jam_is_declared_only_when_nothing_is_free_at_the_distance_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Squared distances are whole numbers, and the square of sqrt(40) in floats is a little above 40.
    monkeypatch.setattr(module, "_LEAST_YIELD", 2)
    for seed in range(20):
        with pytest.raises(ValueError, match="of 60 origins fit") as error:
            sample_origins(45, 33, size=4, count=60, min_distance=math.sqrt(40), rng=rng(seed))
        with pytest.raises(ValueError, match="of 60 origins fit") as just_below:
            sample_origins(45, 33, size=4, count=60, min_distance=math.sqrt(39.5), rng=rng(seed))
        assert str(error.value).split()[1] == str(just_below.value).split()[1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"size": 33}, r"patches of 33×33 pixels do not fit an image of 32×48"),
        ({"size": 0}, "size must be a whole number of at least 1, got 0"),
        ({"size": -4}, "size must be a whole number of at least 1, got -4"),
        ({"count": 0}, "count must be a whole number of at least 1, got 0"),
        ({"count": 10**9}, "1000000000 origins .* 32×48 pixels have 1025 positions for 8×8"),
        ({"holdout": (0.0, 0.0, 1.0, 1.0)}, "have 0 positions"),
        ({"holdout": (0.4, 0.4, 0.6, 0.6), "size": 30}, "have 0 positions"),
        ({"min_distance": -1.0}, "min_distance must be None or a finite number of at least 0, got -1"),
        ({"min_distance": math.nan}, "got nan"),
        ({"min_distance": math.inf}, "got inf"),
        ({"min_distance": 70}, "only 1 of 5 origins fit at min_distance=70"),
        ({"min_distance": 1e6}, r"only 1 of 5 origins fit at min_distance=1e\+06"),
    ],
)
def test_what_cannot_be_is_refused_with_value_and_limit(changes, says):
    asked: dict[str, Any] = {"height": 32, "width": 48, "size": 8, "count": 5} | changes
    with pytest.raises(ValueError, match=says):
        sample_origins(**asked, rng=rng())


def test_the_cost_grows_almost_with_the_count():
    def seconds(count: int) -> float:
        """The least time of three for as many origins at one density: the processor's, not the clock's."""
        side, least = math.isqrt(25 * count), math.inf
        for seed in range(3):
            start = time.process_time()
            sample_origins(side, side, size=1, count=count, min_distance=3.5, rng=rng(seed))
            least = min(least, time.process_time() - start)
        return least

    # 64 times as many cost 64 times as much and a logarithm; comparing all pairs, 1800 times were measured.
    assert seconds(64_000) < 350 * seconds(1000)


def test_a_seed_is_as_good_as_a_generator():
    first, again = (sample_origins(40, 50, size=8, count=9, rng=rng) for rng in (3, np.random.default_rng(3)))
    np.testing.assert_array_equal(first, again)


def test_the_safe_distance_leaves_room_when_the_first_takes_the_middle():
    # Nine positions: within less than 2 of the middle lie all of them, within less than √2 five.
    assert safe_distance(3, 3, size=1, count=2) == pytest.approx(np.sqrt(2))
    assert all(len(sample_origins(3, 3, size=1, count=2, rng=seed)) == 2 for seed in range(20))


def test_a_mask_is_true_in_the_holdout_alone():
    mask = holdout_mask((0, 0.5, 1, 1), 2, 4)
    assert mask.tolist() == [[False, False, True, True]] * 2
