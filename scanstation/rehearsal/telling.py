"""A rehearsal in words for a person: the story line by line, what came of it, and in what it is not as expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from scanstation.counting.events import CountEvent
from scanstation.counting.ledger import UNDOABLE
from scanstation.rehearsal import steps
from scanstation.rehearsal.comparing import Difference, shown
from scanstation.rehearsal.errors import Fault
from scanstation.rehearsal.playing import Played
from scanstation.rehearsal.stage import Happening
from scanstation.reports.words import visible


class Tone(StrEnum):
    """How a line is meant."""

    PLAIN = "plain"
    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and how it is meant."""

    text: str
    tone: Tone = Tone.PLAIN


SIGNS: Mapping[str, tuple[str, Tone]] = {
    "ok": ("+", Tone.GOOD),
    "command": ("+", Tone.GOOD),
    "duplicate": ("=", Tone.DOUBT),
    "asked": ("?", Tone.DOUBT),
    "parked": ("~", Tone.DOUBT),
    "refused": ("-", Tone.BAD),
    "misread": ("!", Tone.BAD),
}
"""A sign for every verdict: the word and the sign say it where there is no colour."""

_MICROSECONDS = 1_000_000


def story(played: Played) -> Iterator[Line]:
    """One line a step: when, what, what became of it in the words of the card, what was booked."""
    days = {one.ts // (86_400 * _MICROSECONDS) for one in played.story}
    form = "%H:%M:%S" if len(days) < 2 else "%Y-%m-%d %H:%M:%S"
    for one in played.story:
        when = datetime.fromtimestamp(one.ts / _MICROSECONDS, UTC).strftime(form)
        verdict = one.did.verdict or ("refused" if one.did.refused else "")
        sign, tone = SIGNS.get(verdict, (" ", Tone.PLAIN))
        word = f"{sign} {verdict:<9} " if verdict else " " * 12
        text = f"{when}  {one.number:>3}  {_what(one):<34} {word}{one.did.text}{_booked(one.did.events)}"
        yield Line(visible(text).rstrip(), tone)


def outcome(played: Played) -> Iterator[Line]:
    """What came of it: every list that holds anything."""
    for name, rows in played.result.rows.items():
        if rows:
            yield Line(f"{name}:")
            yield from (Line(f"  {visible(shown(row))}") for row in rows)


def judgement(found: Sequence[Difference], expected: bool) -> Iterator[Line]:
    """Whether it is as expected, and each difference in a line of its own."""
    if not found:
        yield Line("+ as expected" if expected else "+ played; the file expects nothing", Tone.GOOD)
        return
    yield Line(f"- {len(found)} {'difference' if len(found) == 1 else 'differences'}:", Tone.BAD)
    yield from (Line(f"  - {visible(str(one))}", Tone.BAD) for one in found)


def faults(found: Sequence[Fault]) -> Iterator[Line]:
    """What is wrong with a file."""
    yield Line(f"! no rehearsal: {len(found)} {'error' if len(found) == 1 else 'errors'}", Tone.BAD)
    yield from (Line(f"  ! {visible(str(one))}", Tone.BAD) for one in found)


def _what(one: Happening) -> str:
    """The step in a few words."""
    match one.step:
        case steps.Scan() as step:
            return f"scan {_short(step.payload or step.hex or '')} {step.aim}".rstrip()
        case steps.Frame() as step:
            return f"frame of {len(step.symbols)} symbols"
        case steps.Answer() as step:
            given = getattr(step, step.given[0])
            yes_or_no = "yes" if given else "no"
            none = f"no {step.given[0]}"
            return f"answer {yes_or_no if isinstance(given, bool) else none if given is None else _short(str(given))}"
        case step:
            said = step.model_dump(exclude_defaults=True, exclude={"do", "after", "at", "rows"})
            words = (" ".join(value) if isinstance(value, tuple) else str(value) for value in said.values())
            return " ".join([step.do, *map(_short, words)])  # type: ignore[attr-defined]


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _booked(events: Sequence[CountEvent]) -> str:
    """What the journal got of it."""
    facts = [event for event in events if event.kind in UNDOABLE and event.item is not None]
    if not facts:
        return ""
    return " [" + ", ".join(f"{one.kind} {one.qty} {one.item} at {one.location}" for one in facts) + "]"
