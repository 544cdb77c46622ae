"""Tolerance by class: every bound that is set must hold."""

import pytest

from scanstation.audit.tolerance import within
from scanstation.settings import Tolerance, load_policy

BOUNDS = {
    "A": Tolerance(units=0),
    "B": Tolerance(percent=2.0, value=200),
    "C": Tolerance(units=3, percent=5.0),
    "N": Tolerance(),
}


@pytest.mark.parametrize(
    ("abc_class", "expected", "variance", "value", "accurate"),
    [
        ("A", 100, 0, 0, True),
        ("A", 100, 1, 1, False),
        ("B", 100, 2, 200, True),
        ("B", 100, -2, -200, True),
        ("B", 100, 2, 201, False),
        ("B", 100, 3, 3, False),
        ("B", 149, -3, -3, False),
        ("B", 150, -3, -3, True),
        ("C", 1_000, 4, 0, False),
        ("C", 60, 3, 0, True),
        ("C", 59, 3, 0, False),
        ("C", 0, 1, 0, False),  # nothing was expected: no share of it can be right
        ("C", -20, 1, 0, False),
        ("N", 1_000, 1, 0, False),
        ("unlisted", 1_000, 1, 0, False),
        ("unlisted", 1_000, 0, 0, True),
    ],
)
def test_every_bound_that_is_set_must_hold(abc_class, expected, variance, value, accurate):
    assert within(BOUNDS, abc_class, expected=expected, variance=variance, value=value) is accurate


def test_the_shipped_policy_is_tight_for_a_and_loose_for_c():
    shipped = load_policy().tolerance
    assert not within(shipped, "A", expected=1_000, variance=1, value=1)
    assert not within(shipped, "B", expected=100, variance=3, value=3)
    assert within(shipped, "C", expected=100, variance=3, value=3)
