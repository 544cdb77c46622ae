"""The eight accuracy measures of a count and inventory record accuracy (IRA) by class."""

from collections.abc import Callable, Iterable

from scanstation.audit.findings import CountedRecord
from scanstation.reports.model import Accuracy


def measure(records: Iterable[CountedRecord]) -> Accuracy:
    """Compute every measure in one pass over the records."""
    rows = list(records)
    units = sum(max(0, row.expected) for row in rows)
    return Accuracy(
        records=len(rows),
        signed=sum(row.counted - row.expected for row in rows),
        shrink=sum(min(0, row.counted - row.expected) for row in rows),
        binary=_share(rows, lambda row: row.counted == row.expected),
        in_range=_share(rows, lambda row: row.in_tolerance),
        units_in_range=sum(max(0, row.expected) for row in rows if row.in_tolerance) / units if units else None,
        absolute=sum(abs(row.counted - row.expected) for row in rows),
        mape=_mean(abs(row.counted - row.expected) / row.expected for row in rows if row.expected > 0),
        smape=_mean(
            2 * abs(row.counted - row.expected) / (abs(row.counted) + abs(row.expected))
            for row in rows
            if row.counted or row.expected
        ),
        by_class=tuple(
            (abc_class, len(group), _share(group, lambda row: row.in_tolerance) or 0.0)
            for abc_class in sorted({row.abc_class for row in rows})
            if (group := [row for row in rows if row.abc_class == abc_class])
        ),
    )


def _share(rows: list[CountedRecord], good: Callable[[CountedRecord], bool]) -> float | None:
    return sum(1 for row in rows if good(row)) / len(rows) if rows else None


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None
