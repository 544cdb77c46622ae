"""What a count session answers to one thing that an operator or a device did."""

from dataclasses import dataclass
from enum import StrEnum

from scanstation.counting.events import CountEvent
from scanstation.counting.question import Question


class Outcome(StrEnum):
    """How the thing was judged; the same words as the verdicts of devices."""

    OK = "ok"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    ASKED = "asked"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``events`` are to be journaled (none when nothing happened); ``text`` tells the operator what happened.

    The other fields fill the card of the last scan.  ``said`` is what the label said of quantity, and what was made of
    it.  ``question`` is set where the outcome is ASKED: the next step may answer it.
    """

    outcome: Outcome
    text: str
    events: tuple[CountEvent, ...] = ()
    code: str = ""
    item: str | None = None
    name: str | None = None
    lot: str | None = None
    serial: str | None = None
    qty: int = 0
    said: str = ""
    question: Question | None = None
