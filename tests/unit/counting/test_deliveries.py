"""Which deliveries the ledger knows when they come again."""

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.ledger import REMEMBERED_DELIVERIES, Ledger


def events(audit: str, count: int, first: int):
    for seq in range(first, first + count):
        yield CountEvent(
            kind=EventKind.COUNTED, ts=seq, station="S", audit=audit, location="A", read_id=f"{audit}-{seq}", seq=seq
        )


def posted(audit: str, seq: int) -> CountEvent:
    return CountEvent(kind=EventKind.POSTED, ts=seq, station="S", audit=audit, seq=seq)


def test_the_last_deliveries_of_posted_audits_stay_known_and_no_more_than_those() -> None:
    ledger = Ledger([*events("A", 7, 1), posted("A", 8)])
    assert set(ledger.taken) == {f"A-{seq}" for seq in range(1, 8)}
    for event in [*events("B", REMEMBERED_DELIVERIES - 2, 10), *events("C", 5, 20_000), posted("B", 30_000)]:
        ledger.apply(event)
    assert "A-5" not in ledger.taken
    assert {"A-6", "A-7", "B-10", "C-20000", "C-20004"} <= set(ledger.taken)
    assert len(ledger.taken) == REMEMBERED_DELIVERIES + 5
