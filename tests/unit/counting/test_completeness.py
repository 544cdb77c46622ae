"""How complete a sweep is, from the number of rounds in which each tag was read."""

import random

import numpy as np
import pytest

from scanstation.counting.completeness import Completeness, estimate
from scanstation.counting.strays import Tags, judge


def of(rounds: list[int], expected: float = 0.0) -> Completeness:
    return estimate(rounds, [1.0] * len(rounds), len(rounds), expected)


def test_the_formula_of_chao_by_hand() -> None:
    found = of([1] * 6 + [2] * 4 + [5] * 90)
    assert found.unseen == pytest.approx(6 * 5 / (2 * 5))
    assert found.share == pytest.approx(100 / 103)


def test_the_interval_of_chao_by_hand() -> None:
    """Variance 6*5/10 + 6*121/100 + 36*4*25/2500 = 11.7; K = exp(1.96 sqrt(log(1 + 11.7/9))) = 5.9818."""
    found = of([1] * 6 + [2] * 4 + [5] * 90)
    assert found.low == pytest.approx(100 / (100 + 18))  # 3 * 5.9818 = 17.9, whole tags
    assert found.high == 1.0  # that none of 0.5 expected is missed is likely enough
    many = of([1] * 40 + [2] * 40 + [5] * 20)
    assert many.unseen == pytest.approx(40 * 39 / 82)
    assert many.high == pytest.approx(100 / (100 + 8))  # 8.59 tags at least


def test_what_the_read_rates_expect_widens_the_interval() -> None:
    """A Poisson count of mean 2 exceeds 5 in 1.7 %, one of mean 0.02 exceeds 0 in 2.0 %, of mean 600 648 in 2.4 %."""
    assert of([9] * 95, expected=2.0).low == 95 / 100
    assert of([9] * 95, expected=0.02).low == 1.0
    assert of([9] * 400, expected=600.0).low == pytest.approx(400 / 1049)


def test_a_tag_counts_by_how_likely_it_lies_here() -> None:
    found = estimate([1, 1, 1, 1, 9, 9], [1.0, 1.0, 0.5, 0.5, 1.0, 1.0], 4, 0.0)
    assert found.unseen == pytest.approx(3 * 2 / 2)


def test_nothing_heard_says_so() -> None:
    assert of([]).text == "saw no tag"


def test_the_words_never_round_up_to_complete() -> None:
    found = of([1, 1] + [10] * 4000)
    assert found.share < 1
    assert found.text.startswith("99.9 % complete (")


@pytest.mark.parametrize("rates", [(0.1,), (0.2,), (0.3,), (0.95,), (0.95, 0.2), (0.95, 0.1), (0.95, 0.65, 0.2, 0.1)])
@pytest.mark.parametrize("count", [30, 200])
def test_the_interval_holds_the_truth_as_often_as_it_says(rates: tuple[float, ...], count: int, full: bool) -> None:
    """95 % of the intervals hold the truth, also where half of the tags answer well and half badly."""
    runs, held = 400 if full else 60, 0
    for seed in range(runs):
        rng = random.Random(seed)
        rounds = [sum(rng.random() < rate for _ in range(20)) for rate in rng.choices(rates, k=count)]
        seen = np.array([float(number) for number in rounds if number])
        none, flags = np.zeros(len(seen)), np.zeros(len(seen), bool)
        verdicts = judge(
            Tags(of=20, rounds=seen, reads=seen, level=none - 55, noise=none, strange=flags, elsewhere=flags)
        )
        found = estimate(seen.astype(int).tolist(), verdicts.here.tolist(), len(seen), verdicts.unseen)
        held += found.low <= len(seen) / count <= found.high
    assert held >= (0.93 if full else 0.88) * runs
