"""An audit, and what its steps leave: openings, approvals, adjustments, postings.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
are microseconds since 1970-01-01 UTC.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanstation.audit.findings import Finding, HeldRecord
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
class Posting:
    """What posting did: ``new`` adjustments (0 when it was posted before), all ``adjustments`` of the audit, and what
    was found that no adjustment follows from."""

    audit: str
    new: int
    adjustments: int
    not_posted: tuple[Finding | HeldRecord, ...] = ()
