"""What the station page shows: one value, made anew after every change, safe for a blind counter.

Nothing in here derives from recorded quantities; verdicts of a blind count derive from counts and catalogue only.
The page receives it as JSON (`dataclasses.asdict`) from ``GET /api/state`` and over server-sent events.
"""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where the operator stands in the flow badge -> audit -> location -> items -> close."""

    SIGNED_OUT = "signed_out"
    CHOOSE_AUDIT = "choose_audit"
    SCAN_LOCATION = "scan_location"
    COUNTING = "counting"
    STOPPED = "stopped"  # the journal cannot take events (disk full): counting has stopped, `alarm` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class LastScan:
    """The card of the last scan.  ``verdict`` is a `drivers.Verdict` value or ``device_error``."""

    number: int  # rises by one with every scan, so that equal scans are told apart
    verdict: str
    text: str  # what happened, in words for the operator
    code: str  # the payload as read
    item: str | None
    name: str | None
    lot: str | None
    serial: str | None
    qty: int
    location: str
    device: str
    ts: int
    said: str = ""  # what the label said of quantity and what was made of it, such as "7Q12.5KG → 12500 g"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """What the card asks: ``seq`` names it in an answer, ``wants`` is what an answer must hold (`Wants`).

    ``yes``, ``no`` and ``none`` say in words what these answers do, empty where they are none; ``unit`` is that of a
    quantity that is wanted, ``options`` are (item, name) to choose from.
    """

    seq: int
    kind: str
    words: str
    wants: str
    yes: str
    no: str
    none: str
    unit: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A counted line of the open location."""

    item: str
    name: str
    lot: str | None
    qty: int
    damaged: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCode:
    """A payload that names nothing we know, or that was asked about, waiting to be resolved.

    ``item``, ``qty``, ``lot`` and ``serial`` are what is known of it, empty and 1 where nothing is.
    """

    seq: int
    payload: str
    text: str
    location: str
    ts: int
    item: str = ""
    qty: int = 1
    lot: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """One device as the page shows it."""

    name: str
    url: str
    state: str
    message: str
    remedy: str
    notice: str = ""  # the last thing it said that is not a read: a missed read, noise on its wire


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """Everything the page needs."""

    station: str
    phase: Phase
    operator: str | None  # badge
    operator_name: str | None
    role: str | None
    audit: str | None
    audit_name: str | None
    audits: tuple[tuple[str, str], ...]  # (audit, name) open for counting
    blind: bool
    location: str | None
    round: int
    location_lines: int
    location_units: int
    locations_closed: int
    locations_total: int
    pending_quantity: int | None  # the keypad's quantity, applied to the next scan
    can_undo: bool
    last: LastScan | None
    lines: tuple[Line, ...]
    parked: tuple[ParkedCode, ...]
    devices: tuple[DeviceView, ...]
    events: int  # durable events in the journal
    head: str  # hash of the last one
    alarm: str | None
    badge_waiting: str | None = None  # a badge was scanned: the page asks for its PIN
    swept_tags: int = 0  # different tags that the sweep of the open location has seen, strays included
    present_tags: int | None = None  # tags that fixed antennas find at the open location; None where none watches it
    question: OpenQuestion | None = None  # it waits for its answer
    notice: str | None = None  # something the operator should know, such as an interrupted sweep
