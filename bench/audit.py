"""What an audit costs the people who wait for it: a closed location, and ten thousand counted lines.

    python bench/audit.py [--records 1000000] [--locations 40] [--lines 10000] [--wrong 0.1]

Two figures, each against its bar:

- A location of 100 lines closes in a warehouse of a million records: from the closed count to its discrepancies with
  causes and consequences (p95 over the locations, bar 250 ms).  Every item has order lines, a listing, a purchase order
  and movements.
- 10,000 counted lines, of which a share is wrong: reconcile, approve and post, durable in stock file and journal, a
  line (median of five, bar 0.1 ms).  Measured elsewhere on such lists, milliseconds a line: InvenTree 3.5, Odoo 4.2,
  Tryton 12 to 21; published for ERPNext: 120.

Everything is made in a temporary folder from a fixed seed.  Exit code 1 when a bar is missed.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanstation.audit import AuditWorkflow
from scanstation.audit.live import LiveAudit, warm_up
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.policy import ConsequencePolicy
from scanstation.settings import Policy, Tolerance
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock

ROUNDS = 5
LINES = 100
"""Lines a location."""
WALK = 5
"""Bins that are counted one after the other: a look-alike may have been taken from the next one."""
CLOSING_BAR_MS, LINE_BAR_MS = 250.0, 0.1
T0 = 1_790_000_000_000_000
DAY = T0 // 86_400_000_000
POLICY = Policy(
    tolerance={"C": Tolerance(units=0)}, four_eyes_above=10**15, consequences=ConsequencePolicy(timing_minutes=60)
)


def main() -> int:
    """Measure both, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--locations", type=int, default=40, help="locations that close")
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--wrong", type=float, default=0.1, help="share of lines that are wrong")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        closing = closings(Path(folder) / "large", options.records, options.locations, options.wrong)
        rounds = [posting(Path(folder) / f"lines-{at}", options.lines, options.wrong) for at in range(ROUNDS)]
    line = statistics.median(rounds)
    print(f"median of {ROUNDS}: {line:.3f} ms a line, bar {LINE_BAR_MS}: {'met' if line <= LINE_BAR_MS else 'missed'}")
    return int(closing > CLOSING_BAR_MS or line > LINE_BAR_MS)


def closings(folder: Path, records: int, locations: int, wrong: float) -> float:
    """Return the p95 in milliseconds of a closed location."""
    folder.mkdir()
    with open_stock(folder / "stock.db") as stock, SqliteJournal(folder / "journal.db", min_free_bytes=0) as journal:
        layout = fill(stock, records)
        ticking = iter(range(T0, T0 + 10**12))
        workflow = AuditWorkflow(stock, journal, station="B", clock=lambda: next(ticking), policy=POLICY)
        rng = random.Random(11)
        chosen = walks(records // LINES, locations, rng)
        layout = {location: layout[location] for location in chosen}  # a station has no shelves in its memory
        workflow.open_audit("A", scope=chosen)
        live = LiveAudit(stock, journal, "A", clock=lambda: next(ticking), policy=POLICY)
        warm_up()  # as the station does when somebody sits down
        took, found = [], 0
        for location in chosen:
            journal.submit(list(count("A", location, layout[location], rng, wrong))).result()
            began = time.perf_counter()
            closing = live.closing(location)
            took.append(1_000 * (time.perf_counter() - began))
            assert closing is not None
            found += len(closing.findings)
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"closed location of {LINES} lines among {records:,} records: p50 {statistics.median(took):.0f} ms, "
        f"p95 {p95:.0f} ms, bar {CLOSING_BAR_MS:.0f}: {'met' if p95 <= CLOSING_BAR_MS else 'missed'} "
        f"({found} discrepancies)"
    )
    return p95


