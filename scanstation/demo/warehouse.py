"""A seeded warehouse with planted errors, and what an audit of it must find: no more and no less.

The truth is written down while an error is planted, never computed by the engine that is to be judged.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanstation.stock.model import (
    Item,
    Listing,
    ListingState,
    Location,
    Movement,
    OrderLine,
    PurchaseOrderLine,
    Reservation,
    StockRecord,
    Tracking,
)

COMPANY_PREFIX = "9521141"  # GS1 prefix 952 is set aside for demonstrations and examples
DAY_US = 86_400_000_000
MONEY = 10_000

_KINDS = ("Lamp", "Kettle", "Drill", "Backpack", "Helmet", "Notebook", "Speaker", "Jacket", "Chair", "Mug")
_TRAITS = ("oak", "steel", "blue", "compact", "winter", "travel", "studio", "classic", "silent", "garden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """What really lies at a place: ``qty`` units of an item, with their serials where they carry tags."""

    item: str
    location: str
    lot: str | None
    qty: int
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What an audit must find.

    ``discrepancies``: (item, location, lot, variance, kind); ``order_lines``: (order_id, short, released);
    ``listings``: (channel, item, units falsely out of stock, units oversold); ``parked``: payloads.
    """

    discrepancies: frozenset[tuple[str, str, str | None, int, str]]
    order_lines: frozenset[tuple[str, int, int]]
    listings: frozenset[tuple[str, str, int, int]]
    parked: frozenset[str]


@dataclass(slots=True)
class Warehouse:
    """Records, promises and the shelf.  ``before_count`` and ``after_count`` are movements booked during the audit."""

    items: list[Item] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    records: list[StockRecord] = field(default_factory=list)
    orders: list[OrderLine] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    purchase_orders: list[PurchaseOrderLine] = field(default_factory=list)
    shelf: list[Pile] = field(default_factory=list)
    before_count: list[Movement] = field(default_factory=list)
    after_count: list[Movement] = field(default_factory=list)
    foreign_codes: list[tuple[str, str]] = field(default_factory=list)  # (payload, location): not in the catalogue
    truth: Truth = field(
        default_factory=lambda: Truth(
            discrepancies=frozenset(), order_lines=frozenset(), listings=frozenset(), parked=frozenset()
        )
    )

    def piles(self, location: str) -> list[Pile]:
        """What really lies at ``location``."""
        return [pile for pile in self.shelf if pile.location == location and pile.qty > 0]

    def item(self, number: str) -> Item:
        """The item of this number."""
        return next(item for item in self.items if item.item == number)


def gtin13(reference: int) -> str:
    """A valid GTIN-13 of the demo's company prefix (GS1 General Specifications, section 7.9: check digit)."""
    body = f"{COMPANY_PREFIX}{reference:05d}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(body))
    return body + str(-total % 10)


def make_warehouse(rng: random.Random, *, today: int) -> Warehouse:
    """Build the demo warehouse.  ``today`` is a day number since 1970-01-01."""
    return _Builder(rng, today).build()


