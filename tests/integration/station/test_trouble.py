"""A full disk and a stepped clock: told loudly, nothing acknowledged is lost."""

import random
from collections.abc import Callable
from pathlib import Path

from drivers import Read, Verdict
from scanstation.counting.clock import StationClock
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.events import CountEvent, EventKind
from scanstation.settings import Settings
from scanstation.station.service import Station
from scanstation.station.view import Phase
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

GTIN = "9521141123454"
Scan = Callable[..., Read]


async def test_a_full_disk_stops_counting_and_keeps_what_was_acknowledged(
    stock: StockStore, tmp_path: Path, scan: Scan
) -> None:
    settings = Settings(data_dir=tmp_path / "full", reread_s=0)
    settings.data_dir.mkdir()
    with SqliteJournal(settings.journal_path) as journal:
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
            await station.sign_in("C01")
            await station.choose_audit("AU1")
            await station.take(scan("LOC-A-01"))
            for _ in range(3):
                assert await station.take(scan(GTIN, "]E0")) is Verdict.OK
    # The same station on a disk that is nearly full: less is free than the journal wants to keep.
    with SqliteJournal(settings.journal_path, min_free_bytes=10**18) as journal:
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
            assert station.view().location_units == 3
            assert await station.take(scan(GTIN, "]E0")) is Verdict.ERROR
            view = station.view()
            assert view.phase is Phase.STOPPED
            assert view.alarm is not None and "stopped" in view.alarm and "free" in view.alarm.lower()
            assert view.location_units == 3  # what was acknowledged, and not one more
            assert await station.take(scan(GTIN, "]E0")) is Verdict.ERROR
            assert view.last is not None and view.last.verdict == "error"
    with SqliteJournal(settings.journal_path) as journal:
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
            assert await station.take(scan(GTIN, "]E0")) is Verdict.OK
            assert station.view().location_units == 4


async def test_a_stepped_clock_is_journaled_and_time_never_goes_back(
    stock: StockStore, tmp_path: Path, scan: Scan
) -> None:
    start = 1_800_000_000_000_000
    wall, passed = [start], [0]

    def tick(by: int) -> None:
        wall[0] += by
        passed[0] += by

    settings = Settings(data_dir=tmp_path / "clock", reread_s=0)
    settings.data_dir.mkdir()
    clock = StationClock(lambda: wall[0], lambda: passed[0])
    with SqliteJournal(settings.journal_path) as journal:
        async with Station(settings, stock, journal, clock, random.Random(1)) as station:
            await station.sign_in("C01")
            await station.choose_audit("AU1")
            tick(1_000_000)
            await station.take(scan("LOC-A-01"))
            wall[0] -= 3_600_000_000  # somebody sets the clock back by an hour
            tick(1_000_000)
            await station.take(scan(GTIN, "]E0"))
            events = list(journal.events())
    stepped = [event for event in events if event.kind is EventKind.CLOCK_STEPPED]
    assert [event.data["by"] for event in stepped] == [-3_600_000_000]
    times = [event.ts for event in events]
    assert times == sorted(times) and times[-1] >= start + 1_000_000


async def test_an_event_that_cannot_be_written_stops_nobody_else(station: Station, scan: Scan) -> None:
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.take(scan("LOC-A-01"))
    broken = CountEvent(kind=EventKind.PARKED, ts=1, station="ST01", payload="\ud800")
    decision = await station.settle(lambda: Decision(outcome=Outcome.UNKNOWN, text="", events=(broken,)))
    assert decision.outcome is Outcome.ERROR and "journaled" in decision.text
    assert await station.take(scan(GTIN, "]E0")) is Verdict.OK
    assert station.view().location_units == 1
