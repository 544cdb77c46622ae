"""How complete a sweep is, from how often each tag was read."""

import random

import pytest

from scanstation.counting.completeness import estimate


def test_the_formula_of_chao_by_hand() -> None:
    counts = [1] * 6 + [2] * 4 + [5] * 90
    found = estimate(counts)
    assert found.unseen == pytest.approx(6 * 5 / (2 * 5))
    assert found.share == pytest.approx(100 / 103)
    assert found.again


def test_the_interval_of_chao_by_hand() -> None:
    """Variance 6*5/10 + 6*121/100 + 36*4*25/2500 = 11.7; K = exp(1.96 sqrt(log(1 + 11.7/9))) = 5.9818."""
    found = estimate([1] * 6 + [2] * 4 + [5] * 90)
    assert found.low == pytest.approx(100 / (100 + 3 * 5.9818), rel=1e-4)
    assert found.high == 1.0  # that none of 0.5 expected is missed is likely enough
    many = estimate([1] * 40 + [2] * 40 + [5] * 20)
    assert many.unseen == pytest.approx(40 * 39 / 82)
    assert many.high == pytest.approx(100 / (100 + 8.58922), rel=1e-4)


def test_nothing_heard_says_so() -> None:
    assert estimate([]).text == "saw no tag"
    assert not estimate([]).again


def test_one_read_each_asks_for_another_pass() -> None:
    assert estimate([1] * 10).again
    assert estimate([1]).again
    assert estimate([1, 2]).again


def test_many_reads_each_are_enough_even_for_few_tags() -> None:
    found = estimate([13, 12, 15])
    assert (found.share, found.again) == (1.0, False)
    assert found.low > 0.99


def test_the_words_never_round_up_to_complete() -> None:
    found = estimate([1, 1] + [10] * 4000)
    assert found.share < 1
    assert found.text.startswith("99.9 % complete (")
    assert estimate([1] * 4).text.endswith("sweep again")


@pytest.mark.parametrize("probability", [0.1, 0.2, 0.3])
def test_the_interval_holds_the_truth_as_often_as_it_says(probability: float, full: bool) -> None:
    held = 0
    runs = 400 if full else 100
    for seed in range(runs):
        rng = random.Random(seed)
        counts = [sum(rng.random() < probability for _ in range(15)) for _ in range(200)]
        seen = [count for count in counts if count]
        found = estimate(seen)
        held += found.low <= len(seen) / 200 <= found.high
    assert held >= 0.9 * runs
