"""Command labels: what a scanned command word does.  The same words are printed by ``scanstation labels commands``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drivers import Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import Source
from scanstation.counting.question import Answer
from scanstation.counting.session import CountSession
from scanstation.station.view import LastScan

QUANTITY = "QTY-"
"""Prefix of the quantity labels: ``QTY-12`` sets the quantity of the next scan to 12."""

AUDIT = "AUDIT-"
"""Prefix of the audit labels: ``AUDIT-2026-11`` counts for that audit from now on."""


WORDS: Mapping[str, str] = {
    "UNDO": "take back the last scan",
    "CLOSE": "close the location",
    "DAMAGED": "the last unit is damaged",
    "QUARANTINED": "the last unit goes to quarantine",
    "SIGNOUT": "sign out",
    "HELP": "what to do now",
    "YES": "yes, the answer to a question",
    "NO": "no, the answer to a question",
    "NONE": "there is no lot or serial number on it",
}
"""Every plain command word and its meaning; quantity and audit labels come on top."""


def is_command(word: str) -> bool:
    """Whether there is a command of this word: a plain one, a quantity in digits, or an audit by name."""
    if word.startswith(QUANTITY):
        return word[len(QUANTITY) :].isascii() and word[len(QUANTITY) :].isdigit()
    return word in WORDS or (word.startswith(AUDIT) and word != AUDIT)


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of one seat, by word."""

    plain: Mapping[str, Callable[[], Decision]]
    quantity: Callable[[int], Decision]
    audit: Callable[[str], Decision]

    def run(self, word: str) -> Decision:
        """Run a word of which `is_command` is true."""
        if command := self.plain.get(word):
            return command()
        if word.startswith(QUANTITY):
            return self.quantity(int(word[len(QUANTITY) :][:9]))
        return self.audit(word[len(AUDIT) :])


def seat_commands(
    session: CountSession,
    last: LastScan | None,
    join: Callable[[str], Decision],
    answer: Callable[[Answer], Decision],
    read: Read,
) -> Commands:
    """What the command labels do at this seat.

    ``last`` is the card of the last scan, ``join`` joins an audit, ``answer`` answers the question that stands,
    ``read`` is the label's own read: a delivery that comes again does nothing again.
    """
    origin: dict[str, Any] = {"device": read.device, "read_id": read.read_id}
    return Commands(
        plain={
            "UNDO": lambda: session.undo(source=Source.SCAN, **origin),
            "CLOSE": lambda: session.close_location(source=Source.SCAN, **origin),
            "DAMAGED": lambda: _mark_last(session, last, "damaged", read.read_id),
            "QUARANTINED": lambda: _mark_last(session, last, "quarantined", read.read_id),
            "SIGNOUT": session.sign_out,
            "HELP": lambda: _help(session),
            "YES": lambda: answer(Answer(yes=True)),
            "NO": lambda: answer(Answer(yes=False)),
            "NONE": lambda: answer(Answer(none=True)),
        },
        quantity=session.set_quantity,
        audit=join,
    )


def _mark_last(session: CountSession, last: LastScan | None, status: str, read_id: str | None) -> Decision:
    """One unit more of the line that was scanned last."""
    scanned = (last.item, last.lot) if last else None
    line = next((line for line in session.lines if (line.item, line.lot) == scanned), None)
    if line is None:
        return Decision(outcome=Outcome.REFUSED, text="Scan the unit first, then this label.")
    return session.mark(line.item, line.lot, 1, status, read_id=read_id)


def _help(session: CountSession) -> Decision:
    """What to do now; a question goes on standing."""
    standing = session.question
    if standing is not None:
        return Decision(outcome=Outcome.OK, text=standing.question.words, question=standing.question)
    return Decision(outcome=Outcome.OK, text=_next_step(session))


def _next_step(session: CountSession) -> str:
    if session.operator is None:
        return "Scan your badge and type your PIN."
    if session.audit is None:
        return "Choose the audit on the screen, or scan its label."
    if session.location is None:
        return "Scan the label of the location that you count next."
    return f"Scan every unit at {session.location}, then scan the close label."
