"""A read goes down the whole street: identity, catalogue, session, journal, verdict, view."""

import random
from collections.abc import Callable

import pytest

from drivers import Carrier, Read, Verdict
from scanstation.counting.events import EventKind
from scanstation.identity import format_sgtin96
from scanstation.station.service import Station
from scanstation.station.view import Phase

GTIN, TAGGED = "09521141123454", "09521141123461"

Scan = Callable[..., Read]


@pytest.fixture
async def counting(station: Station) -> Station:
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    return station


async def test_the_flow_by_labels_only(station: Station, scan: Scan) -> None:
    assert station.view().phase is Phase.SIGNED_OUT
    assert await station.take(scan("OPR-C01")) is Verdict.OK
    assert station.view().badge_waiting == "C01"
    await station.sign_in("C01")
    assert station.view().operator_name == "Casey"
    assert await station.take(scan("CMD-AUDIT-AU1")) is Verdict.OK
    assert await station.take(scan("LOC-A-01")) is Verdict.OK
    assert station.view().phase is Phase.COUNTING
    assert await station.take(scan("CMD-QTY-5")) is Verdict.OK
    assert await station.take(scan(GTIN[1:], "]E0")) is Verdict.OK
    assert await station.take(scan(GTIN[1:], "]E0")) is Verdict.OK
    assert [(line.item, line.qty) for line in station.view().lines] == [("LAMP", 6)]
    assert await station.take(scan("CMD-UNDO")) is Verdict.OK
    assert [(line.item, line.qty) for line in station.view().lines] == [("LAMP", 5)]
    assert await station.take(scan("CMD-DAMAGED")) is Verdict.OK
    assert station.view().lines[0].damaged == 1
    assert await station.take(scan("CMD-CLOSE")) is Verdict.OK
    view = station.view()
    assert (view.phase, view.locations_closed, view.locations_total) == (Phase.SCAN_LOCATION, 1, 2)


