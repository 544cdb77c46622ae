"""Labels on a real station: several symbols, packs with serials, pallets, and devices that damage what they read."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from drivers import Carrier, Read, Verdict
from scanstation.counting.clock import StationClock
from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.question import Answer
from scanstation.counting.tally import tally
from scanstation.exchange.importer import import_file
from scanstation.identity.epc import encode_tag_uri
from scanstation.identity.hibc import format_hibc
from scanstation.settings import DeviceSettings, RepairSettings, Settings, WedgeSettings
from scanstation.station.devices import WEDGE
from scanstation.station.service import Station
from scanstation.stock.model import Item, Tracking
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

GS = "\x1d"
LAMP, CREAM, TEA, PUMP = "09521141123454", "09521141123478", "09521141123485", "A99912345"
TEA_BOX = "19521141123482"
SSCC, UNKNOWN_SSCC = "340063810000000018", "340063810000000025"
PRIMARY = format_hibc(PUMP)
SECONDARY = format_hibc(f"$$52801510X3{PRIMARY[-1]}")
SECOND = 1_000_000

Scan = Callable[..., Read]


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.us = 1_796_112_000_000_000  # 2026-12-01: expiry dates of labels are judged

    def __call__(self) -> int:
        return self.us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def goods(stock: StockStore, tmp_path: Path) -> StockStore:
    """A lot-tracked cream, tea in boxes of 12, a pump with HIBC labels, a pallet of cream and tea."""
    stock.put_items(
        [
            Item(item="CREAM", name="Cream", gtin=CREAM, tracking=Tracking.LOT),
            Item(item="TEA", name="Tea", gtin=TEA, packs={1: 12}),
            Item(item=PUMP, name="Pump", tracking=Tracking.LOT),
        ]
    )
    notice = tmp_path / "notice.csv"
    notice.write_text(f"sscc,item,lot,quantity\n{SSCC},CREAM,L1,40\n{SSCC},CREAM,L2,8\n{SSCC},TEA,,24\n")
    assert import_file(notice, "contents", stock).ok
    return stock


@pytest.fixture
async def seat(
    request: pytest.FixtureRequest, goods: StockStore, clock: Clock, tmp_path: Path
) -> AsyncIterator[Station]:
    """A station that counts A-01; its settings are the parameter of the fixture."""
    settings = Settings(data_dir=tmp_path, reread_s=0, **getattr(request, "param", {}))
    with SqliteJournal(tmp_path / "journal.db") as journal:
        async with Station(settings, goods, journal, StationClock(clock, clock), random.Random(1)) as made:
            await made.sign_in("C01")
            await made.choose_audit("AU1")
            await made.take(read_of(made, "LOC-A-01"))
            yield made


def read_of(station: Station, payload: str, aim: str = "", **fields: object) -> Read:
    raw = payload.encode("latin-1")
    now = station.clock.now()
    return Read(payload=raw, aim=aim, received_at=now, **{"device": "scanner", **fields})  # type: ignore[arg-type]


@pytest.fixture
def scan(seat: Station) -> Callable[..., object]:
    async def take(payload: str, aim: str = "", **fields: object) -> Verdict:
        return await seat.take(read_of(seat, payload.replace("|", GS), aim, **fields))

    return take


def lines(station: Station) -> dict[tuple[str, str | None], int]:
    return {(line.item, line.lot): line.qty for line in station.view().lines}


def events(station: Station, *kinds: EventKind) -> list[CountEvent]:
    return [event for event in station.journal.events() if event.kind in kinds]


REPAIRED_WEDGE = WedgeSettings(repair=RepairSettings(gs="~", caps_lock=True))
REPAIRING = pytest.mark.parametrize("seat", [{"wedge": REPAIRED_WEDGE}], indirect=True)


async def test_lot_and_gtin_in_two_symbols_are_one_count(seat: Station, scan: Scan) -> None:
    assert await scan("10L7|17271231", "]C1") is Verdict.UNKNOWN
    view = seat.view()
    assert view.last is not None and view.last.text.startswith("Half a label: scan its other barcode.")
    (parked,) = view.parked
    assert parked.payload == "10L7\x1d17271231"
    assert parked.text == (
        "half a label, scan its other barcode: AI (10) at 0: expected also (01) or (02) or (03) or (8006) or (8026) "
        "on the label, got (10)(17)"
    )
    assert await scan(CREAM[1:], "]E0") is Verdict.OK
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 1}, ())
    counted = events(seat, EventKind.COUNTED)[0]
    assert counted.payload == CREAM[1:]
    assert counted.data == {"expiry": "2027-12-31", "label": ["10L7\x1d17271231"]}
    assert (await seat.undo()).text == "Undone: 1 × Cream"
    assert (lines(seat), seat.view().parked, seat.view().can_undo) == ({}, (), False)


async def test_the_lot_in_plain_text_beside_a_label_is_told_when_it_is_seen_alone(seat: Station, scan: Scan) -> None:
    """A camera sees a symbol of the same view some frames later: it says nothing that the label did not say."""
    assert await scan(f"01{CREAM}10L7", "]d2", trigger="view 1") is Verdict.OK
    assert await scan("L7", "]C0", trigger="view 1") is Verdict.DUPLICATE
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 1}, ())


async def test_unit_after_unit_with_two_symbols_each(seat: Station, scan: Scan) -> None:
    for lot in ("L7", "L7", "L8"):
        assert await scan(f"10{lot}", "]C1") is Verdict.UNKNOWN
        assert await scan(CREAM[1:], "]E0") is Verdict.OK
    assert lines(seat) == {("CREAM", "L7"): 2, ("CREAM", "L8"): 1}
    assert seat.view().parked == ()


async def test_three_symbols_and_a_quantity_from_the_keypad(seat: Station, scan: Scan) -> None:
    await seat.set_quantity(6)
    assert await scan("10L7", "]C1") is Verdict.UNKNOWN
    assert await scan("10L7", "]C1") is Verdict.UNKNOWN  # the same symbol again
    assert await scan("17271231", "]C1") is Verdict.UNKNOWN
    assert len(seat.view().parked) == 2
    assert await scan(f"01{CREAM}", "]C1") is Verdict.OK
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 6}, ())


async def test_what_is_not_joined_in_time_stays_parked(seat: Station, scan: Scan, clock: Clock) -> None:
    await scan("10L7", "]C1")
    clock.us += 3 * SECOND + 1
    assert await scan(CREAM[1:], "]E0") is Verdict.ASKED
    assert lines(seat) == {}
    assert (await seat.answer(Answer(none=True))).outcome == "ok"
    assert lines(seat) == {("CREAM", None): 1}
    (parked,) = seat.view().parked
    assert (await seat.resolve_parked(parked.seq, "CREAM", 2)).outcome == "ok"


async def test_contradictions_and_other_devices_are_not_joined(seat: Station, scan: Scan) -> None:
    await scan("10L7", "]C1")
    assert await scan(f"01{CREAM}10L8", "]C1") is Verdict.OK
    await scan("10L9", "]C1")
    assert await scan(CREAM[1:], "]E0", device="other") is Verdict.ASKED
    assert lines(seat) == {("CREAM", "L8"): 1}
    assert [parked.payload for parked in seat.view().parked] == ["10L7", "10L9", CREAM[1:]]


async def test_what_belongs_to_no_label_is_taken_as_ever(seat: Station, scan: Scan) -> None:
    await scan("10L7", "]C1")
    assert await scan("LAMP", "]C0") is Verdict.OK
    assert await scan("10L7", "]C1") is Verdict.UNKNOWN
    assert await scan("CMD-UNDO") is Verdict.OK
    assert lines(seat) == {("LAMP", None): 1}
    assert [parked.payload for parked in seat.view().parked] == ["10L7"]


async def test_a_half_that_was_undone_is_not_joined(seat: Station, scan: Scan) -> None:
    await scan("10L7", "]C1")
    assert (await seat.undo()).outcome == "ok"
    assert await scan(CREAM[1:], "]E0") is Verdict.ASKED
    assert lines(seat) == {}


async def test_a_half_survives_a_crash_as_a_parked_code(seat: Station, scan: Scan) -> None:
    await scan("10L7", "]C1")
    again = Station(seat.settings, seat.stock, seat.journal, seat.clock, random.Random(5))
    async with again:
        assert [parked.payload for parked in again.view().parked] == ["10L7"]
        assert await again.take(read_of(again, CREAM[1:], "]E0")) is Verdict.ASKED
        assert lines(again) == {}


async def test_deliveries_that_come_again_come_to_the_same(seat: Station, scan: Scan) -> None:
    for _ in range(2):
        assert await scan("10L7", "]C1", read_id="r1") is Verdict.UNKNOWN
    for _ in range(2):
        assert await scan(CREAM[1:], "]E0", read_id="r2") is Verdict.OK
    assert await scan("10L7", "]C1", read_id="r1") is Verdict.UNKNOWN
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 1}, ())
    assert await scan(CREAM[1:], "]E0", read_id="r2") is Verdict.OK
    assert lines(seat) == {("CREAM", "L7"): 1}


async def test_a_lot_behind_a_gtin_is_never_given_to_the_next_item(seat: Station, scan: Scan) -> None:
    """The item does not count without its lot: the card asks, and the lot that comes is the answer."""
    assert await scan(CREAM[1:], "]E0") is Verdict.ASKED
    last = seat.view().last
    assert last is not None and last.text == "Cream: scan or type the lot."
    assert await scan("10L7", "]C1") is Verdict.OK
    assert await scan("10L8", "]C1") is Verdict.UNKNOWN
    assert lines(seat) == {("CREAM", "L7"): 1}


async def test_a_lot_behind_a_gtin_joins_it(seat: Station, scan: Scan) -> None:
    for lot in ("L7", "L8"):
        assert await scan(CREAM[1:], "]E0") is Verdict.ASKED
        assert await scan("17271231", "]C1") is Verdict.ASKED
        assert await scan(f"10{lot}", "]C1") is Verdict.OK
    assert lines(seat) == {("CREAM", "L7"): 1, ("CREAM", "L8"): 1}
    assert seat.view().parked == ()
    counted = events(seat, EventKind.COUNTED)[-1]
    asked = "Cream: scan or type the lot."
    assert counted.data == {
        "expiry": "2027-12-31",
        "label": [CREAM[1:], "17271231"],
        "answers": {"lot": {"asked": asked, "lot": "L8"}},
    }
    await seat.undo()
    assert lines(seat) == {("CREAM", "L7"): 1}


async def test_an_item_whose_lot_never_comes_waits_with_its_question(seat: Station, scan: Scan, clock: Clock) -> None:
    await seat.set_quantity(4)
    assert await scan(CREAM[1:], "]E0") is Verdict.ASKED
    assert await scan(LAMP[1:], "]E0") is Verdict.OK
    assert await scan("10L7", "]C1") is Verdict.UNKNOWN
    assert lines(seat) == {("LAMP", None): 1}
    assert [parked.payload for parked in seat.view().parked] == [CREAM[1:], "10L7"]


async def test_a_serial_that_counts_already_takes_back_the_second_count(seat: Station, scan: Scan) -> None:
    tagged = "09521141123461"
    assert await scan(f"01{tagged}21S1", "]C1") is Verdict.OK
    assert await scan(tagged[1:], "]E0") is Verdict.ASKED
    assert await scan("21S1", "]C1") is Verdict.DUPLICATE
    assert seat.view().parked == ()
    assert lines(seat) == {("DRILL", None): 1}


async def test_hibc_in_two_symbols_in_both_orders(seat: Station, scan: Scan) -> None:
    assert await scan(SECONDARY) is Verdict.UNKNOWN
    assert await scan(PRIMARY) is Verdict.OK
    assert await scan(PRIMARY) is Verdict.ASKED
    assert await scan(SECONDARY) is Verdict.OK
    assert (lines(seat), seat.view().parked) == ({(PUMP, "10X3"): 2}, ())


async def test_a_pallet_that_nobody_announced_is_counted_by_its_second_symbol(seat: Station, scan: Scan) -> None:
    content = f"02{CREAM}3740|10L7"
    assert await scan(f"00{UNKNOWN_SSCC}", "]C1") is Verdict.UNKNOWN
    assert await scan(content, "]C1") is Verdict.OK
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 40}, ())
    assert await scan(content, "]C1") is Verdict.UNKNOWN
    assert await scan(f"00{UNKNOWN_SSCC}", "]C1") is Verdict.DUPLICATE
    assert (lines(seat), seat.view().parked) == ({("CREAM", "L7"): 40}, ())


async def test_an_order_number_on_the_label_does_not_part_its_halves(seat: Station, scan: Scan) -> None:
    assert await scan(f"02{CREAM}3740|10L7", "]C1") is Verdict.UNKNOWN
    assert await scan("400ORDER1", "]C1") is Verdict.UNKNOWN
    assert await scan(f"00{UNKNOWN_SSCC}", "]C1") is Verdict.OK
    assert lines(seat) == {("CREAM", "L7"): 40}
    assert [parked.payload for parked in seat.view().parked] == ["400ORDER1"]


async def test_an_announced_pallet_counts_what_it_holds_once(seat: Station, scan: Scan, clock: Clock) -> None:
    assert await scan(f"00{SSCC}", "]C1") is Verdict.OK
    assert lines(seat) == {("CREAM", "L1"): 40, ("CREAM", "L2"): 8, ("TEA", None): 24}
    last = seat.view().last
    assert last is not None and (last.qty, last.item) == (72, None)
    assert last.text == f"Logistic unit {SSCC}: 40 × Cream, 8 × Cream, 24 × Tea"
    assert await scan(f"00{SSCC}", "]C1") is Verdict.DUPLICATE
    assert (await seat.undo()).text == f"Undone: logistic unit {SSCC}, 72 units"
    assert lines(seat) == {}
    assert await scan(f"00{SSCC}", "]C1") is Verdict.OK
    await seat.close_location()
    await scan("LOC-A-02")
    tag = encode_tag_uri("urn:epc:tag:sscc-96:0.4006381.3000000001")
    clock.us += SECOND
    for _ in range(4):
        assert await seat.take(read_of(seat, tag.decode("latin-1"), carrier=Carrier.EPC, device="gate")) is Verdict.OK
    assert seat.view().swept_tags == 1
    await seat.close_location()
    reads = tally(seat.journal.events(), "AU1").reads
    kept = [
        (location, item, lot, qty)
        for location, item, lot, qty, void in zip(
            *(reads[name] for name in ("location", "item", "lot", "qty", "voided")), strict=True
        )
        if not void
    ]
    assert kept == [("A-02", "CREAM", "L1", 40), ("A-02", "CREAM", "L2", 8), ("A-02", "TEA", None, 24)]


async def test_an_unknown_pallet_waits_for_a_person(seat: Station, scan: Scan) -> None:
    assert await scan(f"00{UNKNOWN_SSCC}", "]C1") is Verdict.UNKNOWN
    assert await scan(LAMP[1:], "]E0") is Verdict.OK
    (parked,) = seat.view().parked
    assert "says nothing of its contents" in parked.text


async def test_a_box_with_a_serial_counts_its_pieces_once_by_label_and_by_tag(
    seat: Station, scan: Scan, clock: Clock
) -> None:
    assert await scan(f"01{TEA_BOX}21777", "]C1") is Verdict.OK
    assert await scan(f"01{TEA_BOX}21777", "]C1") is Verdict.DUPLICATE
    tag = encode_tag_uri("urn:epc:tag:sgtin-96:2.9521141.112348.777")
    clock.us += SECOND
    for _ in range(4):
        await seat.take(read_of(seat, tag.decode("latin-1"), carrier=Carrier.EPC, device="gate"))
    await seat.close_location()
    assert [(event.qty, event.serial) for event in events(seat, EventKind.COUNTED)] == [(12, "777")]
    reads = tally(seat.journal.events(), "AU1").reads
    assert (reads["item"], reads["serial"], reads["qty"]) == (["TEA"], [None], [12])


@pytest.mark.parametrize(
    "seat", [{"wedge": WedgeSettings(repair=RepairSettings(gs="~", caps_lock=True))}], indirect=True
)
async def test_a_device_is_repaired_only_where_its_setting_says_so(seat: Station, scan: Scan) -> None:
    sent = f"01{CREAM}10ab~17271231"
    assert await scan(sent) is Verdict.ERROR
    assert events(seat, EventKind.COUNTED) == []
    assert await scan(sent, device=WEDGE) is Verdict.OK
    (counted,) = events(seat, EventKind.COUNTED)
    assert (counted.lot, counted.payload) == ("AB", sent)
    assert counted.data["repaired"] == ["undid caps lock", "put the separator (GS) back for '~'"]
    assert await scan("cmd-undo", device=WEDGE) is Verdict.OK
    assert await scan("x~y", device=WEDGE) is Verdict.UNKNOWN
    (parked,) = events(seat, EventKind.PARKED)
    assert (parked.payload, "repaired" in parked.data) == ("x~y", True)


@pytest.mark.parametrize("seat", [{"wedge": WedgeSettings(repair=RepairSettings(layout="de"))}], indirect=True)
async def test_what_a_layout_does_not_tell_is_parked_and_the_page_believes_its_keys(seat: Station, scan: Scan) -> None:
    seat.devices.open(DeviceSettings(name="host", url="null://", repair=RepairSettings(layout="de")))
    assert await scan("A'B", device="host") is Verdict.UNKNOWN
    (parked,) = events(seat, EventKind.PARKED)
    assert parked.payload == "A'B" and "may be '= ' or '|'" in parked.data["why"]
    assert await scan("A'B", device=WEDGE) is Verdict.UNKNOWN
    assert events(seat, EventKind.PARKED)[-1].data["repaired"] == ["undid the keyboard layout de"]
    assert await scan(LAMP[1:], "]E0", device="host") is Verdict.OK


async def test_a_device_that_is_added_brings_its_repairs(seat: Station, scan: Scan, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    repairs = RepairSettings(missing_check_digit=True)
    seat.devices.open(DeviceSettings(name="old scanner", url="null://", repair=repairs))
    assert await scan(LAMP[1:-1], "]E0", device="old scanner") is Verdict.OK
    assert lines(seat) == {("LAMP", None): 1}
