"""Joins the stock side and the counted side of an audit into what the reconciliation takes in."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scanstation.audit.findings import RecordKey
from scanstation.counting.tally import Tally
from scanstation.reconcile import TABLES, as_table
from scanstation.stock.model import StockStatus

if TYPE_CHECKING:
    import pyarrow

KEY = ("item", "location", "lot")
MICROSECONDS_A_DAY = 86_400_000_000


def engine_inputs(
    stock: "Mapping[str, pyarrow.Table]", tally: Tally, t0: int, as_of_ts: int
) -> "dict[str, pyarrow.Table]":
    """Return the input tables of `scanstation.reconcile.reconcile`; ``t0`` is the cut-off of the audit, dates are
    reckoned from ``as_of_ts``."""
    count_ts: dict[str, int] = dict(zip(tally.counts["location"], tally.counts["count_ts"], strict=True))
    today = as_of_ts // MICROSECONDS_A_DAY
    expired = {(item, lot) for item, lot, last in rows(stock["lots"], "item", "lot", "expires") if last < today}
    later = later_bookings(stock["movements"], count_ts, t0, expired)
    marked = {StockStatus.DAMAGED: tally.damaged, StockStatus.QUARANTINED: tally.quarantined}
    marks = [(*key, units, status.value) for status, lines in marked.items() for key, units in lines.items()]
    return {
        **{name: table for name, table in stock.items() if name in TABLES},
        "reads": as_table("reads", tally.reads),
        "counts": as_table("counts", tally.counts),
        "later": as_table("later", {"item": list(later), "delta": list(later.values())}),
        "parked": as_table("parked", {"location": list(tally.parked), "codes": list(tally.parked.values())}),
        "marks": as_table("marks", columns_of(marks, "item", "location", "lot", "units", "status")),
        "second_counts": as_table("second_counts", columns_of(tally.other_counts, "item", "location", "lot", "qty")),
    }


def columns_of(rows: Sequence[tuple[Any, ...]], *names: str) -> dict[str, list[Any]]:
    """Return rows as columns under these names."""
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def later_bookings(
    movements: "pyarrow.Table", count_ts: Mapping[str, int], t0: int, expired: Collection[tuple[str, str]]
) -> Counter[str]:
    """Return, by item, the sum of the movements since the cut-off that came after the count of their location, or lie
    at a location that was not counted.  What moved into or out of held stock, or of an ``expired`` (item, lot), changes
    nothing that may be sold; nor does an adjustment of a counted location, which corrects the record and moves no
    goods."""
    later: Counter[str] = Counter()
    for item, location, lot, delta, ts, reason, status in rows(movements, *KEY, "delta", "ts", "reason", "status"):
        corrects = reason == "adjustment" and location in count_ts
        after = ts > t0 and (location not in count_ts or ts >= count_ts[location]) and not corrects
        if after and status == StockStatus.AVAILABLE and (item, lot) not in expired:
            later[item] += delta
    return later


def corrected_since(movements: "pyarrow.Table", count_ts: Mapping[str, int]) -> dict[RecordKey, str]:
    """Return the records that an adjustment was booked of after their location was counted, with its document: what the
    count found may be what was mended meanwhile."""
    return {
        (item, location, lot): document
        for item, location, lot, reason, document, ts in rows(movements, *KEY, "reason", "document", "ts")
        if reason == "adjustment" and document and location in count_ts and ts >= count_ts[location]
    }


def moved_while_open(movements: "pyarrow.Table", spans: Mapping[str, tuple[int, int]]) -> set[str]:
    """Return the locations with a movement booked while their count was open (from, to: microseconds)."""
    return {
        location
        for location, ts in rows(movements, "location", "ts")
        if location in spans and spans[location][0] <= ts <= spans[location][1]
    }


def rows(table: "pyarrow.Table", *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some columns as tuples, a batch at a time."""
    for batch in table.select(columns).to_batches():
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def records_of(table: "pyarrow.Table") -> Iterator[dict[str, Any]]:
    """Yield the rows of a (small) answer as dictionaries."""
    names = table.column_names
    for row in rows(table, *names):
        yield dict(zip(names, row, strict=True))
