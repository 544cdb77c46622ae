"""Verification names the first event that was altered, replaced, removed or inserted."""

import hashlib
import tracemalloc

import pytest

from scanstation.counting.canonical import decode, encode
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.store.journal import SqliteJournal
from scanstation.store.journal_verify import Flaw, verify

PUT = "INSERT OR REPLACE INTO event (seq, body, hash) VALUES (?, ?, ?)"
SHIFT = [f"UPDATE event SET seq = {seq + 1} WHERE seq = {seq}" for seq in range(20, 10, -1)]


@pytest.fixture
def forge(sql, event):
    """Writes event ``seq`` anew with true hash; ``prev`` is the hash of the row before or what is given."""

    def write(seq, prev=None, own=None, **more):
        if prev is None:
            rows = sql(f"SELECT hash FROM event WHERE seq = {seq - 1}")
            prev = rows[0][0] if rows else "0" * 64
        body, digest = encode(event(seq, device="forged", **more), own or seq, prev)
        sql((PUT, (seq, body, digest)))

    return write


def found(path, **more):
    answer = verify(path, **more)
    assert answer.text.startswith(f"Event {answer.seq} was {answer.flaw}: ")
    assert (answer.ok, answer.events, answer.head[0]) == (False, answer.head[0], answer.head[0])
    return answer.flaw, answer.seq


def test_a_sound_journal(written):
    told = []
    answer = verify(written, progress=lambda done, total: told.append((done, total)))
    assert (answer.ok, answer.flaw, answer.events, told[-1]) == (True, None, 20, (20, 20))
    assert answer.text == f"20 events, every one as it was written; head 20:{answer.head_hash}"
    assert verify(written, head=answer.head).ok
    assert verify(written, head=(20, answer.head_hash.upper())).ok


def test_an_empty_journal_is_sound(journal):
    assert verify(journal.path).events == 0


def test_a_running_journal_is_verified(journal, event):
    journal.submit([event(1)]).result(10)
    assert verify(journal.path, head=journal.head).ok


@pytest.mark.parametrize("seq", [1, 11, 20])
def test_altered_content(written, sql, seq):
    sql(f"UPDATE event SET body = replace(body, '\"qty\":{seq}', '\"qty\":{seq + 1}') WHERE seq = {seq}")
    assert found(written) == (Flaw.ALTERED, seq)


@pytest.mark.parametrize("seq", [1, 11, 20])
def test_altered_hash(written, sql, seq):
    sql(f"UPDATE event SET hash = '{'0' * 64}' WHERE seq = {seq}")
    assert found(written) == (Flaw.ALTERED, seq)


@pytest.mark.parametrize("seq", [1, 11, 19])
def test_replaced_with_a_true_hash(written, forge, seq):
    forge(seq)
    assert found(written) == (Flaw.REPLACED, seq)


@pytest.mark.parametrize("seq", [1, 11])
def test_replaced_with_a_false_link(written, forge, seq):
    forge(seq, prev="f" * 64)
    assert found(written) == (Flaw.REPLACED, seq)


@pytest.mark.parametrize(("seq", "text"), [(1, "event 1 is missing"), (11, "event 11 is missing")])
def test_removed(written, sql, seq, text):
    sql(f"DELETE FROM event WHERE seq = {seq}")
    assert found(written) == (Flaw.REMOVED, seq)
    assert text in verify(written).text


def test_several_removed(written, sql):
    sql("DELETE FROM event WHERE seq BETWEEN 5 AND 8")
    assert found(written) == (Flaw.REMOVED, 5)
    assert "events 5 to 8 are missing" in verify(written).text


def test_removed_and_the_rest_renumbered(written, sql):
    sql("DELETE FROM event WHERE seq = 11", *(f"UPDATE event SET seq = {s - 1} WHERE seq = {s}" for s in range(12, 21)))
    assert found(written) == (Flaw.REMOVED, 11)


@pytest.mark.parametrize("prev", [None, "e" * 64])
def test_inserted(written, sql, forge, prev):
    sql(*SHIFT)
    forge(11, prev=prev)
    assert found(written) == (Flaw.INSERTED, 11)


@pytest.mark.parametrize("prev", ["f" * 64, "the hash of event 19"])
def test_put_in_behind_the_last_with_a_false_link(written, sql, forge, prev):
    head = verify(written).head
    if prev.startswith("the"):
        ((prev,),) = sql("SELECT hash FROM event WHERE seq = 19")
    forge(21, prev=prev)
    assert found(written, head=head) == (Flaw.INSERTED, 21)
    forge(22)
    assert found(written, head=head) == (Flaw.REPLACED, 21)