async def test_a_misread_is_shown_and_leaves_no_event(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    before = counting.journal.head
    assert await counting.take(scan("9521141123455", "]E0")) is Verdict.ERROR
    assert counting.journal.head == before
    last = counting.view().last
    assert last is not None and last.verdict == "error" and last.code == "9521141123455"


async def test_an_unknown_code_is_parked_and_can_be_resolved(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    assert await counting.take(scan("9528888000017", "]E0")) is Verdict.UNKNOWN
    (parked,) = counting.view().parked
    assert (parked.payload, parked.location) == ("9528888000017", "A-01")
    assert (await counting.resolve_parked(parked.seq, "NOBODY", 1)).outcome == "refused"
    assert (await counting.resolve_parked(parked.seq, "LAMP", 2)).outcome == "ok"
    assert counting.view().parked == ()
    assert [(line.item, line.qty) for line in counting.view().lines] == [("LAMP", 2)]


async def test_nothing_counts_without_an_open_location(counting: Station, scan: Scan) -> None:
    assert await counting.take(scan(GTIN[1:], "]E0")) is Verdict.REFUSED
    assert await counting.take(scan("LOC-B-01")) is Verdict.ASKED  # not in the audit's scope
    assert (
        await counting.take(scan("LOC-Z-99")) is Verdict.REFUSED
    )  # there is no such place, and nowhere to keep its label


async def test_the_same_delivery_counts_once(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    for _ in range(3):
        assert await counting.take(scan(GTIN[1:], "]E0", read_id="page-1")) is Verdict.OK
    assert counting.view().location_units == 1


async def test_a_typed_code_is_marked_as_typed(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    assert (await counting.typed(GTIN[1:])).outcome == "ok"
    event = list(counting.journal.events())[-1]
    assert (event.kind, event.source, event.device) == (EventKind.COUNTED, "typed", "keyboard")


async def test_a_sweep_counts_each_tag_once_when_the_location_closes(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-02"))
    tags = [format_sgtin96(TAGGED, serial, 7) for serial in range(1, 6)]
    for _ in range(10):
        for tag in tags:
            read = Read(
                payload=tag,
                device="reader",
                received_at=counting.clock.now(),
                carrier=Carrier.EPC,
                antenna=1,
                rssi_dbm=-50,
            )
            assert await counting.take(read) is Verdict.OK
    assert counting.view().swept_tags == 5
    assert counting.view().location_units == 0
    await counting.close_location()
    counted = [event for event in counting.journal.events() if event.kind is EventKind.COUNTED]
    assert sorted((event.item, event.serial, event.qty) for event in counted) == [
        ("DRILL", str(serial), 1) for serial in range(1, 6)
    ]


async def test_what_was_read_of_a_tags_memory_is_evidence_of_its_count(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-02"))
    chip, user = bytes.fromhex("E280116020007D3B8A4B0A11"), b"\xca\xfe"
    tag, foreign = format_sgtin96(TAGGED, 1, 7), bytes.fromhex("C310821E1A27B82D49F00003")
    for turn in range(20):  # not every round reads the memory too
        for payload in (tag, foreign):
            read = Read(
                payload=payload, device="reader", received_at=counting.clock.now(), carrier=Carrier.EPC, antenna=1,
                rssi_dbm=-50.25, pc=0x3400, tid=chip if turn == 3 else None, user=user if turn == 3 else None,
            )  # fmt: skip
            await counting.take(read)
    await counting.close_location()
    [counted] = [event for event in counting.journal.events() if event.kind is EventKind.COUNTED]
    [parked] = [event for event in counting.journal.events() if event.kind is EventKind.PARKED]
    for event in (counted, parked):
        assert (event.data["tid"], event.data["user"]) == (chip.hex().upper(), "CAFE")


async def test_a_location_that_is_swept_again_is_judged_by_both_sweeps(counting: Station, scan: Scan) -> None:
    """One read each is too little to be sure; reopened and swept again, the evidence of both is."""
    tags = [format_sgtin96(TAGGED, serial, 7) for serial in range(1, 6)]

    async def sweep(rounds: int) -> None:
        start = counting.clock.now()
        for turn in range(rounds):
            for tag in tags:
                now = start + turn * 100_000
                read = Read(payload=tag, device="reader", received_at=now, carrier=Carrier.EPC, antenna=1, rssi_dbm=-50)
                await counting.take(read)

    await counting.take(scan("LOC-A-02"))
    await sweep(1)
    first = await counting.close_location()
    assert "sweep again here: " in first.text
    await counting.reopen_location("A-02")
    await sweep(15)
    second = await counting.close_location()
    assert "sweep again" not in second.text
    assert "100.0 % complete (100.0 % to 100.0 %)" in second.text
    counted = [event.serial for event in counting.journal.events() if event.kind is EventKind.COUNTED]
    assert sorted(counted) == ["1", "2", "3", "4", "5"]


async def test_a_station_that_restarts_goes_on_where_it_was(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-02"))
    await counting.take(scan(GTIN[1:], "]E0"))
    read = Read(
        payload=format_sgtin96(TAGGED, 1, 7), device="reader", received_at=counting.clock.now(), carrier=Carrier.EPC
    )
    await counting.take(read)
    again = Station(counting.settings, counting.stock, counting.journal, counting.clock, random.Random(5))
    async with again:
        before, after = counting.view(), again.view()
        assert (after.operator_name, after.audit, after.location) == (before.operator_name, before.audit, "A-02")
        assert after.lines == before.lines
        assert after.notice is not None and "interrupted" in after.notice


async def test_the_view_of_a_blind_count_holds_no_recorded_quantity(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    await counting.take(scan(GTIN[1:], "]E0"))
    assert "7" not in {str(value) for value in vars_of(counting.view())}


def vars_of(view: object) -> list[object]:
    """Every number in the view but times, hashes and the number of events."""
    from dataclasses import asdict

    def walk(value: object) -> list[object]:
        if isinstance(value, dict):
            return [leaf for key, part in value.items() if key not in ("ts", "head", "events") for leaf in walk(part)]
        if isinstance(value, list | tuple):
            return [leaf for part in value for leaf in walk(part)]
        return [value] if isinstance(value, int) else []

    return walk(asdict(view))  # type: ignore[call-overload]


async def test_a_command_label_that_is_delivered_twice_acts_once(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    for _ in range(3):
        await counting.take(scan(GTIN[1:], "]E0"))
    for _ in range(2):
        assert await counting.take(scan("CMD-UNDO", read_id="page-9")) is Verdict.OK
    assert counting.view().location_units == 2
