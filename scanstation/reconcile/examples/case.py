"""A small audit that shows one cause or one consequence, and the day on which all of them take place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanstation.reconcile.inputs import as_table
from scanstation.reconcile.run import Outcome, reconcile

HOUR = 3_600_000_000
DAY = 24 * HOUR
TODAY = 20_788
"""2026-12-01, the day of every example."""
NINE = TODAY * DAY + 9 * HOUR
"""The cut-off of every example: 9:00.  Locations are counted at 10:00 and looked at from then."""
TEN = NINE + HOUR

Rows = tuple[str, Sequence[tuple[Any, ...]]]
"""Column names, separated by blanks, and rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An audit that shows one cause or consequence.

    ``recorded`` and ``counted`` hold (item, location, units) or (item, location, lot, units); ``more`` the other input
    tables; ``says`` the columns of the answer's row (``answer``) that is to be seen.
    """

    kind: str
    answer: str
    story: str
    recorded: Sequence[tuple[Any, ...]]
    counted: Sequence[tuple[Any, ...]]
    says: Mapping[str, Any]
    more: Mapping[str, Rows] = field(default_factory=dict)

    def tables(self) -> dict[str, dict[str, list[Any]]]:
        """The input tables, column by column."""
        recorded = [(row[0], row[1], row[2] if len(row) > 3 else None, row[-1], 50_000) for row in self.recorded]
        counted = [(row[0], row[1], row[2] if len(row) > 3 else None, row[-1]) for row in self.counted]
        places = sorted({row[1] for row in counted} | {row[1] for row in recorded})
        reads = [
            (number, TEN + number, row[1], row[0], row[2], None, row[3], False) for number, row in enumerate(counted)
        ]
        return {
            "recorded": columns("item location lot qty unit_cost", recorded),
            "counts": columns("location count_ts", [(place, TEN) for place in places]),
            "reads": columns("event_id ts location item lot serial qty voided", reads),
            **{name: columns(*rows) for name, rows in self.more.items()},
        }

    def run(self, engine: Any = None) -> Outcome:
        """Reconcile the example."""
        tables = {name: as_table(name, given) for name, given in self.tables().items()}
        return reconcile(tables, snapshot_ts=NINE, as_of_ts=TEN, engine=engine)


def columns(names: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Return rows as columns under the names."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names.split())}


LAMP = "item name gtin unit_cost price"
ORDERS = "order_id item qty due allow_backorder customer available_at_order"
MOVES = "item location lot delta ts reason document line"
"""Columns of items, orders and movements."""


def shown(example: Example, outcome: Outcome) -> list[dict[str, Any]]:
    """The rows of the answer that are about the example's kind."""
    word = "kind" if example.answer in ("consequences", "findings") else "cause"
    rows: list[dict[str, Any]] = outcome.answer(example.answer).to_pylist()
    rows = [row for row in rows if row[word] == example.kind]
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])