def test_without_a_head_either_of_the_last_two_may_be_the_wrong_one(written, forge):
    forge(21, prev="f" * 64)
    assert verify(written).text == (
        "Event 20 was replaced: the event after it follows another one, "
        "or event 21 was put in behind it: only a noted head can tell."
    )


@pytest.mark.parametrize("copied", [3, 20])
@pytest.mark.parametrize("place", [21, 500])
def test_a_copy_put_in_behind_the_last(written, sql, copied, place):
    head = verify(written).head
    sql(f"INSERT INTO event SELECT {place}, body, hash FROM event WHERE seq = {copied}")
    assert found(written) == (Flaw.INSERTED, place)
    assert found(written, head=head) == (Flaw.INSERTED, place)


def test_the_last_event_replaced_by_a_copy(written, sql):
    head = verify(written).head
    sql("DELETE FROM event WHERE seq = 20", "INSERT INTO event SELECT 20, body, hash FROM event WHERE seq = 3")
    assert found(written) == (Flaw.INSERTED, 20)
    assert found(written, head=head) == (Flaw.REPLACED, 20)


@pytest.mark.parametrize("seq", [-1, 0])
def test_put_in_before_the_first(written, sql, seq):
    sql(f"INSERT INTO event SELECT {seq}, body, hash FROM event WHERE seq = 3")
    assert found(written) == (Flaw.INSERTED, seq)
    sql((PUT, (seq, "{}", "x")))
    assert found(written) == (Flaw.INSERTED, seq)


def test_an_event_that_calls_itself_another(written, forge):
    forge(20, own=7)
    assert found(written) == (Flaw.REPLACED, 20)


def test_two_events_exchanged(written, sql):
    sql(
        "UPDATE event SET seq = -1 WHERE seq = 5",
        "UPDATE event SET seq = 5 WHERE seq = 6",
        "UPDATE event SET seq = 6 WHERE seq = -1",
    )
    assert found(written)[1] == 5


def test_cut_off_the_end_needs_a_noted_head(written, sql):
    head = verify(written).head
    sql("DELETE FROM event WHERE seq > 15")
    assert verify(written).ok
    assert found(written, head=head) == (Flaw.TRUNCATED, 16)
    assert "events 16 to 20 were cut off the end" in verify(written, head=head).text


def test_a_chain_rewritten_to_its_end_needs_a_noted_head(written, sql, forge):
    head = verify(written).head
    for seq in range(15, 21):
        forge(seq)
    assert verify(written).ok
    assert found(written, head=head) == (Flaw.REPLACED, 20)


def test_content_that_is_no_event(written, sql):
    body = '{"what":"is this"}'
    sql((PUT, (11, body, hashlib.sha256(body.encode()).hexdigest())))
    assert found(written) == (Flaw.UNREADABLE, 11)


def test_a_number_that_is_text(written, sql):
    body = sql("SELECT body FROM event WHERE seq = 20")[0][0].replace('"seq":20', '"seq":"20"')
    sql((PUT, (20, body, hashlib.sha256(body.encode()).hexdigest())))
    assert found(written) == (Flaw.UNREADABLE, 20)


def test_a_file_with_a_broken_page_names_where(path, event):
    with SqliteJournal(path, min_free_bytes=0) as journal:
        journal.submit([event(i) for i in range(1, 2_001)]).result(30)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    flaw, seq = found(path)
    assert (flaw, 100 < seq < 1_900) == (Flaw.UNREADABLE, True)


def test_no_journal_is_an_error(tmp_path):
    with pytest.raises(JournalError) as caught:
        verify(tmp_path / "none.db")
    assert caught.value.reason is JournalReason.IO


def test_memory_stays_bounded(path, event, full):
    many = 200_000 if full else 20_000
    with SqliteJournal(path, min_free_bytes=0) as journal:
        for start in range(0, many, 5_000):
            journal.submit([event(start + i) for i in range(5_000)]).result(60)
    tracemalloc.start()
    assert verify(path).events == many
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_every_single_changed_byte_is_found(written, sql):
    """Whatever byte of whatever body is changed, that event is named (or the file cannot be read there)."""
    bodies = dict(sql("SELECT seq, body FROM event"))
    hashes = dict(sql("SELECT seq, hash FROM event"))
    for seq in (1, 10, 20):
        for at in range(0, len(bodies[seq]), 7):
            changed = bodies[seq][:at] + chr(ord(bodies[seq][at]) ^ 1) + bodies[seq][at + 1 :]
            sql((PUT, (seq, changed, hashes[seq])))
            assert found(written) == (Flaw.ALTERED, seq)
        sql((PUT, (seq, bodies[seq], hashes[seq])))
    assert verify(written).ok
    assert decode(bodies[20], hashes[20]).qty == 20
