"""The journal's file: its format, its lock, its connections, and what its errors mean in words."""

import errno
import os
import sqlite3
from pathlib import Path

from scanstation.counting.canonical import GENESIS, decode, encode
from scanstation.counting.errors import JournalError, JournalReason

APPLICATION_ID = 0x5343414E
"""``PRAGMA application_id`` of a journal ("SCAN")."""

FORMAT = 1
"""``PRAGMA user_version``: rises when a later version could not be read by this one."""

TAIL = 100
"""How many of the last events are checked when the journal is opened."""

_LOG_PAGES = 1_000
"""Pages in the write-ahead log before it is folded into the file and written from its beginning again."""

_LOG_BYTES = (_LOG_PAGES + 64) * (4_096 + 24)  # pages with their frame headers, and the last commit's overshoot

_TABLE = """
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS event_is_never_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""


class WriterLock:
    """The right to write a journal, held by one process at a time.

    It is an advisory lock on a file beside the journal, not on the journal itself: closing any descriptor of a
    file drops the process's POSIX locks on it, SQLite's among them.  The system releases it when the process dies.
    """

    def __init__(self, path: Path) -> None:
        import fcntl

        self.path = path.with_name(path.name + ".lock")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file: int | None = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise JournalError(
                JournalReason.LOCKED,
                f"Another process (pid {holder}) writes the journal {path}.",
                "Stop the other station, or give this one a data folder of its own.",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the lock go.  The file stays: removing it would let two processes lock two files."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open (or make) the journal with every commit forced to the disk.  Raises `JournalError`."""
    try:
        new = not path.exists()
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=10, cached_statements=256
        )
        try:
            _prepare(connection, path)
            _lay_out_log(connection, path)
        except BaseException:
            connection.close()
            raise
        if new:
            _sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise damaged(path, "it is a SQLite file, but no journal")
    if version > FORMAT:
        raise JournalError(
            JournalReason.NEWER,
            f"The journal {path} has format {version}; this version knows formats up to {FORMAT}.",
            "Install the version that wrote it, or a later one.",
        )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    if not tables:
        connection.executescript(
            f"BEGIN; {_TABLE} PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={FORMAT}; COMMIT;"
        )


def _lay_out_log(connection: sqlite3.Connection, path: Path) -> None:
    """Give an empty write-ahead log its full length in zeros.

    A commit that overwrites is on the disk in little more than half the time of one that lengthens a file, since the
    file system has nothing to note.  SQLite takes a log whose header is zeros for an empty one.  A log that another
    connection reads, or a disk without room, is left as it is.
    """
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    log = path.with_name(path.name + "-wal")
    if busy or not log.exists() or log.stat().st_size:
        return
    with log.open("r+b", buffering=0) as file:
        try:
            whole = file.write(bytes(_LOG_BYTES)) == _LOG_BYTES
            os.fsync(file.fileno())
        except OSError:
            whole = False
        if not whole:
            file.truncate(0)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a journal, in use or not, so that this connection can change nothing.  Raises `JournalError`."""
    try:
        if not path.exists():
            raise JournalError(JournalReason.IO, f"There is no journal {path}.", "Check the data folder's name.")
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise damaged(path, "it is a SQLite file, but no journal")
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
    return connection


def check_tail(connection: sqlite3.Connection, path: Path) -> tuple[int, str]:
    """Check that the last events chain and return the head (seq, hash).  Raises `JournalError` (DAMAGED)."""
    rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq DESC LIMIT ?", (TAIL,)).fetchall()
    if not rows:
        return 0, GENESIS
    rows.reverse()
    prev = GENESIS if rows[0][0] == 1 else None
    expected = rows[0][0]
    for seq, body, digest in rows:
        try:
            event = decode(body, digest)
            sound = encode(event, seq, event.prev) == (body, digest) and prev in (None, event.prev) and seq == expected
        except (ValueError, KeyError, TypeError):
            sound = False
        if not sound:
            raise damaged(path, f"event {seq} does not fit the one before it")
        prev, expected = digest, seq + 1
    return rows[-1][0], rows[-1][2]


def require_free(path: Path, min_free_bytes: int) -> None:
    """Raise `JournalError` (DISK_FULL) unless the volume has that many bytes free for this user."""
    volume = os.statvfs(path.parent)
    free = volume.f_bavail * volume.f_frsize
    if free < min_free_bytes:
        raise _disk_full(path, f"{free:,} bytes are free, {min_free_bytes:,} must stay free")


def damaged(path: Path, what: str) -> JournalError:
    """The file cannot be trusted."""
    return JournalError(
        JournalReason.DAMAGED,
        f"The journal {path} is damaged: {what}.",
        "Run `scanstation journal verify` to see what is wrong, then restore a backup.",
    )


def explain(error: Exception, path: Path) -> JournalError:
    """Say in words what an error of SQLite or of the system means for the journal."""
    if isinstance(error, JournalError):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    number = getattr(error, "errno", None)
    if code == sqlite3.SQLITE_FULL or number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _disk_full(path, str(error))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path, str(error))
    return JournalError(
        JournalReason.IO,
        f"The journal {path} cannot be written: {error}.",
        "Check the disk, the mount and the permissions of the data folder, then reopen the journal.",
    )


def _disk_full(path: Path, detail: str) -> JournalError:
    return JournalError(
        JournalReason.DISK_FULL,
        f"The disk of the journal {path} is full: {detail}.",
        "Counting has stopped; all that was confirmed is safe. Free space on this disk, then start counting again.",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
