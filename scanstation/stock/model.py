"""Items, locations, stock records, movements and promises: the nouns of a warehouse.

Quantities are whole numbers in the item's base unit; money is a whole number of 1/10000 of the currency unit; times
are microseconds since 1970-01-01 UTC; a due date is a day number since the same date.  A lot of None is a key value
of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tracking(StrEnum):
    """How single units of an item are told apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class StockStatus(StrEnum):
    """Whether stock may be promised: everything but AVAILABLE is held."""

    AVAILABLE = "available"
    DAMAGED = "damaged"
    QUARANTINED = "quarantined"


class ListingState(StrEnum):
    """What a sales channel tells its customers."""

    IN_STOCK = "in_stock"
    BACKORDER = "backorder"
    PREORDER = "preorder"
    OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is stocked.  ``packs`` maps a GTIN-14 indicator digit (1 to 8) to pieces per pack."""

    item: str
    name: str
    gtin: str | None = None
    base_unit: str = "piece"
    unit_cost: int = 0
    price: int = 0
    abc_class: str = "C"
    tracking: Tracking = Tracking.NONE
    packs: Mapping[int, int] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """What people are told: its name, or its number where it has none."""
        return self.name or self.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that can be scanned: site > zone > bin."""

    location: str
    site: str = ""
    zone: str = ""
    gln: str | None = None  # GLN, with "." and the AI 254 extension where there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord:
    """Recorded quantity of (item, location, lot, status)."""

    item: str
    location: str
    lot: str | None
    qty: int
    status: StockStatus = StockStatus.AVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A signed change of a stock record.  Equal ``key``s are one movement: posting it again changes nothing."""

    item: str
    location: str
    lot: str | None
    delta: int
    ts: int
    reason: str
    document: str = ""
    line: str = ""
    key: str | None = None
    status: StockStatus = StockStatus.AVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An open promise to a customer."""

    order_id: str
    item: str
    qty: int
    due: int
    customer: str = ""
    priority: int = 0
    placed_at: int | None = None
    allow_backorder: bool = False
    status: str = "open"
    available_at_order: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Stock promised to an order line (``order_id`` set) or elsewhere."""

    item: str
    qty: int
    order_id: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a sales channel publishes of an item.  ``share`` is in percent, ``buffer`` in base units."""

    channel: str
    item: str
    state: ListingState
    published_qty: int | None = None
    policy: str = "deny"
    share: int = 100
    buffer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderLine:
    """An order to a supplier, with what has come of it."""

    po: str
    line: str
    supplier: str
    item: str
    qty_ordered: int
    qty_received: int = 0
    due: int | None = None
    received_at: int | None = None
