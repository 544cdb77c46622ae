"""Checking a journal: is it what was written, and if not, which event is the first that is wrong?

Every event is checked against its own hash and against the event before it, from the first to the last, in bounded
memory.  Somebody who can write the file can also compute hashes; who rewrites the chain up to its end is found only
by a head (seq, hash) that was noted elsewhere, as every report notes it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import chain
from pathlib import Path

from scanstation.counting.canonical import GENESIS, decode
from scanstation.store.journal_file import explain, open_for_reading

_CHUNK = 2_000


class Flaw(StrEnum):
    """What happened to the event that is named."""

    ALTERED = "altered"  # its content is not what its hash says
    REPLACED = "replaced"  # its hash fits its content, but not the events around it
    REMOVED = "removed"  # it is missing
    INSERTED = "inserted"  # it was put between events that follow one another, or behind the last with a false link
    TRUNCATED = "truncated"  # the noted head lies beyond the last event
    UNREADABLE = "unreadable"  # the file or the row cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer.  ``flaw`` of None means sound; else ``seq`` names the first event that is wrong.  ``text`` says it.

    ``events`` is how many events were checked; ``head`` the (seq, hash) of the last sound one.
    """

    events: int
    head: tuple[int, str]
    flaw: Flaw | None = None
    seq: int | None = None
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether every event is there as it was written."""
        return self.flaw is None

    @property
    def head_hash(self) -> str:
        """The hash of the last sound event."""
        return self.head[1]


@dataclass(frozen=True, slots=True)
class _Link:
    """What the chain needs of one row; ``own`` is the number that the event itself states."""

    seq: int
    own: int
    prev: str
    hash: str
    fault: str = ""  # why the row is no sound event
    flaw: Flaw | None = None


def verify(
    path: Path, head: tuple[int, str] | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Check a journal, in use or not; with ``head`` also that it still holds that event.

    ``progress(checked, total)`` is called now and then.  Raises `JournalError` (IO, DAMAGED) when the file cannot be
    opened as a journal at all; whatever is wrong inside is the answer, not an error.
    """
    path = Path(path)
    connection = open_for_reading(path)
    try:
        total: int = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0]
        return _Walk(head, total, progress).over(_links(connection))
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        connection.close()


