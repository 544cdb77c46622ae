"""Each cause with what is just enough for it, what is just not enough, and which of several comes first."""

import pytest

from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.examples import Example
from scanstation.reconcile.examples.case import DAY, HOUR, LAMP, MOVES, NINE, TEN, TODAY
from scanstation.reconcile.sqlite_engine import SQLiteEngine

RECEIVED = "po line supplier item qty_ordered qty_received due received_at"
MINUTE = HOUR // 60


def told(recorded, counted, **more):
    """Causes by (location, lot), the best first, and the evidence as (cause, reference, place, units, exact)."""
    recorded, counted = ([("lamp", *row) for row in side] for side in (recorded, counted))
    example = Example(kind="", answer="", story="", says={}, recorded=recorded, counted=counted, more=more)
    outcome = example.run(SQLiteEngine())
    causes, evidence = (outcome.answer(name).to_pylist() for name in ("causes", "evidence"))
    outcome.close()
    ranked = {}
    for row in sorted(causes, key=lambda row: row["rank"]):
        ranked.setdefault((row["location"], row["lot"]), []).append(row["cause"])
    return ranked, {(row["cause"], row["reference"], row["place"], row["units"], row["exact"]) for row in evidence}


def best(recorded, counted, **more):
    """The causes of a wrong record at A1."""
    ranked, _ = told(recorded, counted, **more)
    return ranked["A1", None]


def moved(*rows):
    return MOVES, [("lamp", "A1", None, delta, ts, "", document, line) for delta, ts, document, line in rows]


@pytest.mark.parametrize(
    ("expected", "counted", "delta", "at"),
    [
        (7, 10, -3, NINE - 4 * HOUR),  # booked at the edge of the window before the cut-off, picked after the count
        (7, 10, -3, NINE),  # booked at the cut-off: in the record
        (15, 10, 5, NINE + MINUTE),  # received in the books before the count, on the shelf after it
        (10, 8, -2, TEN),  # booked as the count began: not in expected, gone before
        (10, 8, -2, TEN + 4 * HOUR),
    ],
)
def test_timing_is_a_booking_on_the_wrong_side_of_the_cut_off_or_of_the_count(expected, counted, delta, at):
    recorded = expected - delta if NINE < at < TEN else expected
    ranked, evidence = told([("A1", recorded)], [("A1", counted)], movements=moved((delta, at, "D", "1")))
    assert ranked == {("A1", None): ["TIMING"]}
    assert evidence == {("TIMING", "D", "1", abs(delta), 1)}


def test_an_adjustment_moves_no_goods_and_is_no_timing():
    adjusted = MOVES, [("lamp", "A1", None, -2, TEN + MINUTE, "adjustment", "AU1", "1")]
    assert "TIMING" not in best([("A1", 10)], [("A1", 8)], movements=adjusted)


def test_movements_of_one_side_together_are_timing():
    both = moved((-1, TEN + MINUTE, "D", "1"), (-2, TEN + HOUR, "E", "1"), (-2, NINE - HOUR, "F", "1"))
    _, evidence = told([("A1", 10)], [("A1", 7)], movements=both)
    assert {row[1] for row in evidence} == {"D", "E"}


@pytest.mark.parametrize(
    ("counted", "delta", "at"),
    [
        (13, -3, NINE - 4 * HOUR - 1),  # beyond the window
        (7, -3, NINE - HOUR),  # in the record already, and gone: nothing is left to explain a shortage
        (13, -3, TEN + HOUR),  # left after the count: explains no surplus at it
        (12, -3, NINE - HOUR),  # another quantity
    ],
)
def test_a_movement_that_would_leave_another_variance_is_no_timing(counted, delta, at):
    assert "TIMING" not in best([("A1", 10)], [("A1", counted)], movements=moved((delta, at, "D", "1")))


def test_a_document_booked_twice_comes_before_the_hour_at_which_it_was_booked():
    twice = moved((6, NINE + MINUTE, "GR-5", "1"), (6, NINE + 2 * MINUTE, "GR-5", "1"))
    assert best([("A1", 0)], [("A1", 6)], movements=twice) == ["DUPLICATE", "TIMING"]


