"""A small site with a real stock file, a real journal and a real count session, in simulated time."""

from dataclasses import dataclass, field

import pytest

from scanstation.audit import AuditWorkflow
from scanstation.counting.events import Source
from scanstation.counting.session import CountSession
from scanstation.settings import Policy, Tolerance
from scanstation.stock.catalogue import Resolved
from scanstation.stock.model import (
    Item,
    Listing,
    ListingState,
    Location,
    Movement,
    OrderLine,
    Reservation,
    StockRecord,
    Tracking,
)
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import open_stock

START = 1_760_000_000_000_000
POLICY = Policy(
    tolerance={"A": Tolerance(units=0), "C": Tolerance(percent=10.0)}, four_eyes_above=2_000_000
)  # 200.0000


@dataclass
class Site:
    """The files, the workflow on them, and hands to count and to book."""

    stock: object
    journal: object
    workflow: AuditWorkflow
    now: list
    session: CountSession = field(init=False)

    def __post_init__(self):
        self.sit_down()

    def sit_down(self):
        """A seat that knows what the journal knows."""
        self.session = CountSession("ST01", self.workflow.clock, events=self.journal.events())

    def decide(self, **changes):
        """Let the site decide otherwise from now on."""
        policy = self.workflow.policy.model_copy(update=changes)
        self.workflow = AuditWorkflow(
            self.stock, self.journal, station="ST01", clock=self.workflow.clock, policy=policy
        )

    def do(self, decision):
        """Journal what was decided; it must not be a refusal."""
        assert decision.outcome in ("ok", "unknown", "duplicate"), decision.text
        if decision.events:
            for event in self.journal.submit(decision.events).result():
                self.session.apply(event)
        return decision

    def count(self, audit, location, *lines, operator="C01", parked=(), marked=()):
        """Count lines (item, qty[, lot[, serial]]) at a location, mark (item, qty, status[, lot]), and close it."""
        self.sit_down()
        self.do(self.session.sign_in(operator, "counter"))
        self.do(self.session.choose_audit(audit, self.stock.scope(audit)))
        self.do(self.session.open_location(location))
        for item, qty, *rest in lines:
            lot, serial = (*rest, None, None)[:2]
            unit = Resolved(item=self.stock.item(item), quantity=qty, lot=lot, serial=serial)
            self.do(self.session.count(unit, payload=item, source=Source.SCAN))
        for item, qty, status, *lot in marked:
            self.do(self.session.mark(item, lot[0] if lot else None, qty, status))
        for payload in parked:
            self.do(self.session.park(payload=payload, why="not in the catalogue"))
        self.do(self.session.close_location())

    def book(self, item, location, delta, *, at=None, lot=None, reason="issue"):
        """Book a movement, now unless another time is given."""
        ts = self.workflow.clock() if at is None else at
        self.stock.book([Movement(item=item, location=location, lot=lot, delta=delta, ts=ts, reason=reason)])

    def on_hand(self, item, location):
        """What the record says now."""
        return sum(row.qty for row in self.stock.records(item=item) if row.location == location)

    def by_status(self, item, location):
        """What the record says now, by status; nothing where it says 0."""
        rows = (row for row in self.stock.records(item=item) if row.location == location)
        return {row.status.value: row.qty for row in rows if row.qty}

    def kinds(self):
        """The kinds of all events without a location, in order."""
        return [event.kind.value for event in self.journal.events() if not event.location]


def fill(stock):
    """Four items, three locations, promises on them."""
    items = [
        Item(item="lamp", name="Lamp", unit_cost=100_000, abc_class="A"),
        Item(item="mug", name="Mug", unit_cost=20_000, abc_class="C"),
        Item(item="tea", name="Tea", unit_cost=30_000, abc_class="C", tracking=Tracking.LOT),
        Item(item="new", name="New thing", unit_cost=50_000, abc_class="C"),
    ]
    stock.put_items(items)
    stock.put_locations([Location(location=name, site="S", zone="Z") for name in ("A1", "A2", "B1")])
    stock.put_records(
        [
            StockRecord(item="lamp", location="A1", lot=None, qty=10),
            StockRecord(item="lamp", location="B1", lot=None, qty=2),
            StockRecord(item="mug", location="A1", lot=None, qty=40),
            StockRecord(item="mug", location="A2", lot=None, qty=5),
            StockRecord(item="tea", location="A2", lot="T1", qty=6),
        ]
    )
    stock.put_orders(
        [
            OrderLine(order_id="O1", item="lamp", qty=6, due=20_400, customer="Ada"),
            OrderLine(order_id="O2", item="lamp", qty=4, due=20_401, customer="Bob"),
        ]
    )
    stock.set_reservations([Reservation(item="lamp", qty=1)])
    stock.put_listings([Listing(channel="web", item="lamp", state=ListingState.IN_STOCK, published_qty=1)])


def open_site(folder, now):
    """Open (or open again) the site in a folder."""
    stock = open_stock(folder / "stock.db")
    journal = SqliteJournal(folder / "journal.db", min_free_bytes=0)

    def clock():
        now[0] += 1_000_000
        return now[0]

    workflow = AuditWorkflow(stock, journal, station="ST01", clock=clock, policy=POLICY)
    return Site(stock, journal, workflow, now)


@pytest.fixture
def reopen(tmp_path):
    """A function that closes the site and opens it again, as a restart does."""
    sites = []
    now = [START]

    def again():
        for site in sites:
            site.journal.close()
            site.stock.close()
        sites[:] = [open_site(tmp_path, now)]
        return sites[0]

    yield again
    for site in sites:
        site.journal.close()
        site.stock.close()


@pytest.fixture
def site(reopen):
    """A filled site."""
    made = reopen()
    fill(made.stock)
    return made