class _Walk:
    """One walk along the chain, with the link before and one link of foresight."""

    def __init__(self, head: tuple[int, str] | None, total: int, progress: Callable[[int, int], None] | None) -> None:
        self._noted = head and (head[0], head[1].lower())
        self._total, self._progress = total, progress
        self._before = GENESIS  # prev of `_last`
        self._last = _Link(0, 0, GENESIS, GENESIS)
        self._checked = 0

    def over(self, links: Iterator[_Link]) -> Verification:
        """Walk until the first flaw or the end."""
        ahead: Iterator[_Link | None] = chain(links, (None,))
        link = next(ahead)
        while link is not None:
            following = next(ahead)
            if flaw := self._flaw(link, following):
                return flaw
            self._before, self._last = self._last.hash, link
            self._checked += 1
            if self._progress and self._checked % _CHUNK == 0:
                self._progress(self._checked, self._total)
            link = following
        if self._noted and self._noted[0] > self._last.seq:
            missing = f"events {self._last.seq + 1} to {self._noted[0]} were cut off the end"
            return self._found(Flaw.TRUNCATED, self._last.seq + 1, missing)
        if self._progress:
            self._progress(self._checked, self._total)
        head = (self._last.seq, self._last.hash)
        text = f"{self._checked} events, every one as it was written; head {head[0]}:{head[1]}"
        return Verification(events=self._checked, head=head, text=text)

    def _flaw(self, link: _Link, following: _Link | None) -> Verification | None:
        due = self._last.seq + 1
        if link.seq < 1:
            return self._found(Flaw.INSERTED, link.seq, "a journal begins with event 1")
        if link.flaw is not None:
            return self._found(link.flaw, link.seq, link.fault)
        if link.seq != due and following is None and link.own < due:
            return self._behind(link, f"it calls itself event {link.own}")
        if link.seq != due:
            which = f"event {due} is" if link.seq == due + 1 else f"events {due} to {link.seq - 1} are"
            return self._found(Flaw.REMOVED, due, f"{which} missing")
        if link.prev != self._last.hash:
            return self._broken(link, following)
        if link.own != link.seq:
            return self._found(Flaw.REPLACED, link.seq, f"it calls itself event {link.own}")
        if self._noted and self._noted[0] == link.seq and self._noted[1] != link.hash:
            return self._found(Flaw.REPLACED, link.seq, "its hash is not the one that was noted")
        return None

    def _broken(self, link: _Link, following: _Link | None) -> Verification:
        """``link`` does not follow `_last`: who of the two does not belong?"""
        if self._proven or link.hash == self._last.hash or (following is None and link.own < link.seq):
            return self._not_the_one_before(link, following)
        if self._last.seq and link.prev == self._before:
            return self._found(Flaw.INSERTED, self._last.seq, "it stands between two events that follow one another")
        if link.own > link.seq:
            return self._found(Flaw.REMOVED, link.seq, f"the rest was renumbered, event {link.own} stands here")
        if following is not None and following.prev == self._last.hash:
            return self._found(Flaw.INSERTED, link.seq, "it stands between two events that follow one another")
        if not self._last.seq or (following is not None and following.flaw is None and following.prev != link.hash):
            return self._found(Flaw.REPLACED, link.seq, "it does not follow the event before it")
        either = f", or event {link.seq} was put in behind it: only a noted head can tell" if following is None else ""
        return self._found(Flaw.REPLACED, self._last.seq, f"the event after it follows another one{either}")

    @property
    def _proven(self) -> bool:
        """Whether the noted head is `_last`: it and all before it are sound, whatever follows."""
        return bool(self._noted and self._noted[0] == self._last.seq)

    def _not_the_one_before(self, link: _Link, following: _Link | None) -> Verification:
        """``link`` does not follow `_last`, which is sound."""
        if link.own > link.seq:
            return self._found(Flaw.REMOVED, link.seq, f"the rest was renumbered, event {link.own} stands here")
        if following is None:
            return self._behind(link, "it does not follow the event before it")
        if following.prev == self._last.hash:
            return self._found(Flaw.INSERTED, link.seq, "it stands between two events that follow one another")
        return self._found(Flaw.REPLACED, link.seq, "it does not follow the event before it")

    def _behind(self, link: _Link, how: str) -> Verification:
        """``link`` is the last row and wrong: it was put in, unless the noted head says that such an event was."""
        known = self._noted is not None and self._noted[0] >= link.seq
        return self._found(Flaw.REPLACED if known else Flaw.INSERTED, link.seq, how)

    def _found(self, flaw: Flaw, seq: int, how: str) -> Verification:
        text = f"Event {seq} was {flaw}: {how}."
        return Verification(events=self._checked, head=(self._last.seq, self._last.hash), flaw=flaw, seq=seq, text=text)


def _links(connection: sqlite3.Connection) -> Iterator[_Link]:
    seq = 0
    try:
        for seq, body, digest in connection.execute("SELECT seq, body, hash FROM event ORDER BY seq"):
            yield _link(seq, body, digest)
    except sqlite3.Error as error:
        yield _Link(seq + 1, seq + 1, "", "", f"the file is damaged here ({error})", Flaw.UNREADABLE)


def _link(seq: int, body: object, digest: str) -> _Link:
    if not isinstance(body, str) or sha256(body.encode()).hexdigest() != digest:
        return _Link(seq, seq, "", digest, "its content is not what its hash says", Flaw.ALTERED)
    try:
        event = decode(body, digest)
    except (ValueError, KeyError, TypeError, json.JSONDecodeError) as error:
        return _Link(seq, seq, "", digest, f"it is no event ({error})", Flaw.UNREADABLE)
    if not isinstance(event.seq, int):
        return _Link(seq, seq, "", digest, f"its number {event.seq!r} is no whole number", Flaw.UNREADABLE)
    return _Link(seq, event.seq, event.prev, digest)
