"""Count events: accepted, journaled facts.  The journal is a list of these and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened."""

    AUDIT_OPENED = "audit_opened"  # the snapshot of an audit was taken (data: t0, name)
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    LOCATION_OPENED = "location_opened"  # its ts is t_count of this location and round
    LOCATION_CLOSED = "location_closed"
    LOCATION_REOPENED = "location_reopened"
    COUNTED = "counted"  # qty base units of item, lot, serial are at location
    SWEEP_STARTED = "sweep_started"  # the first tag of an RFID sweep of location came; what it found counts at its end
    TAG_ARRIVED = "tag_arrived"  # a fixed antenna found the tag `payload` at location; no count (counting.arrivals)
    TAG_LEFT = "tag_left"  # it is no longer there
    VOIDED = "voided"  # compensates the event `ref`
    CORRECTED = "corrected"  # qty is a signed delta that brings a line to what the operator says
    MARKED = "marked"  # qty counted units of a line are of `status`
    PARKED = "parked"  # a payload that names nothing we know, kept as it was read
    RESOLVED = "resolved"  # the parked event `ref` is qty units of item: counts like COUNTED at its location
    RECOUNT_REQUESTED = "recount_requested"  # the next opening of location starts a new round, by another operator
    RECONCILED = "reconciled"  # the count was ended and compared (data: counted, the last event of the count by then)
    FINDING_REJECTED = "finding_rejected"  # the record that data names stays as it is (data: reason, figures, alone)
    REJECTION_WITHDRAWN = "rejection_withdrawn"
    APPROVED = "approved"
    APPROVAL_WITHDRAWN = "approval_withdrawn"  # the audit can be counted and approved anew
    POSTED = "posted"
    CLOCK_STEPPED = "clock_stepped"  # data: by (microseconds)


class Source(StrEnum):
    """How a fact came in."""

    SCAN = "scan"
    RFID = "rfid"
    CAMERA = "camera"
    TYPED = "typed"
    BUTTON = "button"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountEvent:
    """One fact.  ``ts`` is the station's receive time (microseconds UTC, monotone per station).

    ``seq`` (1, 2, 3, ... without a gap), ``prev`` and ``hash`` are given by the journal when it becomes durable;
    until then ``seq`` is 0.  ``round`` is 1 for the first count of a location and higher for recounts; of a
    location only the highest closed round counts.  ``payload`` is the payload as text (latin-1 of the bytes for
    barcodes, upper case hex for tags), ``read_id`` the key of a delivery that may come again.
    """

    kind: EventKind
    ts: int
    station: str
    audit: str = ""
    operator: str = ""
    device: str = ""
    location: str = ""
    round: int = 1
    item: str | None = None
    lot: str | None = None
    serial: str | None = None
    qty: int = 0
    status: str | None = None
    source: Source = Source.SYSTEM
    payload: str | None = None
    aim: str = ""
    read_id: str | None = None
    ref: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    prev: str = ""
    hash: str = ""
