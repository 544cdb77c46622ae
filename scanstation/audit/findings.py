"""What an audit found: wrong records with their causes, what they break, held stock, and what stands beside them.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
are microseconds since 1970-01-01 UTC, a due date is a day number since the same date.  Reviews and reports show these
rows as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scanstation.stock.model import StockStatus

RecordKey = tuple[str, str, str | None]
"""(item, location, lot); a lot of None is a key value of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEffect:
    """An order line whose cover changes: ``short`` units that it loses, or ``released`` units that it gains."""

    order_id: str
    customer: str
    item: str
    name: str
    due: int
    qty: int
    allow_backorder: bool
    promised: int
    actual: int
    short: int
    released: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEffect:
    """A sales channel's listing of a wrong item: units falsely out of stock, or offered beyond what can be sold."""

    channel: str
    item: str
    name: str
    state: str
    published_qty: int | None
    ats_before: int
    ats_after: int
    false_out_of_stock: int
    oversells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that speaks for a cause: a movement, a location, a pack, a purchase order, a return, a lot, another
    count, a sweep, a look-alike.

    ``units`` are what it explains; ``reference`` and ``place`` name it (a document and its line, an item and its
    location); ``ratio`` is a pack size, a number of times, a read rate in 1/1000, what the other count found.
    """

    about: str
    reference: str
    place: str
    units: int
    ts: int | None
    ratio: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a record may be wrong; ``exact`` where it explains the whole variance; ``words`` say it with its evidence."""

    cause: str
    exact: bool
    words: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Units of an item to book over from the record that is short (``source``) to where they lie (``target``)."""

    item: str
    lot: str | None
    source: str
    target: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """One thing that the wrong records of an item break, decided from all of its records together.

    ``kind`` is a word of domain (OVERSOLD, FALSE_OUT_OF_STOCK, ...); ``order_id``, ``customer``, ``channel``, ``po``,
    ``line`` and ``supplier`` are empty where it is not about one; ``due`` is the promised day, ``day`` the day of
    restock, arrival or rest, null where no dated receipt is known; ``days`` are days late or days until the record
    would have noticed.  ``by_record`` and ``in_truth`` are the figure that the record has wrong: the cover of an order
    line, what a channel may sell, the stock at a reorder point, a chance in 1/1000.  Money is what it is likely to cost
    or, for what can be sold again, to earn.  ``records`` are the wrong records behind it and those with units marked
    damaged or quarantined; ``behind`` names the weightiest in words; ``words`` says all of it in a few sentences.
    """

    kind: str
    item: str
    name: str
    order_id: str
    customer: str
    channel: str
    po: str
    line: str
    supplier: str
    units: int
    of_units: int
    due: int | None
    day: int | None
    days: int | None
    note: str
    by_record: int | None
    in_truth: int | None
    margin: int
    handling: int
    write_off: int
    money: int
    severity: int
    tell: str
    action: str
    behind: str
    words: str
    records: tuple[RecordKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the audit found beside wrong records: a reservation of an order that is gone, a listing that drifted."""

    kind: str
    item: str
    name: str
    order_id: str
    channel: str
    said: str
    should: str
    units: int
    should_units: int
    margin: int
    tell: str
    action: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOut:
    """A row of the input tables that was not used, why, and how to mend it; ``row_key`` names it in its ``source``."""

    source: str
    row_key: str
    reason: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A discrepancy with its consequences and the action that mends it.

    ``recorded`` is the record at the cut-off, ``expected`` what should have been there when the location was counted.
    ``causes`` come best first, each with its evidence; ``severity`` (0 to 4) and ``at_stake`` (1/10000) are those of
    the item's consequences, its value in the books left out.
    ``parked`` codes at this location were read and name nothing known yet.  ``posts`` is False where no adjustment
    follows: an item without a record, or a variance within tolerance where the policy leaves it.  ``booked`` are the
    units that posting changes the record by: the variance, 0 where it does not post or is rejected, a part of it where
    the other side of what it shares is; then ``stays`` says so.  ``sides`` are these other sides in words: the units
    and where they lie or are missing.
    """

    item: str
    name: str
    abc_class: str
    location: str
    lot: str | None
    recorded: int
    expected: int
    counted: int
    variance: int
    value: int
    kind: str
    round: int
    within_tolerance: bool
    posts: bool
    booked: int
    causes: tuple[Cause, ...]
    severity: int
    at_stake: int
    parked: int
    action: str
    sides: str = ""
    stays: str = ""

    @property
    def key(self) -> RecordKey:
        """The stock record that is wrong."""
        return (self.item, self.location, self.lot)

    @property
    def amount(self) -> int:
        """What is booked of its value, as an absolute value."""
        return abs(self.value * self.booked // self.variance)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRecord:
    """A record of a counted location: what was expected and what was there, and whether that is accurate (IRA)."""

    item: str
    location: str
    lot: str | None
    abc_class: str
    expected: int
    counted: int
    in_tolerance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRecord:
    """A record of a counted location with stock that may not be sold: damaged, or in quarantine.

    ``damaged_before`` and ``quarantined_before`` are what the books held when the location was counted, ``damaged`` and
    ``quarantined`` what the count leaves: what the counter marked, not less than the books held, and not more than was
    counted.  ``units`` come into one of these statuses, ``value`` is their cost.  ``posts`` is False where nothing is
    posted: an item without a record.  ``booked`` says whether posting changes the statuses: not where it is rejected.
    """

    item: str
    name: str
    location: str
    lot: str | None
    damaged_before: int
    quarantined_before: int
    damaged: int
    quarantined: int
    units: int
    value: int
    posts: bool
    booked: bool
    action: str

    @property
    def key(self) -> RecordKey:
        """The stock record."""
        return (self.item, self.location, self.lot)

    @property
    def moved(self) -> Mapping[StockStatus, int]:
        """By held status, the units that come in (or leave: negative)."""
        return {
            StockStatus.DAMAGED: self.damaged - self.damaged_before,
            StockStatus.QUARANTINED: self.quarantined - self.quarantined_before,
        }

    @property
    def changes(self) -> bool:
        """Whether any unit changes its status."""
        return any(self.moved.values())

    @property
    def amount(self) -> int:
        """The cost of the units whose change of status is booked."""
        return abs(self.value) if self.booked else 0
