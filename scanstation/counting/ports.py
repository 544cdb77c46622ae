"""What counting needs of the store."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

from scanstation.counting.events import CountEvent


class Journal(Protocol):
    """An append-only, hash-chained list of count events.

    A future of `submit` resolves only after the events are on disk (fsync), with ``seq``, ``prev`` and ``hash``
    set; events of one call are stored together or not at all, in the order of the calls.  It fails with
    `JournalError` (disk full, I/O error); after a failure the journal refuses further events until reopened, so
    that nothing is acknowledged that is not there.
    """

    def submit(self, events: Sequence[CountEvent]) -> Future[tuple[CountEvent, ...]]:
        """Queue events for the group commit."""

    def events(self, after: int = 0) -> Iterator[CountEvent]:
        """All durable events with seq > ``after`` in order."""

    @property
    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last durable event; (0, the genesis hash) when empty."""
