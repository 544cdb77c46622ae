"""Backup of a running station (`scanstation.store.restore` is the way back).

A backup is a folder with a copy of the journal, a copy of the stock file, and ``backup.json``: when it was made, the
journal's head (seq, hash) and the SHA-256 of both copies.  Copies are made by SQLite's own backup interface, so that
the station goes on counting.  The journal is copied first: should an audit be posted in between, the stock copy holds
the posting and the journal lacks its event, which heals at the next start; the other way round a posting would be
recorded that never reached the stock.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from scanstation.counting.errors import JournalError
from scanstation.errors import ScanstationError
from scanstation.store.journal_verify import Verification, verify

JOURNAL_COPY, STOCK_COPY, MANIFEST = "journal.db", "stock.db", "backup.json"

_PAGES = 1_000  # copied at a time: about 4 MB, so that a writer waits for milliseconds at most

Progress = Callable[[int, int], None]
"""Called with (done, total), in pages."""


class BackupReason(StrEnum):
    """Why a backup or a restore was refused."""

    MISSING = "missing"
    EXISTS = "exists"
    UNSOUND = "unsound"  # a copy that does not verify
    IN_USE = "in_use"  # a station writes the journal that would be overwritten
    NEWER = "newer"  # the journal that would be overwritten holds events that the backup lacks
    IO = "io"


class BackupError(ScanstationError):
    """A backup or restore did not take place; nothing was changed."""

    def __init__(self, reason: BackupReason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What ``backup.json`` says.  ``made_at`` is microseconds UTC; ``stock_sha256`` is empty without a stock file."""

    made_at: int
    seq: int
    hash: str
    journal_sha256: str
    stock_sha256: str


def backup(journal: Path, stock: Path, target: Path, *, now: int, progress: Progress | None = None) -> Backup:
    """Copy a station's journal and stock file, running or not, into the new folder ``target``, and verify the copies.

    Raises `BackupError`: EXISTS when ``target`` holds something, MISSING without a journal, UNSOUND when a copy does
    not verify (the copy stays for examination, without ``backup.json``), IO.
    """
    if not journal.exists():
        raise BackupError(BackupReason.MISSING, f"There is no journal {journal}.", "Check the data folder's name.")
    if target.exists() and any(target.iterdir()):
        raise BackupError(BackupReason.EXISTS, f"{target} is not empty.", "Name a new folder for every backup.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        _copy(journal, target / JOURNAL_COPY, progress)
        if stock.exists():
            _copy(stock, target / STOCK_COPY, progress)
        made = _describe(target, now)
        text = json.dumps({"format": 1, **asdict(made)}, indent=1) + "\n"
        (target / MANIFEST).write_text(text, "utf-8")
        sync(target / MANIFEST)
        sync(target)
    except (sqlite3.Error, OSError) as error:
        raise BackupError(BackupReason.IO, f"The backup to {target} failed: {error}.", "Check the disk.") from error
    return made


def check_backup(source: Path) -> Backup:
    """Verify a backup folder against its ``backup.json``.  Raises `BackupError` (MISSING, UNSOUND)."""
    try:
        document = json.loads((source / MANIFEST).read_text("utf-8"))
        document.pop("format")
        said = Backup(**document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(
            BackupReason.MISSING, f"{source} is no complete backup: {error}.", "Name the folder of a backup."
        ) from error
    found = _describe(source, said.made_at)
    if found != said:
        raise BackupError(
            BackupReason.UNSOUND, f"The files in {source} are not those that were backed up.", "Use another backup."
        )
    return said


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    def tell(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with connected(source, "ro") as reader, connected(target, "rwc") as writer:
        reader.backup(writer, pages=_PAGES, progress=tell)
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself
    sync(target)


@contextmanager
def connected(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """A connection that is closed at the end of the block; ``mode`` is ro, rw or rwc."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _describe(folder: Path, now: int) -> Backup:
    """Verify the copies in a folder and describe them."""
    answer = _sound_journal(folder / JOURNAL_COPY)
    stock = folder / STOCK_COPY
    if stock.exists():
        _require_sound_stock(stock)
    return Backup(
        made_at=now,
        seq=answer.head[0],
        hash=answer.head[1],
        journal_sha256=_sha256(folder / JOURNAL_COPY),
        stock_sha256=_sha256(stock) if stock.exists() else "",
    )


def _sound_journal(path: Path) -> Verification:
    try:
        answer = verify(path)
    except JournalError as error:
        raise BackupError(BackupReason.UNSOUND, str(error), "Use another backup.") from error
    if not answer.sound:
        raise BackupError(
            BackupReason.UNSOUND, f"The journal copy {path} is not sound: {answer.text}", "Verify the journal itself."
        )
    return answer


def _require_sound_stock(path: Path) -> None:
    try:
        with connected(path, "ro") as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise BackupError(BackupReason.UNSOUND, f"The stock copy {path} is damaged: {answer}.", "Use another backup.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
