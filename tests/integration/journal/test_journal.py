"""The journal on disk: durable, chained, ordered, exclusive, and loud when it cannot go on."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace

import pytest

from scanstation.counting.canonical import GENESIS
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.store.journal import SqliteJournal
from scanstation.store.journal_read import read_events
from scanstation.store.journal_verify import verify


def test_a_resolved_future_holds_the_events_as_they_are_on_disk(journal, event):
    assert journal.head == (0, GENESIS)
    submission = journal.submit([event(1), event(2)])
    first, second = submission.result(10)
    assert (submission.first_seq, first.seq, second.seq, first.prev, second.prev) == (1, 1, 2, GENESIS, first.hash)
    assert replace(first, seq=0, prev="", hash="") == event(1)
    assert list(journal.events()) == [first, second]
    assert list(journal.events(after=1)) == [second]
    assert journal.head == (2, second.hash)


def test_what_was_written_is_there_after_opening_again(written, event):
    with SqliteJournal(written, min_free_bytes=0) as journal:
        assert [e.qty for e in journal.events()] == list(range(1, 21))
        assert journal.submit([event(21)]).result(10)[0].seq == 21
    assert verify(written).ok


def test_many_producers_get_one_chain_and_keep_their_own_order(journal, event):
    def produce(name):
        last = [journal.submit([event(i, operator=name), event(i, operator=name)]) for i in range(1, 101)]
        wait(last, 30)

    threads = [threading.Thread(target=produce, args=(f"op{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = list(journal.events())
    assert [e.seq for e in events] == list(range(1, 1_601))
    for i in range(8):
        mine = [e for e in events if e.operator == f"op{i}"]
        assert [e.qty for e in mine] == [n for n in range(1, 101) for _ in "ab"]
        assert all(b.seq == a.seq + 1 for a, b in zip(mine[::2], mine[1::2], strict=True))
    assert verify(journal.path).ok


def test_first_seq_is_known_at_once_and_true(journal, event):
    submissions = [journal.submit([event(i)] * (i % 3)) for i in range(1, 50)]
    for submission in submissions:
        assert [e.seq for e in submission.result(10)] == [
            submission.first_seq + i for i in range(len(submission.result()))
        ]


def test_a_burst_larger_than_a_batch_is_written_whole(journal, event):
    assert len(journal.submit([event(i) for i in range(7_000)]).result(60)) == 7_000
    assert verify(journal.path).events == 7_000


def test_a_cancelled_submission_is_journaled_all_the_same(journal, event):
    journal.submit([event(1)]).cancel()
    assert journal.submit([event(2)]).result(10)[0].seq == 2
    assert [e.qty for e in journal.events()] == [1, 2]


def test_the_chain_is_checked_by_ten_lines_that_know_nothing_of_this_program(written):
    prev = "0" * 64
    with closing(sqlite3.connect(written)) as connection:
        rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
    for number, (seq, body, digest) in enumerate(rows, 1):
        members = json.loads(body)
        assert hashlib.sha256(body.encode()).hexdigest() == digest
        assert (seq, members["seq"], members["prev"]) == (number, number, prev)
        prev = digest
    assert len(rows) == 20


def test_every_commit_is_forced_to_the_disk(journal):
    assert journal._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_file_itself_refuses_changes(written):
    with closing(sqlite3.connect(written)) as connection:
        for statement in ("UPDATE event SET body = ''", "DELETE FROM event"):
            with pytest.raises(sqlite3.IntegrityError, match="the journal is append-only"):
                connection.execute(statement)


def test_an_event_that_cannot_be_written_down_takes_its_whole_call_with_it(journal, event):
    with pytest.raises(JournalError, match=r"holds the fraction 0\.5") as caught:
        journal.submit([event(1), event(2, data={"x": 0.5})])
    assert caught.value.reason is JournalReason.INVALID
    assert journal.submit([event(3)]).result(10)[0].seq == 1


def test_a_second_process_is_refused_and_told_who_has_it(journal, event):
    script = (
        f"from pathlib import Path; from scanstation.store.journal import *; SqliteJournal(Path({str(journal.path)!r}))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert f"Another process (pid {os.getpid()}) writes the journal" in other.stderr
    with pytest.raises(JournalError) as caught:
        SqliteJournal(journal.path)
    assert caught.value.reason is JournalReason.LOCKED
    assert journal.submit([event(1)]).result(10)


def test_others_may_read_while_it_is_written(journal, event):
    journal.submit([event(1)]).result(10)
    reader = read_events(journal.path)
    assert next(reader).qty == 1
    journal.submit([event(2)]).result(10)
    assert [e.qty for e in read_events(journal.path)] == [1, 2]


@pytest.mark.parametrize("body", ["{}", '{"kind":"counted"', "7", "{},{}"])
def test_reading_ends_at_the_row_that_holds_no_event(written, sql, body):
    sql(f"UPDATE event SET body = '{body}' WHERE seq = 7")
    read = []
    with pytest.raises(JournalError, match="event 7 cannot be read") as caught:
        read.extend(event.seq for event in read_events(written))
    assert caught.value.reason is JournalReason.DAMAGED
    assert read == [1, 2, 3, 4, 5, 6]


def test_closing_writes_what_waits_and_refuses_the_rest(path, event):
    journal = SqliteJournal(path, min_free_bytes=0)
    waiting = [journal.submit([event(i)]) for i in range(200)]
    journal.close()
    assert [one.result(0)[0].seq for one in waiting] == list(range(1, 201))
    with pytest.raises(JournalError) as caught:
        journal.submit([event(1)])
    assert caught.value.reason is JournalReason.CLOSED
    journal.close()


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE event SET body = replace(body, '\"qty\":17', '\"qty\":18') WHERE seq = 17", 17),
        ("UPDATE event SET hash = hash || 'x' WHERE seq = 20", 20),
        ("DELETE FROM event WHERE seq = 19", 20),
    ],
)
def test_a_damaged_tail_is_not_built_upon(written, sql, statement, seq):
    sql(statement)
    with pytest.raises(JournalError, match=f"event {seq} does not fit the one before it") as caught:
        SqliteJournal(written)
    assert caught.value.reason is JournalReason.DAMAGED
    assert "scanstation journal verify" in caught.value.remedy


def test_what_is_no_journal_is_not_touched(path):
    path.write_bytes(b"a shopping list, and a long one at that" * 100)
    with pytest.raises(JournalError) as caught:
        SqliteJournal(path)
    assert caught.value.reason is JournalReason.DAMAGED
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stock (item)")
    with pytest.raises(JournalError, match="it is a SQLite file, but no journal"):
        SqliteJournal(path)
    with pytest.raises(JournalError, match="it is a SQLite file, but no journal"):
        list(read_events(path))


def test_a_journal_of_a_later_version_is_refused(written, sql):
    sql("PRAGMA user_version = 2")
    with pytest.raises(JournalError, match="has format 2; this version knows formats up to 1") as caught:
        SqliteJournal(written)
    assert caught.value.reason is JournalReason.NEWER
