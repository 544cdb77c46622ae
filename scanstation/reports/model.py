"""The one model of an audit report: every writer (HTML, JSON, CSV) shows this and nothing else.

Quantities are whole base units, money is a whole number of 1/10000 of ``currency``, times are microseconds since
1970-01-01 UTC, due dates are day numbers since the same date.  The content follows what an auditor asks of a stock
count (ISA 501 and PCAOB AS 2510: scope and cut-off, who counted, what was found, what was done about it).  What was
found and decided is shown as the audit has it.
"""

from dataclasses import dataclass

from scanstation.audit.findings import (
    Consequence,
    Finding,
    HeldRecord,
    KeptOut,
    ListingEffect,
    Notice,
    OrderEffect,
    Transfer,
)
from scanstation.audit.model import Adjustment, Approval, RecountRequest, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet:
    """Who counted a location, when, with what; one row a round.  This is the count-tag control: every tag is here."""

    location: str
    round: int
    operators: tuple[str, ...]
    devices: tuple[str, ...]
    opened_at: int | None
    closed_at: int | None
    lines: int
    units: int
    parked: int
    counts: bool  # whether this round is the one that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRead:
    """A payload that named nothing we know and was not resolved."""

    seq: int
    location: str
    payload: str
    why: str
    ts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLabel:
    """A label in a picture that was counted or parked; ``corners`` (x, y) in pixels of the picture."""

    seq: int
    payload: str
    item: str
    qty: int
    corners: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPicture:
    """A picture that counts rest on, as it was kept beside the journal under its ``sha256``.

    ``width`` and ``height`` are those of the picture; ``preview`` is a JPEG of it in base64, made small enough for a
    report and empty where ``fault`` says why it cannot be shown.
    """

    sha256: str
    location: str
    round: int
    ts: int
    device: str
    width: int
    height: int
    labels: tuple[PictureLabel, ...]
    preview: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How right the records of counted places were; shares are between 0 and 1, None where nothing was counted.

    ``signed`` is the sum of variances, ``shrink`` that of the negative ones (both in units), ``binary`` the share of
    records that were exactly right, ``in_range`` the share within tolerance (IRA), ``units_in_range`` the share of
    expected units that lie in records within tolerance, ``absolute`` the sum of absolute variances (units), ``mape``
    the mean of |variance| / expected where something was expected, ``smape`` the mean of
    2 |variance| / (expected + counted).
    """

    records: int
    signed: int
    shrink: int
    binary: float | None
    in_range: float | None
    units_in_range: float | None
    absolute: int
    mape: float | None
    smape: float | None
    by_class: tuple[tuple[str, int, float], ...]  # (ABC class, records, share within tolerance)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Everything that is said about one audit."""

    audit: str
    name: str
    site: str
    state: str
    station: str
    blind: bool
    currency: str
    cut_off: int
    made_at: int
    locations: tuple[str, ...]
    not_counted: tuple[str, ...]
    sheets: tuple[CountSheet, ...]
    consequences: tuple[Consequence, ...]  # what breaks most first
    notices: tuple[Notice, ...]
    transfers: tuple[Transfer, ...]
    findings: tuple[Finding, ...]
    order_lines: tuple[OrderEffect, ...]
    listings: tuple[ListingEffect, ...]
    parked: tuple[ParkedRead, ...]
    held: tuple[HeldRecord, ...]
    pictures: tuple[CountPicture, ...]
    recounts: tuple[RecountRequest, ...]
    recounts_due: tuple[str, ...]
    outdated: tuple[str, ...]  # in words: records of which a posted audit would post something else by now
    disturbed: tuple[str, ...]  # locations with a movement booked while their count was open
    rejections: tuple[Rejection, ...]
    approvals: tuple[Approval, ...]
    adjustments: tuple[Adjustment, ...]
    accuracy: Accuracy
    kept_out: tuple[KeptOut, ...]  # the first ones of each table
    kept_out_rows: int  # all of them
    switched_off: tuple[str, ...]
    journal_events: int
    journal_head: str

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Of each disturbed location, in words: what was booked, and what to do as long as anything can be done."""
        again = "; count it again" if self.state in ("counting", "reconciled") else ""
        return tuple(f"{place}: booked while it was open{again}" for place in self.disturbed)

    @property
    def net_value(self) -> int:
        """Sum of the variances in money."""
        return sum(row.value for row in self.findings)

    @property
    def gross_value(self) -> int:
        """Sum of the absolute variances in money."""
        return sum(abs(row.value) for row in self.findings)

    @property
    def units_held(self) -> int:
        """Units that were found damaged, or put into quarantine, and that the books call available."""
        return sum(row.units for row in self.held)

    @property
    def value_held(self) -> int:
        """What these units cost."""
        return sum(row.value for row in self.held)

    @property
    def units_short(self) -> int:
        """Units of order lines that lose their cover."""
        return sum(row.short for row in self.order_lines)

    @property
    def units_released(self) -> int:
        """Units of order lines that can be covered after all."""
        return sum(row.released for row in self.order_lines)
