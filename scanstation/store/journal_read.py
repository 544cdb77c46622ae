"""Reads the events of a journal, in use or not."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scanstation.counting.canonical import decode, decode_all
from scanstation.counting.events import CountEvent
from scanstation.store import journal_file

_CHUNK = 2_000
_UNREADABLE = (ValueError, KeyError, TypeError)

_Row = tuple[int, str, str]
"""(seq, body, hash)."""


def read_events(path: Path, after: int = 0) -> Iterator[CountEvent]:
    """Read the durable events of a journal with seq > ``after``, whether a station has it open or not.

    Raises `JournalError` (DAMAGED) at a row that holds no event.
    """
    connection = journal_file.open_for_reading(path)
    try:
        while rows := connection.execute(
            "SELECT seq, body, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, _CHUNK)
        ).fetchall():
            yield from _decoded(path, rows)
            after = rows[-1][0]
    finally:
        connection.close()


def _decoded(path: Path, rows: Sequence[_Row]) -> Iterable[CountEvent]:
    """The events of these rows; where not every row holds one, those before the first that does not."""
    _, bodies, digests = zip(*rows, strict=True)
    try:
        return decode_all(bodies, digests)
    except _UNREADABLE:
        return _one_by_one(path, rows)


def _one_by_one(path: Path, rows: Sequence[_Row]) -> Iterator[CountEvent]:
    for seq, body, digest in rows:
        try:
            yield decode(body, digest)
        except _UNREADABLE as error:
            raise journal_file.damaged(path, f"event {seq} cannot be read ({error})") from error
