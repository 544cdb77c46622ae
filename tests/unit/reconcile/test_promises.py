"""What can be promised: what is held, what is reserved, what moved after the count, and what nobody can look at."""

import pytest

from scanstation.reconcile import as_table
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.examples import Example
from scanstation.reconcile.examples.case import DAY, HOUR, MOVES, NINE, TEN, TODAY
from scanstation.reconcile.parts import reconcile_in_parts
from scanstation.reconcile.sqlite_engine import SQLiteEngine

LINES = "order_id item qty due allow_backorder"
LISTED = "channel item state published_qty"


@pytest.fixture(params=[DuckDBEngine, SQLiteEngine])
def run(request):
    """A function that reconciles (recorded, counted, more tables) and returns the rows of an answer."""

    def rows(answer, recorded, counted, **more):
        example = Example(kind="", answer="", story="", says={}, recorded=recorded, counted=counted, more=more)
        outcome = example.run(request.param())
        found = outcome.answer(answer).to_pylist()
        outcome.close()
        return found

    return rows


def short(rows):
    return {row["order_id"]: row["units"] for row in rows if row["kind"] == "OVERSOLD"}


def ats(rows):
    return {row["channel"]: (row["ats_before"], row["ats_after"]) for row in rows}


ONE = {"listings": (LISTED, [("web", "lamp", "in_stock", 1)])}
RIGHT = ([("lamp", "A1", 10)], [("lamp", "A1", 10)])


def moved(*rows):
    return f"{MOVES} status", [
        ("lamp", place, None, delta, ts, "", "", "", status) for place, delta, ts, status in rows
    ]


def test_what_moved_after_the_count_changes_what_the_count_breaks_and_not_the_answers_as_of_the_count(run):
    orders = (LINES, [("O1", "lamp", 6, TODAY, False)])
    since = moved(("A1", -3, TEN, "available"), ("A1", -9, NINE, "available"), ("A1", 0, TEN + HOUR, "available"))
    given = ([("lamp", "A1", 10)], [("lamp", "A1", 8)])
    found = run("consequences", *given, orders=orders, movements=since)
    assert short(found) == {"O1": 1}  # 10 - 3 covered it, 8 - 3 does not
    assert run("order_lines", *given, orders=orders, movements=since) == []
    assert [row["atp_after"] for row in run("items", *given, movements=since)] == [8]
    # a source of its own is taken instead, and counts in both
    found = run("consequences", *given, orders=orders, movements=since, later=("item delta", [("lamp", -4)]))
    assert short(found) == {"O1": 2}
    found = run("order_lines", *given, orders=orders, movements=since, later=("item delta", [("lamp", -4)]))
    assert [row["short"] for row in found] == [2]


@pytest.mark.parametrize(
    ("elsewhere", "place", "reason", "units"),
    [
        (0, "A1", "adjustment", 3),  # 10 by the record, 5 on the shelf, whatever the record says by now
        (0, "A1", "scrap", 5),  # 5 by the record, nothing left of the 5 that were counted
        (5, "Z9", "adjustment", 3),  # nobody counted there: 10 by the record, 5 in truth
    ],
)
def test_an_adjustment_after_the_count_corrects_the_record_and_moves_no_goods(run, elsewhere, place, reason, units):
    more = {
        "orders": (LINES, [("O1", "lamp", 8, TODAY, False)]),
        "movements": (MOVES, [("lamp", place, None, -5, TEN + HOUR, reason, "AU1", "1")]),
    }
    found = run("consequences", [("lamp", "A1", 10), ("lamp", "Z9", elsewhere)], [("lamp", "A1", 5)], **more)
    assert short(found) == {"O1": units}


def test_a_movement_since_the_cut_off_at_a_place_that_was_not_counted_counts(run):
    since = moved(("Z9", 5, NINE + 1, "available"), ("Z9", 7, NINE, "available"), ("A1", 2, TEN - 1, "available"))
    assert ats(run("listings", [("lamp", "A1", 8)], [("lamp", "A1", 9)], movements=since, **ONE)) == {"web": (15, 14)}


def test_units_marked_damaged_are_held_though_the_record_is_right(run):
    orders = (LINES, [("O1", "lamp", 9, TODAY, False)])
    marks = ("item location lot units", [("lamp", "A1", None, 2)])
    assert short(run("consequences", *RIGHT, orders=orders, marks=marks)) == {"O1": 1}
    assert run("items", *RIGHT, orders=orders, marks=marks) == []


def test_what_went_into_held_stock_since_the_cut_off_is_held(run):
    before = moved(("A1", -4, NINE + 1, "available"), ("A1", 4, NINE + 1, "quarantined"))
    after = moved(("A1", -3, TEN, "available"), ("A1", 3, TEN, "quarantined"), ("A1", 9, TEN, "Damaged"))
    assert ats(run("listings", *RIGHT, movements=before, **ONE)) == {}
    assert [row["should_units"] for row in run("findings", *RIGHT, movements=before, **ONE)] == [6]
    assert [row["should_units"] for row in run("findings", *RIGHT, movements=after, **ONE)] == [7]


def reserved(*rows):
    return "item qty order_id", list(rows)


