"""An audit, and what its steps leave: openings, recounts, rejections, approvals, adjustments, postings.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
are microseconds since 1970-01-01 UTC.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanstation.audit.findings import RecordKey
from scanstation.stock.model import StockStatus


class AuditState(StrEnum):
    """Where an audit stands: planned -> counting -> reconciled -> approved -> posted."""

    PLANNED = "planned"
    COUNTING = "counting"
    RECONCILED = "reconciled"
    APPROVED = "approved"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Audit(Protocol):
    """An audit as the store keeps it.  ``t0`` is the time of its snapshot, None while it is planned."""

    @property
    def audit(self) -> str:
        """Its number."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def t0(self) -> int | None:
        """The cut-off time."""

    @property
    def blind(self) -> bool:
        """Whether counters see no recorded quantity."""

    @property
    def state(self) -> str:
        """A value of `AuditState`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's approval; ``amount`` is the sum of the absolute values of what is approved."""

    operator: str
    at: int
    reason_code: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A change of one stock record: a delta, never an absolute quantity, so that stock that moved since stays right."""

    item: str
    location: str
    lot: str | None
    delta: int
    reason_code: str = ""
    status: StockStatus = StockStatus.AVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An audit that was opened: its snapshot's size, and the other open audits of the same places."""

    audit: str
    t0: int
    locations: tuple[str, ...]
    records: int
    overlaps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountRequest:
    """A location that somebody wanted counted again after ``round``, and why."""

    location: str
    round: int
    operator: str
    at: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A record that stays as it is although something was found of it: ``variance`` units too many or too few, and
    ``units`` that may not be sold; ``value`` is what the books are left wrong by, in absolute values.

    ``others`` says what becomes of the other sides of what would be booked over, empty where there are none: they stay
    out of the books too, unless it was rejected ``alone``.
    """

    item: str
    name: str
    location: str
    lot: str | None
    variance: int
    units: int
    value: int
    operator: str
    at: int
    reason: str
    alone: bool = False
    others: str = ""

    @property
    def key(self) -> RecordKey:
        """The stock record."""
        return (self.item, self.location, self.lot)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A record of which something was found and nothing was posted: why, or what is to be done about it."""

    item: str
    name: str
    location: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What posting did: ``new`` adjustments (0 when it was posted before), all ``adjustments`` of the audit."""

    new: int
    adjustments: int
    not_posted: tuple[LeftOut, ...]
