"""The handling of files that backup and restore share: copy, check, and put in place without a gap."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAGES = 1_000  # copied at a time: about 4 MB, so that a writer waits for milliseconds at most

Progress = Callable[[int, int], None]
"""Called with (done, total), in pages."""


@contextmanager
def connected(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A connection that is closed at the end of the block; ``mode`` is ro, rw or rwc."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def copy_database(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy a SQLite file, in use or not, as of one moment, into one file that is complete in itself."""

    def tell(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with connected(source, "ro") as reader, connected(target, "rwc") as writer:
        reader.backup(writer, pages=_PAGES, progress=tell)
        writer.execute("PRAGMA journal_mode=DELETE")
    sync(target)


def fault_of_database(path: Path) -> str | None:
    """Why a SQLite file cannot be used, or None."""
    try:
        with connected(path, "ro") as connection:
            answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        answer = str(error)
    return None if answer == "ok" else answer


def swap_in(copy: Path, place: Path) -> None:
    """Put a copy in place in one step; keep what was there under a free name (``journal.db.before-restore-1``).

    The old write-ahead log is folded into the old file first (or put aside with a file that cannot be opened): left
    behind, SQLite would play it into the new file.
    """
    fresh = place.with_name(place.name + ".restoring")
    shutil.copyfile(copy, fresh)
    sync(fresh)
    if place.exists():
        _set_aside(place)
    fresh.replace(place)
    sync(place.parent)


def _set_aside(place: Path) -> None:
    number = 1
    while (kept := place.with_name(f"{place.name}.before-restore-{number}")).exists():
        number += 1
    with suppress(sqlite3.Error), connected(place, "rw") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept.hardlink_to(place)
    for tail in ("-wal", "-shm"):
        part = place.with_name(place.name + tail)
        if part.exists():
            part.rename(kept.with_name(kept.name + tail))


def sha256(path: Path) -> str:
    """SHA-256 of a file in lower case hex; empty for a file that is not there."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
