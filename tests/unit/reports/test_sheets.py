"""Count-tag control: every round of every location has its sheet, and undone facts are not on it."""

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.tally import tally
from scanstation.reports.sheets import count_sheets


def event(seq: int, kind: EventKind, *, round: int = 1, operator: str = "C01", **fields: object) -> CountEvent:
    return CountEvent(
        kind=kind, ts=seq * 10, station="ST01", audit="AU1", operator=operator, location="A-01", seq=seq, round=round,
        device="scanner", **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_recount_supersedes_and_both_are_shown() -> None:
    sheets, parked = count_sheets(
        [
            event(1, EventKind.LOCATION_OPENED),
            event(2, EventKind.COUNTED, item="LAMP", qty=5),
            event(3, EventKind.COUNTED, item="LAMP", qty=2),
            event(4, EventKind.VOIDED, ref=3),
            event(5, EventKind.PARKED, payload="x", qty=1),
            event(6, EventKind.LOCATION_CLOSED),
            event(7, EventKind.RECOUNT_REQUESTED, operator="S01"),
            event(8, EventKind.LOCATION_OPENED, round=2, operator="C02"),
            event(9, EventKind.COUNTED, item="LAMP", qty=6, round=2, operator="C02"),
            event(10, EventKind.LOCATION_CLOSED, round=2, operator="C02"),
        ],
        "AU1",
    )
    assert [(row.round, row.operators, row.units, row.parked, row.counts) for row in sheets] == [
        (1, ("C01",), 5, 1, False),
        (2, ("C02",), 6, 0, True),
    ]
    assert parked == ()  # it lies in a round that does not count


def test_a_resolved_code_waits_again_when_its_resolution_is_undone() -> None:
    events = [
        event(1, EventKind.LOCATION_OPENED),
        event(2, EventKind.PARKED, payload="strange", qty=1, data={"why": "not in the catalogue"}),
        event(3, EventKind.RESOLVED, item="LAMP", qty=3, ref=2),
        event(4, EventKind.LOCATION_CLOSED),
    ]
    (sheet,), parked = count_sheets(events, "AU1")
    assert (sheet.units, sheet.parked, parked) == (3, 0, ())
    (sheet,), parked = count_sheets([*events, event(5, EventKind.VOIDED, ref=3)], "AU1")
    assert (sheet.units, sheet.parked) == (0, 1)
    assert [(row.payload, row.why) for row in parked] == [("strange", "not in the catalogue")]


def test_an_open_location_counts_for_nothing() -> None:
    (sheet,), _ = count_sheets(
        [event(1, EventKind.LOCATION_OPENED), event(2, EventKind.COUNTED, item="X", qty=1)], "AU1"
    )
    assert not sheet.counts
    (reopened,), _ = count_sheets(
        [
            event(1, EventKind.LOCATION_OPENED),
            event(2, EventKind.LOCATION_CLOSED),
            event(3, EventKind.LOCATION_REOPENED),
        ],
        "AU1",
    )
    assert not reopened.counts


def test_a_unit_that_comes_back_is_on_the_sheet_once() -> None:
    unit = {"item": "LAMP", "serial": "S1", "qty": 1}
    pack = {"item": "MUG", "serial": "P1", "qty": 6, "data": {"unit": "MUG/P1"}}
    (sheet,), _ = count_sheets(
        [
            event(1, EventKind.LOCATION_OPENED),
            event(2, EventKind.COUNTED, **unit),
            event(3, EventKind.COUNTED, **pack),
            event(4, EventKind.LOCATION_CLOSED),
            event(5, EventKind.LOCATION_REOPENED),
            event(6, EventKind.COUNTED, **unit),
            event(7, EventKind.COUNTED, **pack),
            event(8, EventKind.LOCATION_CLOSED),
        ],
        "AU1",
    )
    assert (sheet.lines, sheet.units) == (2, 7)


def test_a_code_that_was_undone_waits_no_more_also_when_its_resolution_is_undone() -> None:
    events = [
        event(1, EventKind.LOCATION_OPENED),
        event(2, EventKind.PARKED, payload="strange", qty=1),
        event(3, EventKind.RESOLVED, item="LAMP", qty=3, ref=2, operator="C02"),
        event(4, EventKind.VOIDED, ref=2),
        event(5, EventKind.VOIDED, ref=3, operator="C02"),
        event(6, EventKind.LOCATION_CLOSED),
    ]
    (sheet,), parked = count_sheets(events, "AU1")
    assert (sheet.units, sheet.parked, parked) == (0, 0, ())
    assert tally(events, "AU1").parked == {}
