"""The program of docs/journal.md, run as it stands against real journals."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scanstation.counting.canonical import encode
from scanstation.counting.events import EventKind
from scanstation.store.journal import SqliteJournal
from scanstation.store.journal_verify import verify

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "journal.md").read_text("utf-8")
PUT = "INSERT OR REPLACE INTO event (seq, body, hash) VALUES (?, ?, ?)"
(PROGRAM,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def check(written, tmp_path):
    """Runs the program: what it says, empty when all is well."""
    program = tmp_path / "check_journal.py"
    program.write_text(PROGRAM, "utf-8")

    def run(*head):
        command = [sys.executable, "-I", str(program), str(written), *head]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert (done.returncode == 0) == (done.stderr == "")
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    return run


@pytest.fixture
def head(written):
    """The head of the sound journal, as a report prints it."""
    seq, digest = verify(written).head
    return f"{seq}:{digest}"


def renumber(sql, first, by):
    """Move the events from ``first`` on by one place, with their bodies as they are."""
    places = range(20, first - 1, -1) if by > 0 else range(first, 21)
    sql(*[f"UPDATE event SET seq = {seq + by} WHERE seq = {seq}" for seq in places])


def test_a_sound_journal(check, head):
    assert check() == ""
    assert check(head) == ""


def test_a_journal_in_use(check, written, event):
    with SqliteJournal(written, min_free_bytes=0) as journal:
        journal.submit([event(21)]).result(10)
        seq, digest = journal.head
        assert check(f"{seq}:{digest}") == ""


def test_an_older_head_is_still_in_it(check, sql):
    ((digest,),) = sql("SELECT hash FROM event WHERE seq = 7")
    assert check(f"7:{digest}") == ""


@pytest.mark.parametrize("seq", [1, 11, 20])
def test_altered(check, sql, seq):
    sql(f"UPDATE event SET body = replace(body, '\"qty\":{seq}', '\"qty\":{seq + 1}') WHERE seq = {seq}")
    assert check() == f"event {seq} is not as it was written"


@pytest.mark.parametrize("seq", [1, 11])
def test_removed(check, sql, seq):
    sql(f"DELETE FROM event WHERE seq = {seq}")
    assert check() == f"event {seq} is not as it was written"


def test_removed_and_the_rest_renumbered(check, sql):
    sql("DELETE FROM event WHERE seq = 11")
    renumber(sql, 12, -1)
    assert check() == "event 11 is not as it was written"


def test_inserted_with_a_true_hash(check, sql, event):
    renumber(sql, 11, +1)
    ((before,),) = sql("SELECT hash FROM event WHERE seq = 10")
    sql((PUT, (11, *encode(event(99), 11, before))))
    assert check() == "event 12 is not as it was written"


@pytest.mark.parametrize("place", [-1, 0, 21, 500])
def test_a_copy_put_in_at_either_end(check, sql, head, written, place):
    sql(f"INSERT INTO event SELECT {place}, body, hash FROM event WHERE seq = 3")
    assert check() == check(head) == f"event {place} is not as it was written"
    assert verify(written).seq == place


@pytest.mark.parametrize("body", ["{}", "no JSON", b"bytes"])
def test_what_is_no_event(check, sql, body):
    sql((PUT, (11, body, "x")))
    assert check() == "event 11 is not as it was written"


def test_put_in_behind_the_last_with_a_false_link(check, sql, head, event, written):
    sql((PUT, (21, *encode(event(99), 21, "f" * 64))))
    assert check() == check(head) == "event 21 is not as it was written"
    seq, digest = head.split(":")
    assert verify(written, head=(int(seq), digest)).seq == 21


def test_cut_off_is_told_by_the_head_alone(check, sql, head):
    sql("DELETE FROM event WHERE seq > 15")
    assert check() == ""
    assert check(head) == f"the event {head} is not in this journal"


def test_rewritten_to_the_end_is_told_by_the_head_alone(check, sql, head, event):
    ((before,),) = sql("SELECT hash FROM event WHERE seq = 18")
    for seq in (19, 20):
        body, digest = encode(event(seq, device="forged"), seq, before)
        sql((PUT, (seq, body, digest)))
        before = digest
    assert check() == ""
    assert check(head) == f"the event {head} is not in this journal"


def test_every_kind_of_event_is_named():
    for kind in EventKind:
        assert f"`{kind}`" in PAGE
