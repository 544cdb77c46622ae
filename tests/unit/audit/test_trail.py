"""Rounds, people and recounts as the journal tells them."""

from scanstation.audit.following import Followed
from scanstation.audit.trail import Trail
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.store.journal import SqliteJournal


def trail(*steps):
    """Build a trail from (kind, location, round, operator), as one who follows a journal does."""
    events = [
        CountEvent(kind=kind, ts=number, station="ST01", audit="AU1", location=place, round=number_, operator=who)
        for number, (kind, place, number_, who) in enumerate(steps, 1)
    ]
    made = Trail("AU1")
    for event in events:
        made.add(event)
    return made


OPENED, CLOSED = EventKind.LOCATION_OPENED, EventKind.LOCATION_CLOSED
REOPENED, AGAIN = EventKind.LOCATION_REOPENED, EventKind.RECOUNT_REQUESTED


def test_a_recount_is_due_until_a_later_round_is_closed():
    steps = [(OPENED, "A1", 1, "C1"), (CLOSED, "A1", 1, "C1"), (AGAIN, "A1", 1, "S1")]
    assert trail(*steps).recounts_due() == ("A1",)
    steps.append((OPENED, "A1", 2, "C2"))
    assert trail(*steps).recounts_due() == ("A1",)
    assert trail(*steps).round_of("A1") == 1
    steps.append((CLOSED, "A1", 2, "C2"))
    assert trail(*steps).recounts_due() == ()
    assert trail(*steps).round_of("A1") == 2


def test_a_reopened_location_counts_only_when_it_is_closed_again():
    steps = [(OPENED, "A1", 1, "C1"), (CLOSED, "A1", 1, "C1"), (REOPENED, "A1", 1, "C1")]
    assert trail(*steps).round_of("A1") == 0
    assert trail(*steps).spans() == {}
    steps.append((CLOSED, "A1", 1, "C1"))
    assert trail(*steps).spans() == {"A1": (1, 4)}


def test_who_asks_for_a_recount_did_not_count():
    steps = [(OPENED, "A1", 1, "C1"), (CLOSED, "A1", 1, "C2"), (AGAIN, "A1", 1, "S1")]
    assert trail(*steps).counters == {"C1", "C2"}


def test_what_a_journal_says_of_one_audit_is_read_once_and_kept_up(tmp_path):
    def event(kind, audit, **more):
        return CountEvent(kind=kind, ts=1, station="ST01", audit=audit, source=Source.SCAN, **more)

    with SqliteJournal(tmp_path / "journal.db", min_free_bytes=0) as journal:
        followed = Followed(journal, "AU1")
        journal.submit([event(OPENED, "AU1", location="A1"), event(EventKind.POSTED, "AU2")]).result()
        followed.catch_up()
        assert followed.trail.posted is None  # another audit's
        assert followed.tallying.sum_up().counts["location"] == []
        journal.submit([event(CLOSED, "AU1", location="A1")]).result()
        for _ in range(2):
            followed.catch_up()
            assert followed.tallying.sum_up().counts["location"] == ["A1"]
            assert followed.tallying.head == journal.head


def test_an_approval_ends_when_it_is_withdrawn():
    approved = (EventKind.APPROVED, "", 1, "S1")
    assert trail(approved).approved is not None
    assert trail(approved, (EventKind.APPROVAL_WITHDRAWN, "", 1, "S1")).approved is None