def test_a_reservation_belongs_to_its_order_line_or_is_promised_elsewhere_or_is_stale(run):
    orders = (LINES, [("O1", "lamp", 4, TODAY, False)])
    tables = {"reservations": reserved(("lamp", 4, "O1"), ("lamp", 1, None), ("lamp", 2, "gone")), "orders": orders}
    found = run("findings", *RIGHT, **tables, **ONE)
    assert {(row["kind"], row["order_id"], row["said"], row["units"]) for row in found} == {
        ("STALE_RESERVATION", "gone", "missing", 2),
        ("LISTING_DRIFT", "", "in_stock", 1),
    }
    found = {
        row["kind"]: row
        for row in run("consequences", *RIGHT, **tables, listings=(LISTED, [("web", "lamp", "out_of_stock", 0)]))
    }
    assert found["FALSE_OUT_OF_STOCK"]["units"] == 10 - 4 - 1  # the stale one is no promise


def test_a_reservation_whose_order_nobody_can_look_at_is_promised_and_never_called_stale(run):
    kept = reserved(("lamp", 4, "O1"), ("lamp", 1, None))
    for orders in ({}, {"orders": (LINES, [("O1", "lamp", 4, 10**7, False)])}):
        found = run("findings", *RIGHT, reservations=kept, **orders, **ONE)
        assert [(row["kind"], row["should_units"]) for row in found] == [("LISTING_DRIFT", 5)]


def test_in_parts_an_item_without_orders_knows_that_there_are_orders():
    items = "abcdefgh"
    five = [(item, "A1", 5) for item in items]
    more = {
        "orders": (LINES, [("O1", "a", 1, TODAY, False)]),
        "reservations": reserved(*((item, 2, "gone") for item in items)),
    }
    example = Example(kind="", answer="", story="", says={}, recorded=five, counted=five, more=more)
    tables = {name: as_table(name, given) for name, given in example.tables().items()}
    outcome = reconcile_in_parts(tables, 5, snapshot_ts=NINE, as_of_ts=TEN)
    assert {row["item"] for row in outcome.answer("findings").to_pylist()} == set(items)
    outcome.close()


OPEN = f"{LINES} placed_at available_at_order"


@pytest.mark.parametrize(
    ("allowed", "shown", "counted", "note"),
    [
        (False, 4, 0, "unintentional"),
        (True, 4, 3, "unintentional"),
        (True, 3, 0, "unintentional"),  # the three that it was shown are missing too
        (True, 3, 3, None),  # it gets what it was shown; that one would wait was known
        (True, 0, 0, "intentional"),
        (False, 0, 0, "refused"),
        (True, None, 0, "unknown"),
    ],
)
def test_a_backorder_is_intentional_where_the_record_said_so_when_the_order_was_placed(
    run, allowed, shown, counted, note
):
    orders = (OPEN, [("O1", "lamp", 4, TODAY, allowed, None, shown)])
    recorded = 3 if shown == 3 else 4
    found = run("consequences", [("lamp", "A1", recorded)], [("lamp", "A1", counted)], orders=orders)
    assert {row["note"] for row in found if row["kind"] in ("OVERSOLD", "LATE_PROMISE")} == ({note} if note else set())


def test_the_replay_of_the_record_leaves_out_what_was_held_when_the_order_was_placed(run):
    orders = (OPEN, [("O1", "lamp", 3, TODAY, True, NINE - 2 * DAY, None)])
    moves = moved(("A1", 1, NINE - 9 * DAY, "available"), ("A1", -1, NINE - 8 * DAY, "available"))
    expired = ("item lot expires", [("lamp", "OLD", TODAY - 90)])
    recorded, counted = ([("lamp", "A1", "OLD", 5), ("lamp", "A1", "NEW", units)] for units in (0, 3))
    found = run("consequences", recorded, counted, orders=orders, movements=moves, lots=expired)
    assert {(row["kind"], row["note"]) for row in found if row["order_id"]} == {("NEEDLESS_BACKORDER", "intentional")}


OLD = ("item lot expires", [("lamp", "OLD", TODAY - 1), ("lamp", "NEW", TODAY)])


@pytest.mark.parametrize(
    ("recorded", "counted", "scrapped", "sellable"),
    [
        ({"NEW": 3, "OLD": 5}, {"NEW": 3}, NINE + HOUR // 2, (3, 3)),  # thrown away before the count
        ({"NEW": 3, "OLD": 5}, {"NEW": 3, "OLD": 5}, TEN + HOUR, (3, 3)),  # and after it
        ({"NEW": 3}, {"NEW": 3, "OLD": 5}, None, (3, 3)),  # found, and of no use
        ({"NEW": 3, "OLD": 3}, {"NEW": 3, "OLD": 5}, None, (3, 3)),
        ({"NEW": 3, "OLD": 5}, {"NEW": 4, "OLD": 1}, None, (3, 4)),
        ({"NEW": 3, "OLD": -2}, {"NEW": 3}, None, (3, 3)),
    ],
)
def test_nothing_of_an_expired_lot_can_be_promised(run, recorded, counted, scrapped, sellable):
    shelf = [[("lamp", "A1", lot, units) for lot, units in side.items()] for side in (recorded, counted)]
    more = {"listings": (LISTED, [("web", "lamp", "in_stock", 9)]), "lots": OLD}
    if scrapped:
        more["movements"] = (MOVES, [("lamp", "A1", "OLD", -5, scrapped, "scrap", "", "")])
    offered = run("timeline", *shelf, **more)
    assert [(row["catp_ahead_before"], row["catp_ahead"]) for row in offered] == [sellable]
    orders = (LINES, [("O1", "lamp", 9, TODAY, True)])
    released = [row["released"] for row in run("order_lines", *shelf, orders=orders, **more)]
    assert released == ([sellable[1] - sellable[0]] if sellable[0] != sellable[1] else [])
