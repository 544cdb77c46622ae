"""What an audit found: wrong records with their causes, what they break, and what stands beside them.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
are microseconds since 1970-01-01 UTC, a due date is a day number since the same date.  Reviews and reports show these
rows as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    follows: an item without a record, or a variance within tolerance where the policy leaves it.
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
    causes: tuple[Cause, ...]
    severity: int
    at_stake: int
    parked: int
    action: str

    @property
    def key(self) -> RecordKey:
        """The stock record that is wrong."""
        return (self.item, self.location, self.lot)


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
class Review:
    """Everything that one reconciliation of an audit says, worst finding first.

    ``consequences`` are what the findings break, the worst first; ``notices`` stand without a variance; ``transfers``
    are proposed to bring misplaced units together in the books; ``kept_out`` are rows that were bad and not used.
    ``not_counted`` are locations of the scope without a closed count; ``recounts_due`` were asked to be counted again;
    ``disturbed`` had a movement booked while their count was open; ``overlaps`` names other open audits (audit,
    location) of the same places; ``parked`` holds the codes that wait, by location; ``damaged`` and ``quarantined``
    the counted units that were marked so; ``head`` is (seq, hash) of the
    last journal event that this rests on.
    """

    audit: str
    name: str
    t0: int
    state: str
    findings: tuple[Finding, ...]
    consequences: tuple[Consequence, ...]
    notices: tuple[Notice, ...]
    transfers: tuple[Transfer, ...]
    order_lines: tuple[OrderEffect, ...]
    listings: tuple[ListingEffect, ...]
    records: tuple[CountedRecord, ...]
    parked: Mapping[str, int]
    damaged: Mapping[RecordKey, int]
    quarantined: Mapping[RecordKey, int]
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]
    recounts_due: tuple[str, ...]
    disturbed: tuple[str, ...]
    overlaps: tuple[tuple[str, str], ...]
    counters: frozenset[str]
    kept_out: tuple[KeptOut, ...]
    switched_off: Mapping[str, str]
    summary: Mapping[str, Any]
    head: tuple[int, str]

    @property
    def gross_value(self) -> int:
        """The sum of the absolute values of all variances."""
        return sum(abs(finding.value) for finding in self.findings)

    def finding(self, key: RecordKey) -> Finding | None:
        """The finding of a stock record."""
        return next((finding for finding in self.findings if finding.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the count of one location found, told when it closed: its wrong records, and what their items and those
    with units marked there break.

    Equal to what a review of the whole audit at the same moment says of this location.
    """

    audit: str
    location: str
    round: int
    findings: tuple[Finding, ...]
    consequences: tuple[Consequence, ...]
