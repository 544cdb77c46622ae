"""What the steps of a rehearsal work on, and what each of them comes to."""

from dataclasses import dataclass, field

from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind
from scanstation.rehearsal.parts import Step
from scanstation.rehearsal.premises import Premises
from scanstation.reports import AuditReport
from scanstation.station.service import Station

WORST_FIRST = ("misread", "refused", "parked", "asked", "duplicate", "ok", "command")
"""Verdicts: of several symbols at once the worst is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """What a step came to: words for a person, a verdict where it is a read, why it was refused, what was journaled."""

    text: str = ""
    verdict: str = ""
    refused: str = ""
    events: tuple[CountEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A step as it was played: its number, when, and what it came to."""

    number: int
    step: Step
    ts: int
    did: Did


@dataclass(slots=True)
class Stage:
    """A rehearsal while it is played."""

    premises: Premises
    number: int = 0
    """The step that is played, from 1."""
    audit: str = ""
    """The audit that was opened last."""
    reports: dict[str, AuditReport] = field(default_factory=dict)
    """What the last reconciliation of each audit said."""

    async def seat(self, step: Step) -> Station:
        """The seat of a step."""
        return await self.premises.seat(step.seat, step.station)


def told(decision: Decision) -> Did:
    """What came of a thing that a person did at a seat."""
    undone = decision.outcome in (Outcome.REFUSED, Outcome.ERROR)
    refused = decision.outcome.value if undone else ""
    return Did(text=decision.text, refused=refused, events=decision.events)


def read(decision: Decision) -> Did:
    """What came of a read: its verdict, in the words of the file."""
    verdict = verdict_of(decision)
    return Did(
        text=decision.text,
        verdict=verdict,
        refused=verdict if verdict == "refused" else "",
        events=decision.events,
    )


def verdict_of(decision: Decision) -> str:
    """The verdict on a read; ``command`` is a label of ours that did its work and counted nothing."""
    match decision.outcome:
        case Outcome.OK:
            counted = any(event.kind is EventKind.COUNTED for event in decision.events)
            return "ok" if counted else "command"
        case Outcome.UNKNOWN:
            return "parked"
        case Outcome.ERROR:
            return "misread"
        case other:
            return other.value
