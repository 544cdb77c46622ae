"""Laws of a reconciliation, on small random audits full of ties, nulls and edges of the time window."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanstation.reconcile import COLUMNS, as_table, reconcile
from scanstation.reconcile.duckdb_engine import DuckDBEngine
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.reconcile.street import ANSWERS, CORE_ANSWERS

SNAPSHOT = 100
FULL = os.environ.get("SCANSTATION_FULL") == "1"
pytestmark = pytest.mark.counted
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
law = settings(max_examples=300 if FULL else 60, deadline=None, suppress_health_check=CALM)
"""Laws of the rules run on SQLite, which starts in no time; every engine is held against the slow implementation."""
briefly = settings(law, max_examples=200 if FULL else 20)
"""The same, for laws that need several runs."""
agreement = settings(max_examples=120 if FULL else 12, deadline=None, suppress_health_check=CALM)

items = st.sampled_from(["A", "B", "C"])
places = st.sampled_from(["L1", "L2", "L3"])
lots = st.sampled_from([None, "", "1"])
times = st.sampled_from([98, 99, 100, 101, 109, 110, 111, 119, 120, 121])


def rows(max_size, **columns):
    return st.lists(st.fixed_dictionaries(columns), max_size=max_size)


@st.composite
def audits(draw):
    """A whole audit as lists of rows."""
    recorded = draw(
        rows(8, item=items, location=places, lot=lots, qty=st.integers(0, 6), unit_cost=st.integers(0, 500))
    )
    known = {(row["item"], row["location"], row["lot"]): row for row in recorded}
    count_ts = draw(st.dictionaries(places, st.sampled_from([110, 120]), max_size=3))
    reads = draw(
        rows(
            14,
            ts=times,
            location=places,
            item=st.sampled_from(["A", "B", "X"]),
            lot=lots,
            serial=st.sampled_from([None, "s1", "s2"]),
            qty=st.integers(1, 4),
            voided=st.sampled_from([False, False, True]),
        )
    )
    numbers = draw(st.permutations(range(1, len(reads) + 1)))
    orders = draw(
        rows(
            8,
            item=items,
            qty=st.integers(0, 6),
            due=st.integers(1, 3),
            allow_backorder=st.booleans(),
            priority=st.integers(0, 1),
            placed_at=st.sampled_from([None, 5, 6]),
        )
    )
    order_ids = draw(st.permutations([f"O{number}" for number in range(len(orders))]))
    listing = st.fixed_dictionaries(
        {
            "state": st.sampled_from(["in_stock", "backorder", "preorder", "out_of_stock"]),
            "published_qty": st.sampled_from([None, 0, 3]),
            "share": st.sampled_from([0, 33, 100]),
            "buffer": st.integers(0, 2),
        }
    )
    listings = draw(st.dictionaries(st.tuples(st.sampled_from(["web", "shop"]), items), listing, max_size=4))
    return {
        "recorded": list(known.values()),
        "counts": [{"location": place, "count_ts": ts} for place, ts in count_ts.items()],
        "reads": [{"event_id": number, **row} for number, row in zip(numbers, reads, strict=True)],
        "movements": draw(rows(8, item=items, location=places, lot=lots, delta=st.integers(-3, 3), ts=times)),
        "orders": [{"order_id": number, **row} for number, row in zip(order_ids, orders, strict=True)],
        "reservations": draw(rows(3, item=items, qty=st.integers(0, 3))),
        "later": draw(st.none() | rows(3, item=items, delta=st.integers(-3, 3))),
        "listings": [{"channel": channel, "item": item, **row} for (channel, item), row in listings.items()],
    }


FIELDS = {
    "recorded": ("item", "location", "lot", "qty", "unit_cost"),
    "counts": ("location", "count_ts"),
    "reads": ("event_id", "ts", "location", "item", "lot", "serial", "qty", "voided"),
    "movements": ("item", "location", "lot", "delta", "ts"),
    "orders": ("order_id", "item", "qty", "due", "allow_backorder", "priority", "placed_at"),
    "reservations": ("item", "qty"),
    "later": ("item", "delta"),
    "listings": ("channel", "item", "state", "published_qty", "share", "buffer"),
}


def answers(audit, engine=SQLiteEngine):
    """Run the engine; return its answers by name, each sorted."""
    inputs = {
        name: as_table(name, {field: [row[field] for row in audit[name]] for field in fields})
        for name, fields in FIELDS.items()
        if audit[name] is not None
    }
    outcome = reconcile(inputs, snapshot_ts=SNAPSHOT, engine=engine())
    found = {"records": in_order(tuple(row.values()) for row in outcome.records.to_pylist())}
    for name in ANSWERS:
        table = outcome.answer(name)
        assert table.column_names == list(COLUMNS[name])
        found[name] = in_order(zip(*(column.to_pylist() for column in table.columns), strict=True))
    outcome.close()
    return found


def in_order(rows):
    """Sorted rows, booleans as 0 and 1 (SQLite has no others)."""
    plain = [tuple(int(value) if isinstance(value, bool) else value for value in row) for row in rows]
    return sorted(plain, key=repr)


def core_of(found):
    return {name: found[name] for name in CORE_ANSWERS}


def right_answers(slow, audit):
    return {name: in_order(rows) for name, rows in zip(CORE_ANSWERS, slow.reconcile(audit, SNAPSHOT), strict=True)}


@agreement
@given(audit=audits())
def test_duckdb_agrees_with_the_slow_implementation(slow, audit):
    found = answers(audit, DuckDBEngine)
    assert core_of(found) == right_answers(slow, audit)
    assert found == answers(audit)  # and the two engines agree in all that follows from it


@law
@given(audit=audits())
def test_the_common_text_agrees_with_the_slow_implementation(slow, audit):
    assert core_of(answers(audit)) == right_answers(slow, audit)


@law
@given(audit=audits(), seed=st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(audit, seed):
    rng = random.Random(seed)
    shuffled = {name: rows and rng.sample(rows, len(rows)) for name, rows in audit.items()}
    assert answers(shuffled) == answers(audit)


@law
@given(audit=audits())
def test_counting_what_was_expected_finds_nothing(slow, audit):
    count_ts = {row["location"]: row["count_ts"] for row in audit["counts"]}
    expected = slow.expected_units(audit["recorded"], audit["movements"], count_ts, SNAPSHOT)
    reads = [
        {"ts": 1, "location": location, "item": item, "lot": lot, "serial": None, "qty": qty, "voided": False}
        for (item, location, lot), qty in expected.items()
        if location in count_ts
    ]
    right = {**audit, "reads": [{"event_id": number, **row} for number, row in enumerate(reads)]}
    found = answers(right)
    assert not any(found[name] for name in ANSWERS if name not in ("findings", "timeline"))


@briefly
@given(audit=audits())
def test_every_counted_unit_is_in_exactly_one_place(audit):
    """Conservation: with every place counted, records hold each unit once; transfers move units and make none."""
    counts = [{"location": place, "count_ts": 110} for place in ("L1", "L2", "L3")]
    found = answers({**audit, "counts": counts})
    reads = [row for row in audit["reads"] if not row["voided"]]
    units = {(row["item"], row["serial"]) for row in reads if row["serial"] is not None}
    counted = sum(row["qty"] for row in reads if row["serial"] is None) + len(units)
    right = sum(row[4] for row in found["records"] if row[5] == 0)
    assert right + sum(row[4] for row in found["discrepancies"]) == counted
    variance = {row[:3]: row[5] for row in found["discrepancies"]}
    for item, lot, source, target, moved in found["transfers"]:
        variance[item, source, lot] += moved
        variance[item, target, lot] -= moved
    assert sum(variance.values()) == sum(row[5] for row in found["discrepancies"])
    for item, place, lot in variance:
        signs = {value > 0 for key, value in variance.items() if key[0] == item and key[2] == lot and value}
        assert len(signs) < 2, (item, place, lot)  # what one place lacks no other has over


@briefly
@given(audit=audits())
def test_a_record_that_was_mended_is_right(audit):
    """Idempotence: with the variances posted, the same count finds nothing more, and promises stand as found."""
    found = answers(audit)
    recorded = {(row["item"], row["location"], row["lot"]): dict(row) for row in audit["recorded"]}
    cost = {row["item"]: row["unit_cost"] for row in audit["recorded"]}
    for item, place, lot, _, _, variance, *_ in found["discrepancies"]:
        row = {"item": item, "location": place, "lot": lot, "qty": 0, "unit_cost": cost.get(item, 0)}
        recorded.setdefault((item, place, lot), row)["qty"] += variance
    again = answers({**audit, "recorded": list(recorded.values())})
    assert [again[name] for name in ("discrepancies", "items", "transfers", "consequences")] == [[], [], [], []]
    stood = {row[:2]: row[6] for row in found["timeline"]}
    assert all(stood.get(row[:2], row[6]) == row[6] for row in again["timeline"])


@briefly
@given(audit=audits())
def test_counting_once_more_what_is_right_changes_nothing(slow, audit):
    """A place that nobody counted, counted as its record says it is, changes no answer of the others."""
    counted = {row["location"] for row in audit["counts"]}
    left = next((place for place in ("L1", "L2", "L3") if place not in counted), None)
    seen = {row["item"] for row in audit["reads"] if row["serial"] is not None or row["location"] == left}
    if left is None or seen:
        return
    count_ts = {row["location"]: row["count_ts"] for row in audit["counts"]} | {left: 110}
    expected = slow.expected_units(audit["recorded"], audit["movements"], count_ts, SNAPSHOT)
    plain = {"ts": 110, "serial": None, "voided": False}
    reads = [
        {"event_id": 1_000 + at, "item": item, "location": left, "lot": lot, "qty": qty, **plain}
        for at, ((item, place, lot), qty) in enumerate(expected.items())
        if place == left and qty
    ]
    more = {
        **audit,
        "counts": [*audit["counts"], {"location": left, "count_ts": 110}],
        "reads": [*audit["reads"], *reads],
    }
    ours, other = answers(audit), answers({**more, "later": audit["later"] or []})
    for name in ("discrepancies", "transfers"):
        assert ours[name] == other[name], name


@law
@given(audit=audits(), item=items, units=st.integers(1, 3))
def test_less_stock_never_covers_more(audit, item, units):
    counted = [row["location"] for row in audit["counts"]]
    if not counted:
        return
    more = {"lot": "more", "qty": 9, "location": counted[0], "item": item, "ts": 1, "serial": None, "voided": False}
    less = {**more, "qty": 9 - units}
    worlds = [answers({**audit, "reads": [*audit["reads"], {"event_id": 10_000, **extra}]}) for extra in (more, less)]
    with_more, with_less = ({row[0]: row for row in world["items"]}[item] for world in worlds)
    assert with_less[4] == with_more[4] - units  # atp_after
    assert with_less[5] >= with_more[5]  # unintentional_units
    assert with_less[6] <= with_more[6]  # needless_units
    ats = [{row[:2]: row[5] for row in world["listings"]} for world in worlds]
    assert all(ats[1][key] <= ats[0][key] for key in ats[0])


@law
@given(audit=audits())
def test_short_and_released_add_up_to_the_items(audit):
    found = answers(audit)
    for row in found["items"]:
        lines = [line for line in found["order_lines"] if line[1] == row[0]]
        assert row[5] == sum(line[7] for line in lines if not line[4])
        assert row[6] == sum(line[8] for line in lines)
        assert not any(line[7] and line[8] for line in lines)


@pytest.mark.parametrize("engine", [DuckDBEngine, SQLiteEngine])
def test_nothing_in_gives_nothing_out(engine):
    assert answers({name: [] for name in FIELDS}, engine) == {name: [] for name in ("records", *COLUMNS)}