def walks(places: int, locations: int, rng: random.Random) -> list[str]:
    """Return so many places in the order in which they are counted: some bins side by side, then on to elsewhere."""
    starts = rng.sample(range(places // WALK), -(-locations // WALK))
    return [place(WALK * start + step) for start in starts for step in range(WALK)][:locations]


def posting(folder: Path, lines: int, wrong: float) -> float:
    """Return the milliseconds a counted line from reconcile to posted."""
    folder.mkdir()
    with open_stock(folder / "stock.db") as stock, SqliteJournal(folder / "journal.db", min_free_bytes=0) as journal:
        layout = fill(stock, lines)
        ticking = iter(range(T0, T0 + 10**12))
        workflow = AuditWorkflow(stock, journal, station="B", clock=lambda: next(ticking), policy=POLICY)
        places = [place(number) for number in range(lines // LINES)]
        workflow.open_audit("A", scope=places)
        rng = random.Random(12)
        for location in places:
            journal.submit(list(count("A", location, layout[location], rng, wrong))).result()
        steps = {}
        for name, step in (
            ("reconcile", lambda: workflow.reconcile_audit("A")),
            ("approve", lambda: workflow.approve("A", "S", "supervisor")),
            ("post", lambda: workflow.post("A", "S", "supervisor")),
        ):
            began = time.perf_counter()
            step()
            steps[name] = time.perf_counter() - began
        adjusted = sum(1 for _ in stock.adjustments("A"))
    line = 1_000 * sum(steps.values()) / lines
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in steps.items())
    print(f"{lines:,} counted lines, {adjusted} adjustments posted: {line:.3f} ms a line ({told})")
    return line


def place(number: int) -> str:
    """The code of a location."""
    return f"L{number:06}"


def item_at(number: int) -> str:
    """The item of a record: every item lies in two places."""
    return f"I{number // 2:07}"


def quantity(number: int) -> int:
    """What a record says."""
    return 5 + number % 40


def fill(stock: StockStore, records: int) -> "Layout":
    """Write items, locations, records and promises; return what the records say."""
    items = [item_at(number) for number in range(0, records, 2)]
    numbered = list(enumerate(items))
    columns = {
        "items": (
            ("item", "name", "unit_cost", "price"),
            [(item, f"Item {item}", 10_000 + at % 90_000, 30_000 + at % 90_000) for at, item in numbered],
        ),
        "locations": (
            ("location", "site", "zone"),
            [(place(at), "S", f"Z{at // 50}") for at in range(records // LINES)],
        ),
        "stock": (
            ("item", "location", "lot", "status", "qty"),
            [(item_at(at), place(shelf(at, records)), "", "available", quantity(at)) for at in range(records)],
        ),
        "orders": (
            ("order_id", "item", "qty", "due", "customer", "allow_backorder"),
            [(f"O{at}", items[at * 3 % len(items)], 1 + at % 30, DAY + at % 20, f"C{at % 999}", False)
             for at in range(records // 3)],
        ),
        "listings": (
            ("channel", "item", "state"),
            [("web", item, "in_stock") for at, item in numbered[::2]],
        ),
        "purchase_orders": (
            ("po", "line", "supplier", "item", "qty_ordered", "due"),
            [(f"P{at}", "1", "S", item, 24, DAY + at % 30) for at, item in numbered[::5]],
        ),
        "planning": (
            ("item", "reorder_point", "order_quantity"),
            [(item, 5 + at % 30, 24) for at, item in numbered[::3]],
        ),
    }  # fmt: skip
    with stock.importing() as session:
        for name, (names, rows) in columns.items():
            for at in range(0, len(rows), 50_000):
                session.write(name, names, rows[at : at + 50_000])
    layout: Layout = {}
    for item, location, _, _, qty in columns["stock"][1]:
        layout.setdefault(location, []).append((item, qty))
    return layout


def shelf(number: int, records: int) -> int:
    """The location of a record: the two of an item lie in different places."""
    places = records // LINES
    return number // LINES if number % 2 == 0 else (number // LINES + places // 2) % places


Layout = dict[str, list[tuple[str, int]]]
"""Items and recorded quantities by location."""


def count(
    audit: str, location: str, lines: Sequence[tuple[str, int]], rng: random.Random, wrong: float
) -> Iterator[CountEvent]:
    """The events of one counted location, a share of its lines wrong by one or two."""
    base = {"audit": audit, "station": "B", "operator": "C", "location": location, "round": 1}
    told = iter(range(T0 + 10**9, T0 + 10**12))
    yield CountEvent(kind=EventKind.LOCATION_OPENED, ts=next(told), source=Source.SCAN, **base)
    for item, qty in lines:
        if rng.random() < wrong:
            qty = max(0, qty + rng.choice((-2, -1, 1)))
        if qty:
            event = CountEvent(
                kind=EventKind.COUNTED, ts=next(told), source=Source.SCAN, item=item, qty=qty, payload=item, **base
            )
            yield event
    yield CountEvent(kind=EventKind.LOCATION_CLOSED, ts=next(told), source=Source.SCAN, **base)


if __name__ == "__main__":
    raise SystemExit(main())
