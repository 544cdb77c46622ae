"""Backup of a running station, and restore that loses nothing."""

import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from drivers.read import Picture
from scanstation.station.picture_folder import PictureFolder
from scanstation.store.backup import BackupError, BackupReason, backup, check_backup, restore
from scanstation.store.journal import SqliteJournal
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify

FIRST, SECOND = b"a picture", b"another picture"


@pytest.fixture
def stock(tmp_path):
    """A stock file in use: its last change lies in the write-ahead log."""
    with closing(sqlite3.connect(tmp_path / "stock.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE item (item)")
        connection.execute("INSERT INTO item VALUES ('before')")
        yield tmp_path / "stock.db"


@pytest.fixture
def saved(written, stock, tmp_path):
    """A backup of 20 events."""
    backup(written, stock, tmp_path / "safe", now=1_000)
    return tmp_path / "safe"


def items(stock):
    with closing(sqlite3.connect(stock)) as connection:
        return [row[0] for row in connection.execute("SELECT item FROM item")]


def reason(function, *arguments, **more):
    with pytest.raises(BackupError) as caught:
        function(*arguments, **more)
    assert caught.value.remedy
    return caught.value.reason


def test_a_station_goes_on_counting_while_it_is_backed_up(journal, stock, tmp_path, event):
    stop = threading.Event()
    acknowledged = []

    def count():
        while not stop.is_set():
            acknowledged.append(journal.submit([event(len(acknowledged) + 1)] * 20).result(30)[-1].seq)

    journal.submit([event(i) for i in range(1, 5_000)]).result(30)
    counting = threading.Thread(target=count)
    counting.start()
    pages = []
    try:
        before = journal.head[0]
        made = backup(journal.path, stock, tmp_path / "safe", now=77, progress=lambda *done: pages.append(done))
        after = journal.head[0]
    finally:
        stop.set()
        counting.join()
    assert before <= made.events <= after
    assert acknowledged[-1] == journal.head[0]
    assert (made.made_at, check_backup(tmp_path / "safe")) == (77, made)
    assert verify(journal.path, head=(made.events, made.head_hash)).ok
    assert pages[-1][0] == pages[-1][1]
    assert items(tmp_path / "safe" / "stock.db") == ["before"]
    assert sorted(p.name for p in (tmp_path / "safe").iterdir()) == ["backup.json", "journal.db", "stock.db"]


def test_a_restored_station_is_as_it_was(saved, tmp_path, event):
    place, stock = tmp_path / "new" / "journal.db", tmp_path / "new" / "stock.db"
    made = restore(saved, place, stock)
    assert [e.qty for e in read_events(place)] == list(range(1, 21))
    assert items(stock) == ["before"]
    with SqliteJournal(place, min_free_bytes=0) as journal:
        assert journal.head == (made.events, made.head_hash)
        assert journal.submit([event(21)]).result(10)[0].seq == 21


def test_a_station_without_a_stock_file_yet(written, tmp_path):
    assert backup(written, tmp_path / "none.db", tmp_path / "safe").stock_sha256 == ""
    restore(tmp_path / "safe", tmp_path / "x" / "journal.db", tmp_path / "x" / "stock.db")
    assert not (tmp_path / "x" / "stock.db").exists()


def test_a_running_station_is_not_overwritten_even_by_force(saved, written, stock):
    with SqliteJournal(written, min_free_bytes=0):
        assert reason(restore, saved, written, stock) is BackupReason.IN_USE
        assert reason(restore, saved, written, stock, force=True) is BackupReason.IN_USE


def test_events_that_the_backup_lacks_are_not_overwritten(saved, written, stock, event):
    restore(saved, written, stock)
    with SqliteJournal(written, min_free_bytes=0) as journal:
        journal.submit([event(21)]).result(10)
    assert reason(restore, saved, written, stock) is BackupReason.NEWER
    assert len(list(read_events(written))) == 21
    restore(saved, written, stock, force=True)
    assert len(list(read_events(written))) == 20
    kept = sorted(written.parent.glob("journal.db.before-restore-?"))
    assert [len(list(read_events(path))) for path in kept] == [20, 21]


def test_another_stations_journal_is_not_overwritten(saved, stock, tmp_path, event):
    place = tmp_path / "other" / "journal.db"
    with SqliteJournal(place, min_free_bytes=0) as journal:
        journal.submit([event(99)]).result(10)
    assert reason(restore, saved, place, stock) is BackupReason.NEWER


def test_a_crashed_stations_log_is_not_played_into_the_restored_file(saved, written, stock, event, tmp_path):
    """Events that lie in the write-ahead log of a dead station stay with its file."""
    with SqliteJournal(written, min_free_bytes=0) as journal:
        journal.submit([event(21)]).result(10)
        dead = tmp_path / "dead"
        dead.mkdir()
        for tail in ("", "-wal", "-shm"):
            (dead / f"journal.db{tail}").write_bytes((written.parent / f"journal.db{tail}").read_bytes())
    assert (dead / "journal.db-wal").stat().st_size > 0
    restore(saved, dead / "journal.db", dead / "stock.db", force=True)
    assert len(list(read_events(dead / "journal.db"))) == 20
    assert len(list(read_events(dead / "journal.db.before-restore-1"))) == 21


def test_a_damaged_journal_is_restored_over_and_kept(saved, written, stock):
    written.write_bytes(b"\xff" * 9_000)
    restore(saved, written, stock)
    assert verify(written).events == 20
    assert (written.parent / "journal.db.before-restore-1").read_bytes() == b"\xff" * 9_000


def test_a_backup_that_is_not_what_it_was_is_refused(saved, written, stock):
    with (saved / "stock.db").open("ab") as file:
        file.write(b"x" * 4096)
    assert reason(restore, saved, written, stock) is BackupReason.UNSOUND


def test_a_tampered_backup_is_refused(saved, written, stock):
    with closing(sqlite3.connect(saved / "journal.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_is_never_deleted")
        connection.execute("DELETE FROM event WHERE seq = 7")
    assert reason(restore, saved, written, stock) is BackupReason.UNSOUND


@pytest.mark.parametrize("text", ["", "{}", "[]", json.dumps({"format": 9})])
def test_an_incomplete_backup_is_refused(saved, written, stock, text):
    (saved / "backup.json").write_text(text)
    assert reason(restore, saved, written, stock) is BackupReason.MISSING


def test_a_backup_needs_a_new_folder_and_a_journal(saved, written, stock, tmp_path):
    assert reason(backup, written, stock, saved) is BackupReason.EXISTS
    assert reason(backup, tmp_path / "none.db", stock, tmp_path / "safe2") is BackupReason.MISSING
    (tmp_path / "file").write_text("")
    assert reason(backup, written, stock, tmp_path / "file") is BackupReason.EXISTS


def test_a_damaged_journal_is_not_called_a_backup(written, sql, stock, tmp_path):
    sql("DELETE FROM event WHERE seq = 7")
    assert reason(backup, written, stock, tmp_path / "safe") is BackupReason.UNSOUND
    assert not (tmp_path / "safe" / "backup.json").exists()


@pytest.fixture
def pictures(tmp_path):
    """Two pictures as a station keeps them, and a third that it is writing."""
    folder = PictureFolder(tmp_path / "pictures")
    for jpeg in (FIRST, SECOND):
        folder.keep(Picture.of(jpeg))
    (folder.path / f"{'0' * 64}.part").write_bytes(b"half")
    return folder


def test_the_pictures_come_back_as_they_were(written, stock, pictures, tmp_path):
    safe, place = tmp_path / "safe", tmp_path / "new"
    made = backup(written, stock, safe, pictures=pictures.path)
    assert (made.pictures, made.altered, check_backup(safe)) == (2, 0, made)
    restore(safe, place / "journal.db", place / "stock.db", pictures=place / "pictures")
    assert len(list((place / "pictures").iterdir())) == 2
    restored = PictureFolder(place / "pictures")
    assert [restored.find(Picture.of(jpeg).sha256) for jpeg in (FIRST, SECOND)] == [FIRST, SECOND]


@pytest.mark.parametrize(
    "harm", [lambda p: p.write_bytes(b"other"), Path.unlink, lambda p: p.rename(p.with_stem("a" * 64))]
)
def test_a_backup_with_a_picture_altered_or_gone_is_refused(written, stock, pictures, tmp_path, harm):
    backup(written, stock, tmp_path / "safe", pictures=pictures.path)
    harm(next((tmp_path / "safe" / "pictures").iterdir()))
    place = tmp_path / "new"
    refused = reason(restore, tmp_path / "safe", place / "journal.db", stock, pictures=place / "pictures")
    assert refused is BackupReason.UNSOUND
    assert not (place / "pictures").exists()


def test_a_picture_altered_at_the_station_is_told_and_hinders_no_backup(written, stock, pictures, tmp_path):
    (pictures.path / f"{Picture.of(FIRST).sha256}.jpg").write_bytes(b"other")
    made = backup(written, stock, tmp_path / "safe", pictures=pictures.path)
    assert (made.pictures, made.altered) == (2, 1)
    assert check_backup(tmp_path / "safe") == made


def test_restore_mends_what_was_altered_since_and_takes_no_picture_away(written, stock, pictures, tmp_path):
    backup(written, stock, tmp_path / "safe", pictures=pictures.path)
    (pictures.path / f"{Picture.of(FIRST).sha256}.jpg").write_bytes(b"other")
    pictures.keep(Picture.of(b"later"))
    restore(tmp_path / "safe", written, stock, pictures=pictures.path)
    for jpeg in (FIRST, SECOND, b"later"):
        assert pictures.find(Picture.of(jpeg).sha256) == jpeg
    (kept,) = pictures.path.glob("*.before-restore-1")
    assert kept.read_bytes() == b"other"


def test_a_backup_from_before_there_were_pictures_is_good(saved, tmp_path):
    document = json.loads((saved / "backup.json").read_text())
    for name in ("pictures", "altered", "pictures_sha256"):
        del document[name]
    (saved / "backup.json").write_text(json.dumps(document))
    assert check_backup(saved).pictures == 0
