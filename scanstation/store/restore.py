"""Restore: put a verified backup in the place of a station's files, and lose nothing that was there."""

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from scanstation.counting.errors import JournalError
from scanstation.store.backup import (
    JOURNAL_COPY,
    STOCK_COPY,
    Backup,
    BackupError,
    BackupReason,
    check_backup,
    connected,
    sync,
)
from scanstation.store.journal_file import WriterLock


def restore(source: Path, journal: Path, stock: Path, *, force: bool = False) -> Backup:
    """Put the backup in ``source`` in the place of a station's journal and stock file.

    What was there is kept beside it (``journal.db.before-restore-1`` and so on).  Raises `BackupError`: MISSING and
    UNSOUND as `check_backup`; IN_USE when a station runs on these files (``force`` does not help: stop it); NEWER
    when the journal there holds events that the backup lacks, unless ``force``; IO (then restore again: each file is
    either the old or the new one).
    """
    made = check_backup(source)
    try:
        lock = WriterLock(journal)
    except JournalError as error:
        raise BackupError(BackupReason.IN_USE, str(error), "Stop the station, then restore.") from error
    try:
        if journal.exists() and not force:
            _require_nothing_newer(journal, source / JOURNAL_COPY, made)
        _swap_in(source / JOURNAL_COPY, journal)
        if made.stock_sha256:
            _swap_in(source / STOCK_COPY, stock)
    except OSError as error:
        message = f"The restore from {source} failed: {error}."
        raise BackupError(BackupReason.IO, message, "Check the disk, then restore again.") from error
    finally:
        lock.release()
    return made


def _require_nothing_newer(journal: Path, copy: Path, made: Backup) -> None:
    """Every event of the journal there must be in the copy: then its last one is, with the same hash."""
    try:
        with connected(journal, "rw") as connection:
            last = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        if last is None:
            return
        with connected(copy, "ro") as connection:
            same = connection.execute("SELECT hash FROM event WHERE seq = ?", last[:1]).fetchone()
    except sqlite3.Error:
        return  # nobody can read the journal there: nothing to compare, and it is kept beside
    if same is None or same[0] != last[1]:
        raise BackupError(
            BackupReason.NEWER,
            f"The journal {journal} has events (up to {last[0]}) that the backup (up to {made.seq}) lacks.",
            "Back it up first; then restore with --force.",
        )


def _swap_in(copy: Path, place: Path) -> None:
    """Put a copy in place in one step; keep what was there under a free name.

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