class _Builder:
    """Plants one error after another; each writes its own truth."""

    def __init__(self, rng: random.Random, today: int) -> None:
        self.rng = rng
        self.today = today
        self.house = Warehouse()
        self.discrepancies: set[tuple[str, str, str | None, int, str]] = set()
        self.order_lines: set[tuple[str, int, int]] = set()
        self.false_listings: set[tuple[str, str, int, int]] = set()
        self.parked: set[str] = set()
        self.references = iter(rng.sample(range(10_000, 99_999), 200))
        self.names = self._names()
        self.serials = iter(rng.sample(range(1_000, 999_999), 500))
        self.order_numbers = iter(range(1001, 9999))

    def build(self) -> Warehouse:
        self._places()
        for location in ("A-01-1", "A-01-2", "A-01-3", "A-01-4", "C-01-1", "C-01-2"):
            for _ in range(4):
                self._right(location)
        for location in ("L-01-1", "L-01-2"):
            for _ in range(3):
                self._right(location, Tracking.LOT)
        for location in ("R-01-1", "R-01-2"):
            for _ in range(4):
                self._right(location, Tracking.SERIAL)
        self._orders_short()
        self._orders_released()
        self._listing_false_out_of_stock()
        self._listing_oversells()
        self._misplaced("A-01-3", "A-01-4", Tracking.NONE)
        self._misplaced("R-01-1", "R-01-2", Tracking.SERIAL)
        self._wrong_lot("L-01-1")
        self._unknown_item("A-01-1")
        self._lost_tags("R-01-2")
        self._found("C-01-1")
        self._moved_during_the_audit("A-01-2")
        self._foreign("A-01-4")
        self._right("X-01-1")  # outside the scope: nothing may be concluded about it
        self.house.truth = Truth(
            discrepancies=frozenset(self.discrepancies),
            order_lines=frozenset(self.order_lines),
            listings=frozenset(self.false_listings),
            parked=frozenset(self.parked),
        )
        return self.house

    def _places(self) -> None:
        for code in ("A-01-1", "A-01-2", "A-01-3", "A-01-4", "L-01-1", "L-01-2", "R-01-1", "R-01-2",
                     "C-01-1", "C-01-2", "X-01-1"):  # fmt: skip
            self.house.locations.append(Location(location=code, site="DEMO", zone=code[0]))

    def _names(self) -> Iterator[str]:
        pairs = [f"{kind}, {trait}" for kind in _KINDS for trait in _TRAITS]
        self.rng.shuffle(pairs)
        return iter(pairs)

    def _new_item(self, tracking: Tracking = Tracking.NONE) -> Item:
        gtin = gtin13(next(self.references))
        cost = self.rng.randrange(2, 80) * MONEY + self.rng.randrange(100) * 100
        item = Item(
            item=f"SKU-{gtin[7:12]}", name=next(self.names), gtin=gtin.zfill(14), unit_cost=cost, price=cost * 17 // 10,
            abc_class=self.rng.choice("AABC"), tracking=tracking,
        )  # fmt: skip
        self.house.items.append(item)
        return item

    def _record(self, item: Item, location: str, qty: int, lot: str | None = None) -> None:
        self.house.records.append(StockRecord(item=item.item, location=location, lot=lot, qty=qty))

    def _lay(self, item: Item, location: str, qty: int, lot: str | None = None) -> Pile:
        serials = tuple(str(next(self.serials)) for _ in range(qty)) if item.tracking is Tracking.SERIAL else ()
        pile = Pile(item=item.item, location=location, lot=lot, qty=qty, serials=serials)
        self.house.shelf.append(pile)
        return pile

    def _lot(self) -> str:
        return f"B{self.rng.randrange(100, 999)}"

    def _order(self, item: Item, qty: int, due_in: int, *, allow_backorder: bool = False) -> str:
        order_id = f"SO-{next(self.order_numbers)}"
        self.house.orders.append(
            OrderLine(
                order_id=order_id, item=item.item, qty=qty, due=self.today + due_in,
                customer=f"C-{self.rng.randrange(100, 999)}", allow_backorder=allow_backorder,
            )
        )  # fmt: skip
        return order_id

    def _list(self, item: Item, state: ListingState, published: int) -> None:
        self.house.listings.append(Listing(channel="webshop", item=item.item, state=state, published_qty=published))

    def _right(self, location: str, tracking: Tracking = Tracking.NONE) -> None:
        """A record that is right; some of it is promised and listed as it should be."""
        item, qty = self._new_item(tracking), self.rng.randrange(3, 9)
        lot = self._lot() if tracking is Tracking.LOT else None
        self._record(item, location, qty, lot)
        self._lay(item, location, qty, lot)
        if self.rng.random() < 0.5:
            self._order(item, self.rng.randrange(1, qty), self.rng.randrange(1, 9))
        elif self.rng.random() < 0.5:
            self._list(item, ListingState.IN_STOCK, qty)

    def _orders_short(self) -> None:
        """Phantom stock: 12 recorded, 8 there; the second of two order lines goes 4 short."""
        item, place = self._new_item(), "A-01-1"
        self._record(item, place, 12)
        self._lay(item, place, 8)
        self.discrepancies.add((item.item, place, None, -4, "phantom"))
        self._order(item, 7, 1)
        self.order_lines.add((self._order(item, 5, 2), 4, 0))
        self.house.purchase_orders.append(
            PurchaseOrderLine(po="PO-501", line="1", supplier="S-1", item=item.item, qty_ordered=40, due=self.today + 9)
        )

    def _orders_released(self) -> None:
        """Hidden stock: 3 recorded, 8 there; a line that waits for 4 can go, the one before it was covered."""
        item, place = self._new_item(), "A-01-2"
        self._record(item, place, 3)
        self._lay(item, place, 8)
        self.discrepancies.add((item.item, place, None, 5, "hidden"))
        self._order(item, 3, 1)
        self.order_lines.add((self._order(item, 4, 2, allow_backorder=True), 0, 4))
        self.house.purchase_orders.append(
            PurchaseOrderLine(po="PO-502", line="1", supplier="S-2", item=item.item, qty_ordered=20, due=self.today + 5)
        )

    def _listing_false_out_of_stock(self) -> None:
        """The record says none, the shelf has 6, the shop turns customers away."""
        item, place = self._new_item(), "A-01-3"
        self._record(item, place, 0)
        self._lay(item, place, 6)
        self.discrepancies.add((item.item, place, None, 6, "hidden"))
        self._list(item, ListingState.OUT_OF_STOCK, 0)
        self.false_listings.add(("webshop", item.item, 6, 0))

    def _listing_oversells(self) -> None:
        """9 recorded, 5 there, 2 promised elsewhere: the shop publishes 7 and could deliver 3."""
        item, place = self._new_item(), "A-01-4"
        self._record(item, place, 9)
        self._lay(item, place, 5)
        self.discrepancies.add((item.item, place, None, -4, "phantom"))
        self.house.reservations.append(Reservation(item=item.item, qty=2))
        self._list(item, ListingState.IN_STOCK, 7)
        self.false_listings.add(("webshop", item.item, 0, 4))

    def _misplaced(self, recorded: str, found: str, tracking: Tracking) -> None:
        """All units lie in another place than the record says."""
        item, qty = self._new_item(tracking), self.rng.randrange(3, 7)
        self._record(item, recorded, qty)
        self._lay(item, found, qty)
        self.discrepancies.add((item.item, recorded, None, -qty, "misplaced"))
        self.discrepancies.add((item.item, found, None, qty, "misplaced"))

    def _wrong_lot(self, location: str) -> None:
        """The item's total is right, its lot is not."""
        item, qty = self._new_item(Tracking.LOT), self.rng.randrange(3, 7)
        recorded, real = "B100", "B200"
        self._record(item, location, qty, recorded)
        self._lay(item, location, qty, real)
        self.discrepancies.add((item.item, location, recorded, -qty, "misplaced"))
        self.discrepancies.add((item.item, location, real, qty, "misplaced"))

    def _unknown_item(self, location: str) -> None:
        """The catalogue knows the item, no stock record does."""
        item = self._new_item()
        self._lay(item, location, 3)
        self.discrepancies.add((item.item, location, None, 3, "unknown_item"))

    def _lost_tags(self, location: str) -> None:
        """Two of eight tagged units are gone."""
        item = self._new_item(Tracking.SERIAL)
        self._record(item, location, 8)
        self._lay(item, location, 6)
        self.discrepancies.add((item.item, location, None, -2, "phantom"))

    def _found(self, location: str) -> None:
        """One unit more than recorded."""
        item = self._new_item()
        self._record(item, location, 2)
        self._lay(item, location, 3)
        self.discrepancies.add((item.item, location, None, 1, "hidden"))

    def _moved_during_the_audit(self, location: str) -> None:
        """Bookings between snapshot and count, and after the count, raise nothing: the record follows the shelf."""
        picked, received = self._new_item(), self._new_item()
        self._record(picked, location, 10)
        self._lay(picked, location, 8)
        self.house.before_count.append(
            Movement(item=picked.item, location=location, lot=None, delta=-2, ts=0, reason="issue", document="PICK-77")
        )
        self._record(received, location, 4)
        self._lay(received, location, 4)
        self.house.after_count.append(
            Movement(item=received.item, location=location, lot=None, delta=5, ts=0, reason="receipt", document="GR-12")
        )

    def _foreign(self, location: str) -> None:
        """A label that names nothing we know is parked, never dropped and never counted."""
        payload = "9528888000017"
        self.house.foreign_codes.append((payload, location))
        self.parked.add(payload)
