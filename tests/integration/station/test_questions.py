"""What is asked at the shelf, and what each answer makes: on a real station, with its journal."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from drivers import Read, Verdict
from scanstation.counting.clock import StationClock
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.question import Answer
from scanstation.settings import Policy, Settings
from scanstation.station.service import Station
from scanstation.stock.catalogue import Code
from scanstation.stock.model import Item, Location, StockRecord, Tracking
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

NOW = 1_796_112_000_000_000  # 2026-12-01
TEA, DRILL, LAMP, GEL = "9521141000014", "9521141000021", "9521141000038", "9521141000502"
Scan = Callable[..., Verdict]


@pytest.fixture
def goods(stock: StockStore) -> StockStore:
    """Items of every kind of question, and a lot whose recorded expiry is past."""
    stock.put_items([
        Item(item="TEA", name="Tea", gtin=f"0{TEA}", tracking=Tracking.LOT),
        Item(item="BIT", name="Drill bit", gtin=f"0{DRILL}", tracking=Tracking.SERIAL, packs={1: 6}),
        Item(item="BULB", name="Bulb", gtin=f"0{LAMP}"),
        Item(item="GEL", name="Gel", gtin=f"0{GEL}", base_unit="gram"),
    ])  # fmt: skip
    stock.put_codes([Code(code="AB", item="BULB", quantity=2), Code(code="AB", item="TEA")])
    stock.put_locations([Location(location="Z-09")])
    stock.put_records([StockRecord(item="BULB", location="A-01", lot=None, qty=40_000)])
    return stock


@pytest.fixture
async def seat(request: pytest.FixtureRequest, goods: StockStore, tmp_path: Path) -> AsyncIterator[Station]:
    """A station that counts A-01."""
    settings, clock = Settings(data_dir=tmp_path, reread_s=0), StationClock(lambda: NOW, lambda: NOW)
    with SqliteJournal(tmp_path / "journal.db") as journal:
        async with Station(settings, goods, journal, clock, random.Random(1), Policy(ask_above=1_000)) as made:
            await made.sign_in("C01")
            await made.choose_audit("AU1")
            await made.take(read_of(made, "LOC-A-01"))
            yield made


def read_of(station: Station, payload: str, aim: str = "", **fields: object) -> Read:
    raw, now = payload.replace("|", "\x1d").encode("latin-1"), station.clock.now()
    return Read(payload=raw, aim=aim, received_at=now, **{"device": "scanner", **fields})  # type: ignore[arg-type]


@pytest.fixture
def scan(seat: Station) -> Callable[..., object]:
    async def take(payload: str, aim: str = "", **fields: object) -> Verdict:
        return await seat.take(read_of(seat, payload, aim, **fields))

    return take


def booked(station: Station) -> list[tuple[str | None, str | None, str | None, int]]:
    voided = {event.ref for event in station.journal.events() if event.kind is EventKind.VOIDED}
    return [
        (event.item, event.lot, event.serial, event.qty)
        for event in station.journal.events()
        if event.kind is EventKind.COUNTED and event.seq not in voided
    ]


def last_of(station: Station, kind: EventKind) -> CountEvent:
    return [event for event in station.journal.events() if event.kind is kind][-1]


async def again(seat: Station) -> Station:
    """The same station after a crash."""
    made = Station(seat.settings, seat.stock, seat.journal, seat.clock, random.Random(5), Policy(ask_above=1_000))
    await made.resume()
    return made


async def test_an_expired_lot_is_asked_about_and_yes_counts_it(seat: Station, scan: Scan) -> None:
    assert await scan(f"010{TEA}1725123110L9", "]d2") is Verdict.ASKED
    asked = seat.view().question
    assert asked is not None and asked.words == "Tea, lot L9, expired on 2025-12-31. Count it as expired goods?"
    assert (asked.yes, asked.no) == ("count it as expired goods", "it is not counted: put it aside")
    assert [parked.text for parked in seat.view().parked] == [asked.words]
    assert await scan("CMD-YES") is Verdict.OK
    assert (booked(seat), seat.view().parked, seat.view().question) == ([("TEA", "L9", None, 1)], (), None)
    counted = last_of(seat, EventKind.COUNTED)
    assert counted.data["expiry"] == "2025-12-31"
    assert counted.data["answers"] == {"expired": {"asked": asked.words, "yes": True}}
    assert (await seat.undo()).text == "Undone: 1 × Tea"
    assert (booked(seat), seat.view().parked) == ([], ())


async def test_no_counts_nothing_and_nothing_waits(seat: Station, scan: Scan) -> None:
    await scan(f"010{TEA}1725123110L9", "]d2")
    assert await scan("CMD-NO") is Verdict.OK
    assert seat.view().last.text == "Answered no: it is not counted: put it aside"  # type: ignore[union-attr]
    assert (booked(seat), seat.view().parked) == ([], ())
    assert await scan("CMD-YES") is Verdict.REFUSED


async def test_a_question_survives_a_crash(seat: Station, scan: Scan) -> None:
    await seat.set_quantity(3)
    await scan(TEA, "]E0")
    other = await again(seat)
    question = other.view().question
    assert question is not None and question.wants == "lot"
    assert (await other.answer(Answer(lot=" L7 "), question=question.seq)).text == "3 × Tea"
    assert booked(other) == [("TEA", "L7", None, 3)]


async def test_another_scan_and_the_close_leave_it_parked(seat: Station, scan: Scan) -> None:
    await scan(TEA, "]E0")
    assert await scan(LAMP, "]E0") is Verdict.OK
    assert seat.view().question is None
    assert (await seat.answer(Answer(lot="L7"))).outcome == "refused"
    await scan(TEA, "]E0")
    closed = await seat.close_location()
    assert closed.text == "A-01 is closed: 1 line, 1 unit, 2 codes parked, 2 of them with a question."
    assert seat.view().question is None
    assert len(seat.view().parked) == 2


@pytest.mark.parametrize(
    ("payload", "aim", "lot"),
    [
        (f"010{TEA}10L7", "]C1", "L7"),
        ("10L7", "]C1", "L7"),
        ("L7", "]C0", "L7"),
        ("20261130", "", "20261130"),
        ("4006381333932", "", "4006381333932"),  # digits of an unknown symbology: a wrong check digit is no fault here
    ],
)
async def test_the_lot_is_scanned(seat: Station, scan: Scan, payload: str, aim: str, lot: str) -> None:
    await scan(TEA, "]E0")
    assert await scan(payload, aim) is Verdict.OK
    assert (booked(seat), seat.view().parked) == ([("TEA", lot, None, 1)], ())
    assert last_of(seat, EventKind.COUNTED).data["label"] == [TEA]


async def test_there_is_no_lot_on_it(seat: Station, scan: Scan) -> None:
    await scan(TEA, "]E0")
    assert await scan("CMD-YES") is Verdict.REFUSED
    assert await scan("CMD-NONE") is Verdict.OK
    assert booked(seat) == [("TEA", None, None, 1)]


async def test_the_serial_is_scanned_whatever_time_passes(seat: Station, scan: Scan) -> None:
    assert await scan(DRILL, "]E0") is Verdict.ASKED
    assert await scan(f"010{DRILL}21S1", "]d2") is Verdict.OK
    assert await scan(DRILL, "]E0") is Verdict.ASKED
    assert (await seat.typed("S2")).outcome == "ok"
    assert await scan(DRILL, "]E0") is Verdict.ASKED
    assert await scan(f"010{DRILL}21S2", "]d2") is Verdict.DUPLICATE
    assert booked(seat) == [("BIT", None, "S1", 1), ("BIT", None, "S2", 1)]
    assert seat.view().parked == ()


async def test_a_unit_without_a_readable_serial_waits(seat: Station, scan: Scan) -> None:
    await scan(DRILL, "]E0")
    assert await scan("CMD-NONE") is Verdict.UNKNOWN
    assert (booked(seat), len(seat.view().parked), seat.view().question) == ([], 1, None)


async def test_several_units_are_asked_for_one_serial_after_another(seat: Station, scan: Scan) -> None:
    await seat.set_quantity(3)
    assert await scan(DRILL, "]E0") is Verdict.ASKED
    assert [await scan(serial, "]C0") for serial in ("S1", "S2")] == [Verdict.ASKED] * 2
    assert seat.view().last.text == "1 × Drill bit. Drill bit: scan or type the serial number."  # type: ignore[union-attr]
    assert await scan("S3", "]C0") is Verdict.OK
    assert [serial for _, _, serial, _ in booked(seat)] == ["S1", "S2", "S3"]
    assert seat.view().parked == ()


async def test_a_large_quantity_is_asked_about(seat: Station, scan: Scan) -> None:
    await seat.set_quantity(1_001)
    assert await scan(LAMP, "]E0") is Verdict.ASKED
    assert seat.view().question.words == "1,001 × Bulb: is that right?"  # type: ignore[union-attr]
    assert (await seat.answer(Answer(qty=101))).outcome == "ok"
    await seat.set_quantity(1_000)
    assert await scan(LAMP, "]E0") is Verdict.OK
    assert [qty for *_, qty in booked(seat)] == [101, 1_000]


async def test_an_informed_count_asks_against_the_record(seat: Station, scan: Scan) -> None:
    seat.session.provide_scope("AU1", ["A-01"], blind=False)
    for qty, verdict in ((41_000, Verdict.OK), (41_001, Verdict.ASKED)):
        await seat.set_quantity(qty)
        assert await scan(LAMP, "]E0") is verdict
    assert seat.view().question.words == "41,001 × Bulb: is that right? The record says 40,000."  # type: ignore[union-attr]


async def test_a_measure_that_is_missing_is_typed(seat: Station, scan: Scan) -> None:
    line = f"01{GEL[:-1]}"
    assert line
    await scan("AB", "]C0")
    question = seat.view().question
    assert question is not None and question.options == (("BULB", "Bulb"), ("TEA", "Tea"))
    assert (await seat.answer(Answer(item="LAMP"))).text == "Choose one of BULB, TEA."
    assert (await seat.answer(Answer(item="BULB"))).text == "2 × Bulb"
    await scan("AB", "]C0")
    assert (await seat.answer(Answer(item="TEA"))).outcome == "asked"
    assert (await seat.answer(Answer(lot="L1"))).outcome == "ok"
    assert booked(seat) == [("BULB", None, None, 2), ("TEA", "L1", None, 1)]
    told = last_of(seat, EventKind.COUNTED).data["answers"]
    assert {kind: {name for name in said if name != "asked"} for kind, said in told.items()} == {
        "item": {"item"},
        "lot": {"lot"},
    }


async def test_a_location_that_the_audit_does_not_name(seat: Station, scan: Scan) -> None:
    await seat.close_location()
    assert await scan("LOC-Z-09") is Verdict.ASKED
    assert seat.view().parked[0].location == "Z-09"
    assert await scan("LOC-Z-09") is Verdict.ASKED
    assert len(seat.view().parked) == 1
    other = await again(seat)
    assert (await other.answer(Answer(yes=True))).text == "Z-09 is open."
    assert (other.view().location, other.view().parked) == ("Z-09", ())
    assert (other.view().locations_total, other.stock.scope("AU1")) == (3, ("A-01", "A-02", "Z-09"))
    await other.close_location()
    assert (await again(other)).view().locations_closed == 2


async def test_a_location_that_is_not_counted_too(seat: Station, scan: Scan) -> None:
    await seat.close_location()
    await scan("LOC-Z-09")
    seq = seat.view().parked[0].seq
    assert "not part of this audit" in (await seat.resolve_parked(seq, "LAMP", 1)).text
    assert await scan("CMD-NO") is Verdict.OK
    assert (seat.view().location, seat.view().parked, seat.view().locations_total) == (None, (), 2)


async def test_what_waits_with_its_question_is_resolved_with_lot_and_serial(seat: Station, scan: Scan) -> None:
    await seat.set_quantity(4)
    await scan(TEA, "]E0")
    await scan(LAMP, "]E0")
    (waiting,) = seat.view().parked
    assert (waiting.item, waiting.qty, waiting.lot) == ("TEA", 4, "")
    assert (await seat.resolve_parked(waiting.seq, "TEA", 4, "L7")).outcome == "ok"
    await scan(DRILL, "]E0")
    await scan(LAMP, "]E0")
    (waiting,) = seat.view().parked
    assert (await seat.resolve_parked(waiting.seq, "BIT", 1, None, "S5")).outcome == "ok"
    resolved = [event for event in seat.journal.events() if event.kind is EventKind.RESOLVED]
    assert [(event.item, event.lot, event.serial, event.qty) for event in resolved] == [
        ("TEA", "L7", None, 4), ("BIT", None, "S5", 1)
    ]  # fmt: skip


async def test_a_serial_that_counts_already_is_none_of_several(seat: Station, scan: Scan) -> None:
    await scan(f"010{DRILL}21S1", "]d2")
    await seat.set_quantity(2)
    assert [await scan(code, aim) for code, aim in ((DRILL, "]E0"), ("S1", "]C0"), ("S2", "]C0"))] == [
        Verdict.ASKED
    ] * 3
    assert await scan("S3", "]C0") is Verdict.OK
    assert [serial for _, _, serial, _ in booked(seat)] == ["S1", "S2", "S3"]
    assert seat.view().parked == ()


async def test_an_item_without_a_name_is_called_by_its_number(seat: Station, scan: Scan) -> None:
    seat.stock.put_items([Item(item="P-7", name=""), Item(item="S-7", name="", tracking=Tracking.SERIAL)])
    seat.stock.put_codes([Code(code="TWO", item="P-7"), Code(code="TWO", item="S-7")])
    assert await scan("P-7") is Verdict.OK
    assert seat.view().last.text == "1 × P-7"  # type: ignore[union-attr]
    assert (await seat.undo()).text == "Undone: 1 × P-7"
    assert await scan("TWO") is Verdict.ASKED
    assert seat.view().question.options == (("P-7", "P-7"), ("S-7", "S-7"))  # type: ignore[union-attr]
    assert await scan("S-7") is Verdict.ASKED
    assert seat.view().question.words == "S-7: scan or type the serial number."  # type: ignore[union-attr]
