"""What one reconciliation of an audit says, whole or of one location."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanstation.audit.findings import (
    Consequence,
    CountedRecord,
    Finding,
    HeldRecord,
    KeptOut,
    ListingEffect,
    Notice,
    OrderEffect,
    RecordKey,
    Transfer,
)
from scanstation.audit.model import RecountRequest, Rejection
from scanstation.audit.sides import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that one reconciliation of an audit says, worst finding first.

    ``held`` are the counted records with damaged or quarantined stock; ``consequences`` are what findings and held
    stock break, the worst first; ``notices`` stand without a variance; ``transfers`` are proposed to bring misplaced
    units together in the books, ``pairs`` are records that are decided together; ``kept_out`` are rows that were bad
    and not used.  ``not_counted`` are locations of the
    scope without a closed count; ``recounts`` were asked for, and those of ``recounts_due`` are not counted again yet;
    ``rejections`` are records that stay as they are; ``disturbed`` locations had a movement booked while their count
    was open; ``overlaps`` names other open audits (audit, location) of the same places; ``overtaken`` are records that
    another audit, by its number, has corrected since they were counted here; ``parked`` holds the codes that wait, by
    location; ``head`` is (seq, hash) of the last journal event that this rests on.
    """

    audit: str
    name: str
    t0: int
    state: str
    findings: tuple[Finding, ...]
    held: tuple[HeldRecord, ...]
    consequences: tuple[Consequence, ...]
    notices: tuple[Notice, ...]
    transfers: tuple[Transfer, ...]
    pairs: tuple[Pair, ...]
    order_lines: tuple[OrderEffect, ...]
    listings: tuple[ListingEffect, ...]
    records: tuple[CountedRecord, ...]
    parked: Mapping[str, int]
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]
    recounts: tuple[RecountRequest, ...]
    recounts_due: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    disturbed: tuple[str, ...]
    overlaps: tuple[tuple[str, str], ...]
    overtaken: Mapping[RecordKey, str]
    counters: frozenset[str]
    kept_out: tuple[KeptOut, ...]
    switched_off: Mapping[str, str]
    summary: Mapping[str, Any]
    head: tuple[int, str]

    @property
    def gross_value(self) -> int:
        """The sum of the absolute values of all variances."""
        return sum(abs(finding.value) for finding in self.findings)

    @property
    def amount(self) -> int:
        """What is booked, as it is decided now: the sum of the absolute values of variances and of units that may no
        longer be sold."""
        return sum(row.amount for row in self.changes)

    @property
    def changes(self) -> "tuple[Finding | HeldRecord, ...]":
        """What may change the books: wrong records, and records of which units change their status."""
        return (*self.findings, *(row for row in self.held if row.changes))

    def finding(self, key: RecordKey) -> Finding | None:
        """The finding of a stock record."""
        return next((finding for finding in self.findings if finding.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the count of one location found, told when it closed: wrong records, held stock, and what these break.

    Equal to what a review of the whole audit at the same moment says of this location.
    """

    audit: str
    location: str
    round: int
    findings: tuple[Finding, ...]
    held: tuple[HeldRecord, ...]
    consequences: tuple[Consequence, ...]
