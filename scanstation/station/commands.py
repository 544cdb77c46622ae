"""Command labels: what a scanned command word does.  The same words are printed by ``scanstation labels commands``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scanstation.counting.decision import Decision, Outcome

QUANTITY = "QTY-"
"""Prefix of the quantity labels: ``QTY-12`` sets the quantity of the next scan to 12."""

AUDIT = "AUDIT-"
"""Prefix of the audit labels: ``AUDIT-2026-11`` counts for that audit from now on."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command word, its meaning in words, and what it does."""

    word: str
    meaning: str
    run: Callable[[], Decision]


class Commands:
    """The commands of one seat, by word."""

    def __init__(
        self,
        commands: Mapping[str, Command],
        *,
        quantity: Callable[[int], Decision],
        audit: Callable[[str], Decision],
    ) -> None:
        self._commands = commands
        self._quantity = quantity
        self._audit = audit

    def run(self, word: str) -> Decision:
        """Run a word; an unknown one is refused in words."""
        if command := self._commands.get(word):
            return command.run()
        if word.startswith(QUANTITY) and word[len(QUANTITY) :].isdecimal():
            return self._quantity(int(word[len(QUANTITY) :][:9]))
        if word.startswith(AUDIT):
            return self._audit(word[len(AUDIT) :])
        return Decision(outcome=Outcome.UNKNOWN, text=f"no such command: {word}", code=word)


WORDS: Mapping[str, str] = {
    "UNDO": "take back the last scan",
    "CLOSE": "close the location",
    "DAMAGED": "the last unit is damaged",
    "QUARANTINED": "the last unit goes to quarantine",
    "SIGNOUT": "sign out",
    "HELP": "what to do now",
}
"""Every plain command word and its meaning; quantity and audit labels come on top."""