@pytest.mark.parametrize(
    ("rows", "counted", "cause"),
    [
        ([(6, "G", "1"), (6, "G", "1"), (6, "G", "1")], 14, "DUPLICATE"),  # one of the three is one too many
        ([(6, "G", "1"), (6, "G", "2")], 14, "UNRECORDED_ISSUE"),  # two lines of one document
        ([(6, "G", "1"), (5, "G", "1")], 14, "UNRECORDED_ISSUE"),  # two deliveries on one line
        ([(6, "", ""), (6, "", "")], 14, "UNRECORDED_ISSUE"),  # no document
        ([(6, "G", "1"), (6, "G", "1")], 26, "UNEXPLAINED"),  # booked too much leaves no surplus
        ([(-6, "G", "1"), (-6, "G", "1")], 26, "DUPLICATE"),  # a pick booked twice does
    ],
)
def test_a_duplicate_is_one_document_line_and_quantity_twice(rows, counted, cause):
    before = moved(*((delta, NINE - 9 * DAY + at, *names) for at, (delta, *names) in enumerate(rows)))
    assert best([("A1", 20)], [("A1", counted)], movements=before) == [cause]


def test_a_duplicate_that_explains_a_part_says_so():
    twice = moved((6, NINE - DAY, "G", "1"), (6, NINE - DAY + 1, "G", "1"))
    _, evidence = told([("A1", 20)], [("A1", 11)], movements=twice)
    assert evidence == {("DUPLICATE", "G", "1", 6, 0)}


def received(*lines):
    return RECEIVED, [
        (f"P{at}", "1", "Lichtwerk", "lamp", ordered, came, TODAY, when)
        for at, (ordered, came, when) in enumerate(lines)
    ]


def test_two_short_deliveries_are_two_claims():
    lines = received((10, 8, NINE - HOUR), (10, 7, NINE - DAY), (10, 12, NINE - HOUR), (10, 9, TEN - 3 * DAY - 1))
    ranked, evidence = told([("A1", 20)], [("A1", 15)], purchase_orders=lines)
    assert ranked == {("A1", None): ["RECEIPT_SHORT"]}
    assert evidence == {("RECEIPT_SHORT", "P0", "1", 2, 1), ("RECEIPT_SHORT", "P1", "1", 3, 1)}


@pytest.mark.parametrize("line", [(10, 8, TEN - 3 * DAY - 1), (10, 8, TEN + 1), (10, 12, NINE), (10, 7, NINE)])
def test_a_delivery_too_old_too_young_or_of_another_difference_is_no_claim(line):
    assert best([("A1", 20)], [("A1", 18)], purchase_orders=received(line)) == ["UNRECORDED_ISSUE"]


@pytest.mark.parametrize(
    ("recorded", "counted", "delta", "age", "cause"),
    [
        (24, 4, 0, 0, "UNIT_OF_MEASURE"),
        (4, 24, 0, 0, "UNIT_OF_MEASURE"),
        (20, 4, 0, 0, "UNRECORDED_ISSUE"),  # five is no pack size
        (24, 0, 0, 0, "UNRECORDED_ISSUE"),  # nothing is no pack of nothing
        (14, 34, 4, DAY, "UNIT_OF_MEASURE"),  # four cartons booked as four pieces
        (34, 14, 24, DAY, "UNIT_OF_MEASURE"),  # four pieces booked as four cartons
        (14, 34, 4, 4 * DAY, "UNEXPLAINED"),  # too long ago
    ],
)
def test_units_of_measure_are_known_pack_sizes(recorded, counted, delta, age, cause):
    rows = moved((delta, TEN - age, "G", "1")) if delta else moved()
    found = best([("A1", recorded)], [("A1", counted)], packs=("item units", [("lamp", 6)]), movements=rows)
    assert found == [cause]


