"""The discrepancies of a location as soon as it closes, from the slice of the audit that bears on them.

The definition is the one of the whole audit: every step of the reconciliation looks at one item at a time, but for the
look-alikes of the bin and its neighbours.  So the items of these bins, wherever they lie, are the slice.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from scanstation.audit.doubt import JUDGED_BY, in_doubt
from scanstation.audit.following import Followed
from scanstation.audit.inputs import engine_inputs, rows
from scanstation.audit.ports import AuditBook
from scanstation.audit.review import Closing
from scanstation.audit.reviewing import Reviewer
from scanstation.counting.ports import Journal
from scanstation.counting.tally import Tallying
from scanstation.reconcile import TABLES, as_table, reconcile
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.settings import Policy

if TYPE_CHECKING:
    import pyarrow


class LiveAudit:
    """Follows the journal for one audit: the first look reads all of it, a later one only what is new.

    Safe to use from threads.  ``clock`` gives microseconds UTC.
    """

    def __init__(
        self, book: AuditBook, journal: Journal, audit: str, *, clock: Callable[[], int], policy: Policy
    ) -> None:
        self.book, self.journal, self.audit, self.clock, self.policy = book, journal, audit, clock, policy
        self._followed = Followed(journal, audit)
        self._lock = threading.Lock()

    def closing(self, location: str) -> Closing | None:
        """Return what the count of a location found; None where it is not closed, or the audit has no snapshot."""
        found = self.book.audit(self.audit)
        if found is None or found.t0 is None:
            return None
        with self._lock:
            self._followed.catch_up()
            tallying, trail = self._followed.tallying, self._followed.trail
            number = trail.round_of(location)
            if not number:
                return None
            now = self.clock()
            places = (location, *(place for place in self.book.near(location) if trail.round_of(place)))
            items = self._in_doubt(tallying, places, found.t0, now)
            stock = self.book.reconcile_inputs(self.audit, items, places)
            counted = tallying.sum_up_of(items, {location, *places_of(stock)})
        outcome = reconcile(
            engine_inputs(stock, counted, found.t0, now),
            snapshot_ts=found.t0,
            as_of_ts=now,
            policy=self.policy.consequences,
            engine=SQLiteEngine(),
            where=f"audit {self.audit}",
        )
        try:
            reviewer = Reviewer(outcome, stock, trail=trail, counted=counted, policy=self.policy)
            findings = tuple(row for row in reviewer.findings() if row.location == location)
            held = tuple(row for row in reviewer.held if row.location == location)
            touched = {row.item for row in findings} | {row.item for row in held if row.changes}
            return Closing(
                audit=self.audit,
                location=location,
                round=number,
                findings=findings,
                held=held,
                consequences=tuple(row for row in reviewer.consequences if row.item in touched),
            )
        finally:
            outcome.close()

    def _in_doubt(self, tallying: Tallying, places: Collection[str], t0: int, now: int) -> set[str]:
        items = self.book.items_of(self.audit, places) | tallying.items_at(places)
        stock = self.book.reconcile_inputs(self.audit, items, tables=JUDGED_BY)
        return in_doubt(stock, tallying.sum_up_of(items, {*places, *places_of(stock)}), t0, now)


def places_of(stock: "Mapping[str, pyarrow.Table]") -> set[str]:
    """Return where the books know anything of the items of a slice."""
    return {place for name in ("recorded", "movements") for (place,) in rows(stock[name], "location")}


def warm_up() -> None:
    """Go down the street once with nothing, so that the first location that closes need not wait until Python has
    loaded what a reconciliation needs: most of a second on a slow machine."""
    must = [name for name, table in TABLES.items() if table.switches_off is None]
    nothing = {name: as_table(name, dict.fromkeys(TABLES[name].columns, ())) for name in must}
    reconcile(nothing, snapshot_ts=1, engine=SQLiteEngine()).close()
