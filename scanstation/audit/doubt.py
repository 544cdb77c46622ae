"""Of which items of a slice a closing may have something to say.

Nine of ten records are right, and the promises on their items need no look.  Which they are is told here by adding up
record and count, wherever this is all that there is to it; every other item is in doubt, and goes down the street.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scanstation.audit.inputs import KEY, MICROSECONDS_A_DAY, rows
from scanstation.counting.tally import Tally
from scanstation.reconcile import TABLES
from scanstation.stock.model import StockStatus

if TYPE_CHECKING:
    import pyarrow

JUDGED_BY = ("recorded", "movements", "lots")
"""The tables of the stock side that `in_doubt` looks into."""


def in_doubt(stock: "Mapping[str, pyarrow.Table]", counted: Tally, t0: int, as_of_ts: int) -> set[str]:
    """Return the items that may be wrong or held at a counted location; of the others a review says nothing.

    An item is in doubt where count and record differ at a counted location, where it moved after the cut-off ``t0``,
    where stock of it is marked, is not available, or of a lot that has expired by ``as_of_ts``, where a unit with a
    serial was seen in two places, and where a number is beyond what a reconciliation takes in.
    """
    found = {item for item, *_ in (*counted.damaged, *counted.quarantined)}
    found |= {item for item, ts in rows(stock["movements"], "item", "ts") if ts > t0}
    found |= {item for item, last in rows(stock["lots"], "item", "expires") if last < as_of_ts // MICROSECONDS_A_DAY}
    closed = set(counted.counts["location"])
    differs: Counter[tuple[str, str, str | None]] = Counter()
    for item, location, lot, qty, status in rows(stock["recorded"], *KEY, "qty", "status"):
        if status != StockStatus.AVAILABLE or not TABLES["recorded"].columns["qty"].allows(qty):
            found.add(item)
        elif location in closed:
            differs[item, location, lot] += qty
    return found | _counted_otherwise(counted, differs)


def _counted_otherwise(counted: Tally, differs: Counter[tuple[str, str, str | None]]) -> set[str]:
    """Take what was counted off what is recorded; return the items of which something is left, or not certain."""
    found, seen = set(), dict[tuple[str, str], tuple[str, str | None]]()
    limits, reads = TABLES["reads"].columns, counted.reads
    names = ("item", "location", "lot", "serial", "qty", "ts", "voided")
    for item, location, lot, serial, qty, ts, voided in zip(*(reads[name] for name in names), strict=True):
        if not (limits["qty"].allows(qty) and limits["ts"].allows(ts)):
            found.add(item)
        elif not voided and serial is None:
            differs[item, location, lot] -= qty
        elif not voided and (item, serial) not in seen:
            seen[item, serial] = (location, lot)
            differs[item, location, lot] -= 1
        elif not voided and seen[item, serial] != (location, lot):
            found.add(item)
    return found | {item for (item, *_), units in differs.items() if units}