@pytest.mark.parametrize(
    ("returns", "cause", "exact"),
    [
        ([(2, 0), (3, 1)], "UNRECORDED_RETURN", {1}),
        ([(7, 0)], "UNRECORDED_RETURN", {0}),
        ([(2, 0), (2, 1)], "UNEXPLAINED", set()),
        ([(5, -1)], "UNEXPLAINED", set()),  # opened tomorrow
    ],
)
def test_returns_cover_a_surplus_alone_or_all_together(returns, cause, exact):
    rows = [(f"R{at}", "lamp", qty, TODAY - days) for at, (qty, days) in enumerate(returns)]
    ranked, evidence = told([("A1", 10)], [("A1", 15)], returns=("rma item qty opened", rows))
    assert ranked == {("A1", None): [cause]}
    assert {row[4] for row in evidence} == exact


def test_an_expired_lot_explains_no_shortage():
    expired = ("item lot expires", [("lamp", "L1", TODAY - 1)])
    ranked, _ = told([("A1", "L1", 10)], [("A1", "L1", 7)], lots=expired)
    assert ranked == {("A1", "L1"): ["UNRECORDED_ISSUE", "LOT"]}


@pytest.mark.parametrize(
    ("bins", "place", "near"),
    [
        (("A1", "A2", "A9", "A10", "A11"), "A10", {"A9", "A11"}),
        (("A-1-9", "A-1-10", "A-2-1"), "A-1-10", {"A-1-9", "A-2-1"}),
        (("A1", "A01", "A2"), "A1", {"A01", "A2"}),  # the same number twice: by their text
        (("7", "A", "10", "9"), "10", {"9", "A"}),
        (("A" + "9" * 5000, "A" + "1" + "0" * 5000, "A1"), "A" + "9" * 5000, {"A1", "A" + "1" + "0" * 5000}),
        (("A1", "A"), "A1", {"A"}),
        (("A\u0661", "A2", "A10"), "A2", {"A10"}),  # a digit of another script is a letter like others
    ],
)
@pytest.mark.parametrize("make", [SQLiteEngine, DuckDBEngine])
def test_a_hand_slips_into_the_bins_before_and_after(make, bins, place, near):
    items = [("red", "Red", RED, 0, 0), ("white", "White", WHITE, 0, 0)]
    found = set()
    for other in set(bins) - {place}:
        zone = [(name, "S", "Z") for name in bins]
        example = Example(
            kind="", answer="", story="", says={}, recorded=[("red", place, 10), ("white", other, 10)],
            counted=[("red", place, 7), ("white", other, 13)],
            more={"items": (LAMP, items), "locations": ("location site zone", zone)},
        )  # fmt: skip
        outcome = example.run(make())
        found |= {row["location"] for row in outcome.answer("causes").to_pylist() if row["cause"] == "SWAP"}
        outcome.close()
    assert found - {place} == near


RED, WHITE = "04006381333931", "4006381333948"  # with a leading zero and without
SWAPPED = ([("red", "A1", 10), ("white", "A1", 10)], [("red", "A1", 7), ("white", "A1", 13)])


@pytest.mark.parametrize(
    ("gtins", "picked", "cause"),
    [
        ((RED, WHITE), (), "SWAP"),
        ((RED, "04006381444448"), (), "UNRECORDED_ISSUE"),
        ((None, None), (-1, -1), "SWAP"),  # picked by one document
        ((None, None), (9, 9), "UNRECORDED_ISSUE"),  # received by one document
        ((None, None), (-1, 9), "UNRECORDED_ISSUE"),
    ],
)
def test_a_look_alike_is_of_one_family_or_of_one_pick(gtins, picked, cause):
    items = [(item, item, gtin, 0, 0) for item, gtin in zip(("red", "white"), gtins, strict=True)]
    old = NINE - 30 * DAY
    moves = [
        (item, "A1", None, delta, old, "", "D", "1") for item, delta in zip(("red", "white"), picked, strict=False)
    ]
    example = Example(
        kind="", answer="", story="", says={}, recorded=SWAPPED[0], counted=SWAPPED[1],
        more={"items": (LAMP, items), "movements": (MOVES, moves)},
    )  # fmt: skip
    outcome = example.run(SQLiteEngine())
    found = {(row["item"], row["cause"]) for row in outcome.answer("causes").to_pylist()}
    outcome.close()
    assert ("red", cause) in found
