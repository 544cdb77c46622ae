"""Backup of a running station, and restore.

A backup is a folder with a copy of the journal, of the stock file and of the pictures that counts rest on, and
``backup.json``: when it was made, the journal's head and the SHA-256 of the copies. Copies of the files are made by
SQLite's own backup interface, so that the station goes on counting. The journal is copied first: should an audit be
posted in between, the stock copy holds the posting and the journal lacks its event, which heals at the next start;
the other way round a posting would be recorded that never reached the stock. Pictures are copied last: those that the
copied events name are durable before them.
"""

import json
import sqlite3
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from scanstation.counting.errors import JournalError
from scanstation.errors import ScanstationError
from scanstation.store.backup_files import (
    Progress,
    connected,
    copy_database,
    fault_of_database,
    sha256,
    swap_in,
    sync,
)
from scanstation.store.backup_pictures import copy_pictures, describe_pictures, put_back
from scanstation.store.journal_file import WriterLock
from scanstation.store.journal_verify import Verification, verify

JOURNAL_COPY, STOCK_COPY, PICTURES_COPY, MANIFEST = "journal.db", "stock.db", "pictures", "backup.json"

_FORMAT = 1


class BackupReason(StrEnum):
    """Why a backup or a restore was refused."""

    MISSING = "missing"
    EXISTS = "exists"
    UNSOUND = "unsound"  # a copy that does not verify
    IN_USE = "in_use"  # a station writes the journal that would be overwritten
    NEWER = "newer"  # the journal that would be overwritten holds events that the backup lacks
    IO = "io"


class BackupError(ScanstationError):
    """A backup or restore did not take place: ``reason`` for programs, ``remedy`` for people."""

    def __init__(self, reason: BackupReason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What ``backup.json`` says.  ``made_at`` is microseconds UTC; ``events`` and ``head_hash`` are the journal's head.

    ``stock_sha256`` is empty where the station had no stock file.  ``pictures`` were copied, ``altered`` of them not
    what their names say, already at the station; ``pictures_sha256`` is that of the list of names and contents, empty
    where there are none.
    """

    made_at: int
    events: int
    head_hash: str
    journal_sha256: str
    stock_sha256: str
    pictures: int = 0
    altered: int = 0
    pictures_sha256: str = ""


def backup(
    journal: Path,
    stock: Path,
    target: Path,
    *,
    pictures: Path | None = None,
    now: int | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Copy a station's journal, stock file and pictures, running or not, into the new folder ``target``; verify them.

    ``now`` (microseconds UTC) is the system's time where it is not given.  Raises `BackupError`: EXISTS when
    ``target`` holds something, MISSING without a journal, UNSOUND when a copy does not verify (it stays for
    examination, without ``backup.json``), IO.
    """
    if not journal.exists():
        raise BackupError(BackupReason.MISSING, f"There is no journal {journal}.", "Check the data folder's name.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(BackupReason.EXISTS, f"{target} is not empty.", "Name a new folder for every backup.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        copy_database(journal, target / JOURNAL_COPY, progress)
        if stock.exists():
            copy_database(stock, target / STOCK_COPY, progress)
        if pictures is not None:
            copy_pictures(pictures, target / PICTURES_COPY)
        made = _describe(target, time.time_ns() // 1_000 if now is None else now)
        text = json.dumps({"format": _FORMAT, **asdict(made)}, indent=1) + "\n"
        (target / MANIFEST).write_text(text, "utf-8")
        sync(target / MANIFEST)
        sync(target)
    except (sqlite3.Error, OSError) as error:
        message = f"The backup to {target} failed: {error}."
        raise BackupError(BackupReason.IO, message, "Check the disk, then back up to a new folder.") from error
    return made


def check_backup(source: Path) -> Backup:
    """Verify a backup folder against its ``backup.json``.  Raises `BackupError` (MISSING, UNSOUND)."""
    try:
        document = json.loads((source / MANIFEST).read_text("utf-8"))
        if document.pop("format") != _FORMAT:
            raise ValueError("it was made by another version")
        said = Backup(**document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{source} is no complete backup: {error}."
        raise BackupError(BackupReason.MISSING, message, "Name the folder of a backup.") from error
    if _describe(source, said.made_at) != said:
        message = f"The files in {source} are not those that were backed up."
        raise BackupError(BackupReason.UNSOUND, message, "Use another backup.")
    return said


def restore(source: Path, journal: Path, stock: Path, *, pictures: Path | None = None, force: bool = False) -> Backup:
    """Put the backup in ``source`` in the place of a station's journal, stock file and pictures.

    What was there is kept beside it (``journal.db.before-restore-1`` and so on); pictures that
    the backup lacks stay.  Raises `BackupError`: MISSING and
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
        if pictures is not None:
            put_back(source / PICTURES_COPY, pictures)
        swap_in(source / JOURNAL_COPY, journal)
        if made.stock_sha256:
            swap_in(source / STOCK_COPY, stock)
    except OSError as error:
        message = f"The restore from {source} failed: {error}."
        raise BackupError(BackupReason.IO, message, "Check the disk, then restore again.") from error
    finally:
        lock.release()
    return made


def _describe(folder: Path, now: int) -> Backup:
    """Verify the copies in a folder and describe them."""
    answer = _sound_journal(folder / JOURNAL_COPY)
    stock = folder / STOCK_COPY
    if stock.exists() and (fault := fault_of_database(stock)):
        raise BackupError(BackupReason.UNSOUND, f"The stock copy {stock} is damaged: {fault}.", "Use another backup.")
    pictures, altered, digest = describe_pictures(folder / PICTURES_COPY)
    return Backup(
        made_at=now,
        events=answer.events,
        head_hash=answer.head_hash,
        journal_sha256=sha256(folder / JOURNAL_COPY),
        stock_sha256=sha256(stock),
        pictures=pictures,
        altered=altered,
        pictures_sha256=digest,
    )


def _sound_journal(path: Path) -> Verification:
    try:
        answer = verify(path)
    except JournalError as error:
        raise BackupError(BackupReason.UNSOUND, str(error), "Use another backup.") from error
    if not answer.ok:
        message = f"The journal copy {path} is not sound: {answer.text}"
        raise BackupError(BackupReason.UNSOUND, message, "Verify the journal itself; use another backup.")
    return answer


def _require_nothing_newer(journal: Path, copy: Path, made: Backup) -> None:
    """Every event of the journal there must be in the copy: it is when its last one is, with the same hash."""
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
            f"The journal {journal} has events (up to {last[0]}) that the backup (up to {made.events}) lacks.",
            "Back it up first; then restore with --force.",
        )
