"""The journal on disk: an append-only, hash-chained list of count events in a SQLite file of its own.

One writer thread owns the one writing connection and commits everything that waits in one transaction (group
commit): write-ahead log, ``synchronous=FULL``, so a commit returns after the fsync.  A future resolves after that
and not before.  Producers encode their events themselves, while the writer waits for the disk.

The table is as plain as can be, so that anyone can check it (see `scanstation.counting.canonical`)::

    event(seq INTEGER PRIMARY KEY, body TEXT, hash TEXT)

After a failed commit nobody knows what is on the disk.  So the journal then stops: all that waits fails with
`JournalError`, later events are refused, and only `reopen` (which reads the truth from the disk) lets it go on.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from types import TracebackType

from scanstation.counting.canonical import Pieces, fill, pieces, stamped
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.counting.events import CountEvent
from scanstation.store import journal_file
from scanstation.store.journal_file import WriterLock
from scanstation.store.journal_read import read_events

_BATCH_LIMIT = 5_000
_LOOK_EVERY = 250  # events of the largest size would take 1 MB meanwhile, far less than what is kept free
_ROWS_A_STATEMENT = 64
_INSERTS = tuple(
    "INSERT INTO event (seq, body, hash) VALUES " + ",".join(["(?,?,?)"] * rows)
    for rows in range(_ROWS_A_STATEMENT + 1)
)


class Submission(Future[tuple[CountEvent, ...]]):
    """The promise that events will be durable.

    ``first_seq`` is known at once: the events will have first_seq, first_seq + 1, ...  The result holds the events
    with ``seq``, ``prev`` and ``hash``; it is made when it is asked for, by who asks, to keep the writer free.
    """

    _chain: Sequence[str] = ()
    """``prev`` of the first event, then the hash of each; set by `settle`."""

    def __init__(self, events: tuple[CountEvent, ...], first_seq: int) -> None:
        super().__init__()
        self.first_seq = first_seq
        self._events = events

    def settle(self, chain: Sequence[str]) -> None:
        """Resolve; for the journal."""
        self._chain = chain
        try:
            self.set_result(())
        except InvalidStateError:
            return  # cancelled: nobody waits, but the events are journaled all the same

    def fail(self, failure: JournalError) -> None:
        """Resolve with a failure; for the journal."""
        with contextlib.suppress(InvalidStateError):
            self.set_exception(failure)

    def result(self, timeout: float | None = None) -> tuple[CountEvent, ...]:
        """Wait for the fsync and return the events as they are on disk."""
        super().result(timeout)
        chain, seq, events = self._chain, self.first_seq, self._events
        if len(events) == 1:
            return (stamped(events[0], seq, chain[0], chain[1]),)
        return tuple([stamped(event, seq + i, chain[i], chain[i + 1]) for i, event in enumerate(events)])


_Waiting = tuple[Submission, tuple[Pieces, ...]]


class SqliteJournal:
    """Implements `scanstation.counting.ports.Journal`.

    ``min_free_bytes`` is kept free on the volume: events are refused before the disk is full.  Opening makes the
    file when it is missing, takes the writer's lock, and checks that the last events chain; it truncates nothing.
    Raises `JournalError` (LOCKED, DAMAGED, NEWER, DISK_FULL, IO).
    """

    def __init__(self, path: Path, *, min_free_bytes: int = 16_000_000) -> None:
        self.path = Path(path)
        self.on_commit: Callable[[int, float], None] | None = None
        """Told by the writer after each commit, before those who wait: events stored, seconds with the fsync."""
        self._min_free = min_free_bytes
        self._wake = threading.Condition()
        self._queue: list[_Waiting] = []
        self._failure: JournalError | None = None
        self._closing = True
        self._open()

    # -- life -------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._lock = WriterLock(self.path)
        try:
            self._connection = journal_file.open_for_writing(self.path)
            self._head = journal_file.check_tail(self._connection, self.path)
        except BaseException:
            self._lock.release()
            raise
        self._last_seq = self._head[0]
        self._failure = None
        self._closing = False
        self._unlooked = _LOOK_EVERY
        self._writer = threading.Thread(target=self._run, name=f"journal {self.path.name}", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Write what waits, then let the file and its lock go.  Closing twice is harmless."""
        with self._wake:
            if self._closing:
                return
            self._closing = True
            self._wake.notify()
        self._writer.join()
        self._connection.close()
        self._lock.release()

    def reopen(self) -> None:
        """Close and open again, to go on after a failure: what is on the disk is the truth."""
        self.close()
        self._open()

    def __enter__(self) -> "SqliteJournal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- use --------------------------------------------------------------------------------------------------

    @property
    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last durable event; (0, the genesis hash) when empty."""
        return self._head

    @property
    def failure(self) -> JournalError | None:
        """Why the journal has stopped, or None while it takes events."""
        return self._failure

    @property
    def waiting(self) -> int:
        """Events that wait for their commit."""
        with self._wake:
            return sum(len(parts) for _, parts in self._queue)

    def submit(self, events: Sequence[CountEvent]) -> Submission:
        """Queue events for the group commit: stored together or not at all, in the order of the calls.

        Raises `JournalError`: INVALID when an event cannot be written down (nothing of the call is queued), STOPPED
        after a failure, CLOSED after `close`.
        """
        try:
            parts = tuple(map(pieces, events))
        except (TypeError, ValueError) as error:
            raise JournalError(JournalReason.INVALID, f"The event cannot be journaled: {error}") from error
        with self._wake:
            if self._failure is not None:
                raise _stopped(self._failure)
            if self._closing:
                raise JournalError(JournalReason.CLOSED, f"The journal {self.path} is closed.", "Open it again.")
            submission = Submission(tuple(events), self._last_seq + 1)
            self._last_seq += len(parts)
            self._queue.append((submission, parts))
            self._wake.notify()
        return submission

    def events(self, after: int = 0) -> Iterator[CountEvent]:
        """All durable events with seq > ``after`` in order.

        Read in chunks on a connection of its own: no reader holds the writer up, or the log's reuse.
        """
        return read_events(self.path, after)

    # -- the writer thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                self._look_at_the_disk(sum(len(parts) for _, parts in batch))
                self._commit(batch)
            except Exception as error:
                self._stop(batch, journal_file.explain(error, self.path))
                return

    def _look_at_the_disk(self, events: int) -> None:
        """Look for free space at the first commit and then every few hundred events.

        Looking lets go of Python's global lock, and with many producers getting it back takes longer than the look.
        """
        self._unlooked += events
        if self._unlooked >= _LOOK_EVERY:
            journal_file.require_free(self.path, self._min_free)
            self._unlooked = 0

    def _next_batch(self) -> list[_Waiting]:
        with self._wake:
            while not self._queue:
                if self._closing:
                    return []
                self._wake.wait()
            batch = self._queue[:_BATCH_LIMIT]
            del self._queue[:_BATCH_LIMIT]
            return batch

    def _commit(self, batch: list[_Waiting]) -> None:
        seq, prev = self._head
        values: list[int | str] = []
        chains: list[list[str]] = []
        for _, parts in batch:
            chain = [prev]
            for part in parts:
                seq += 1
                body, prev = fill(part, seq, prev)
                values += (seq, body, prev)
                chain.append(prev)
            chains.append(chain)
        began = time.perf_counter()
        self._store(values)
        took = time.perf_counter() - began
        self._head = (seq, prev)
        if self.on_commit is not None:
            self.on_commit(len(values) // 3, took)
        for (submission, _), links in zip(batch, chains, strict=True):
            submission.settle(links)

    def _store(self, values: list[int | str]) -> None:
        """Insert rows in one transaction, many rows a statement.

        Each step of a statement lets go of Python's global lock, and with many producers getting it back costs more
        than the insert itself.  One statement alone is its own transaction.
        """
        execute, most = self._connection.execute, 3 * _ROWS_A_STATEMENT
        if len(values) <= most:
            if values:
                execute(_INSERTS[len(values) // 3], values)
            return
        execute("BEGIN IMMEDIATE")
        for start in range(0, len(values), most):
            part = values[start : start + most]
            execute(_INSERTS[len(part) // 3], part)
        execute("COMMIT")

    def _stop(self, batch: list[_Waiting], failure: JournalError) -> None:
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # the failure that stopped us is the one to tell
                self._connection.execute("ROLLBACK")
        with self._wake:
            self._failure = failure
            batch = batch + self._queue
            self._queue = []
        for submission, _ in batch:
            submission.fail(failure)


def _stopped(failure: JournalError) -> JournalError:
    return JournalError(
        JournalReason.STOPPED,
        f"The journal has stopped and takes no events: {failure}",
        failure.remedy or "Mend the cause, then reopen the journal.",
    )
