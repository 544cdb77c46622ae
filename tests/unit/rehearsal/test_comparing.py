"""What came is held to what was expected: each expected row needs a row of its own that fits."""

import itertools
import random

import pytest

from scanstation.rehearsal.comparing import differences, fits, matched, same
from scanstation.rehearsal.expecting import ROWS, Expect
from scanstation.rehearsal.results import Result

LAMP = {"location": "A", "item": "LAMP", "lot": None, "serial": None, "status": "available", "expires": None, "qty": 2}


def came(verdicts=(), **rows):
    return Result(verdicts=tuple(verdicts), rows=dict.fromkeys(ROWS, ()) | rows)


def lines(expect, result):
    return [str(one) for one in differences(Expect.model_validate(expect), result)]


@pytest.mark.parametrize(
    ("wanted", "is_", "equal"),
    [
        (7, 7, True), (7, "7", True), ("7", 7, True), (7.0, 7, True), (7, 7.5, False), ("7", "07", False),
        ("L7", "L7", True), (None, None, True), (None, "", False), (None, 0, False), (0, None, False),
        (True, 1, False), (True, True, True), (1, "x", False), ("", "", True), (0.1, "0.10", True), ([1], [1], True),
        ("nan", float("nan"), False),
    ],
)  # fmt: skip
def test_values(wanted, is_, equal):
    assert same(wanted, is_) is equal


def test_a_row_fits_by_what_it_names_alone():
    assert fits({"item": "LAMP"}, LAMP)
    assert fits({"item": "LAMP", "lot": None}, LAMP)
    assert not fits({"item": "LAMP", "lot": "L1"}, LAMP)
    assert fits({}, LAMP)


def test_each_expected_row_needs_a_row_of_its_own():
    assert lines({"booked": [{"item": "LAMP"}, {"item": "LAMP"}]}, came(booked=[LAMP])) == [
        "booked: expected item LAMP, came nothing like it"
    ]
    assert lines({"booked": [{"item": "LAMP"}, {"item": "LAMP"}]}, came(booked=[LAMP, LAMP])) == []


def test_a_loose_row_leaves_the_strict_one_its_partner():
    """First come, first served would give the first row away to the loose one, and find nothing for the strict one."""
    other = LAMP | {"lot": "L1"}
    expect = {"exactly": ["booked"], "booked": [{"item": "LAMP"}, {"item": "LAMP", "lot": None}]}
    assert lines(expect, came(booked=[LAMP, other])) == []
    assert lines(expect, came(booked=[other, LAMP])) == []


def test_as_many_are_matched_as_can_be():
    rng = random.Random(5)
    for _ in range(300):
        rows = [{"a": rng.randrange(3), "b": rng.randrange(3)} for _ in range(rng.randrange(6))]
        wanted = [
            {name: rng.randrange(3) for name in rng.sample("ab", rng.randrange(3))} for _ in range(rng.randrange(6))
        ]
        partner = matched(wanted, rows)
        assert len(set(partner.values())) == len(partner)
        assert all(fits(wanted[one], rows[place]) for one, place in partner.items())
        assert len(partner) == most(wanted, rows)


def most(wanted, rows):
    """The most that can be matched, by trying every order."""
    padded = [*range(len(rows)), *[None] * len(wanted)]
    orders = set(itertools.permutations(padded, len(wanted))) if len(padded) < 7 else ()
    if not orders:
        return halls(wanted, rows)
    return max(sum(p is not None and fits(w, rows[p]) for w, p in zip(wanted, o, strict=True)) for o in orders)


def halls(wanted, rows):
    """The same by Hall's theorem with its deficiency."""
    worst = 0
    for size in range(len(wanted) + 1):
        for some in itertools.combinations(wanted, size):
            near = sum(any(fits(one, row) for one in some) for row in rows)
            worst = max(worst, size - near)
    return len(wanted) - worst


def test_exactly_tells_what_nobody_expected():
    assert lines({"exactly": ["booked"], "booked": []}, came(booked=[LAMP])) == [
        "booked: expected nothing else, came location A, item LAMP, status available, qty 2"
    ]
    assert lines({"exactly": ["booked"]}, came(booked=[LAMP])) != []
    assert lines({"booked": []}, came(booked=[LAMP])) == []


def test_a_row_that_is_nearly_right_is_named_once():
    assert lines({"exactly": ["booked"], "booked": [{"item": "LAMP", "qty": 3}]}, came(booked=[LAMP])) == [
        "booked: expected item LAMP, qty 3, came location A, item LAMP, status available, qty 2"
    ]


def test_none():
    expect = {"none": {"booked": [{"item": "LAMP", "qty": 2}, {"item": "MUG"}]}}
    assert len(lines(expect, came(booked=[LAMP]))) == 1
    assert lines(expect, came(booked=[LAMP | {"qty": 1}])) == []


def test_count():
    expect = {"count": [{"of": "booked", "where": {"item": "LAMP"}, "is": 1}]}
    assert lines(expect, came(booked=[LAMP])) == []
    assert lines(expect, came(booked=[LAMP, LAMP])) == ["number of booked with item LAMP: expected 1, came 2"]
    assert lines({"count": [{"of": "booked", "is": 0}]}, came(booked=[LAMP])) == [
        "number of booked: expected 0, came 1"
    ]


def test_verdicts_are_whole_and_in_order():
    assert lines({"verdicts": ["ok", "parked"]}, came(["ok", "parked"])) == []
    for others in (["parked", "ok"], ["ok"], ["ok", "parked", "ok"], []):
        assert lines({"verdicts": ["ok", "parked"]}, came(others)) != []


def test_one_alternative_has_to_be_met():
    first, second = {"booked": [{"qty": 1}]}, {"booked": [{"qty": 2}], "verdicts": ["ok"], "none": {"parked": [{}]}}
    assert lines({"any": [first, second]}, came(["ok"], booked=[LAMP])) == []
    told = lines({"any": [first, second]}, came(["ok"], booked=[LAMP], parked=[{"payload": "X"}]))
    assert told[0].startswith("any of 2 alternatives: expected one of them, came ")
    assert len(told) == 1


def test_a_refused_step_has_to_be_named():
    refused = [{"step": 3, "reason": "four_eyes", "text": "no"}]
    assert lines({}, came(refused=refused)) == ["step 3: expected done, came refused (four_eyes): no"]
    assert [str(one) for one in differences(None, came(refused=refused))] != []
    assert lines({"refused": [{"step": 3}]}, came(refused=refused)) == []
    assert lines({"any": [{"refused": [{"reason": "four_eyes"}]}]}, came(refused=refused)) == []
    assert lines({"verdicts": []}, came(refused=refused)) != [], "the verdicts do not speak of approvals"
    assert lines({"refused": [{"step": 4}]}, came(refused=refused)) != []


def test_a_refused_read_is_named_by_the_verdicts():
    refused = [{"step": 3, "reason": "refused", "text": "no"}]
    assert lines({"verdicts": ["refused"]}, came(["refused"], refused=refused)) == []
