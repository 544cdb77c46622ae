"""A device that delivers again what was not acknowledged: over the death of the station, and over its trouble."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.simulators.base import Delivery
from drivers.simulators.mqtt import MqttSimulator
from drivers.simulators.ssi import SsiSimulator
from scanstation.counting.clock import StationClock
from scanstation.counting.errors import JournalError, JournalReason
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.service import Station
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore

LAMP = Delivery(payload=b"9521141123454", aim="]E0")


@asynccontextmanager
async def opened(stock: StockStore, folder: Path) -> AsyncIterator[Station]:
    """A station that somebody counts at, at A-01."""
    with SqliteJournal(folder / "journal.db") as journal:
        settings = Settings(data_dir=folder, reread_s=0)  # these deliveries come faster than hands are
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as made:
            if made.session.operator is None:
                await made.sign_in("C01")
                await made.choose_audit("AU1")
                await made.typed("LOC-A-01")
            yield made


@pytest.fixture
async def dock(tmp_path: Path) -> AsyncIterator[MqttSimulator]:
    """A publisher at a broker."""
    simulator = MqttSimulator(random.Random(1), tmp_path / "broker")
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.mark.parametrize("name", ["hand scanner", "../../gate 7"])
async def test_a_scan_that_was_journaled_but_not_acknowledged_counts_once(
    stock: StockStore, tmp_path: Path, name: str
) -> None:
    """The station gives the scanner's driver its memory by itself; the URL says nothing of it."""
    scanner = SsiSimulator(random.Random(1), tmp_path / "wire", resend_after=0.05)
    await scanner.start()
    settings = DeviceSettings(name=name, url=scanner.url)
    async with asyncio.timeout(120):
        async with opened(stock, tmp_path) as station:
            device = station.devices.open(settings)
            scan = asyncio.create_task(scanner.deliver(LAMP))
            async for read in device.reads():
                await station.take(read)
                break  # it dies here
            assert station.view().location_units == 1
        resent = scanner.resent
        while scanner.resent < resent + 3:
            await asyncio.sleep(0.01)
        async with opened(stock, tmp_path) as station:
            station.devices.add(settings)
            await scan
            assert station.view().location_units == 1
            await scanner.deliver(LAMP)
            await scanner.deliver(LAMP)
            while (
                station.view().location_units < 3
            ):  # what acknowledged the last one may have been meant for a resent one
                await asyncio.sleep(0.01)
            assert station.view().location_units == 3
    assert len(list((tmp_path / "devices").iterdir())) == 1
    await scanner.stop()


async def test_what_could_not_be_journaled_stays_at_the_broker(
    stock: StockStore, tmp_path: Path, dock: MqttSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = DeviceSettings(name="dock", url=dock.url)
    async with asyncio.timeout(120):
        async with opened(stock, tmp_path) as station:
            station.devices.add(settings)
            await dock.deliver(LAMP)
            while station.view().location_units < 1:
                await asyncio.sleep(0.01)
            monkeypatch.setattr(station.journal, "submit", _disk_full)
            await dock.deliver(LAMP)
            await dock.deliver(LAMP)
            while station.alarm is None:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            assert dock.acknowledged == 1
        async with opened(stock, tmp_path) as station:
            station.devices.add(settings)
            while dock.acknowledged < 3:
                await asyncio.sleep(0.01)
            assert station.view().location_units == 3


def _disk_full(events: object) -> None:
    raise JournalError(JournalReason.DISK_FULL, "the disk is full")


async def test_a_publisher_that_says_it_twice_counts_once(
    stock: StockStore, tmp_path: Path, dock: MqttSimulator
) -> None:
    async with asyncio.timeout(120), opened(stock, tmp_path) as station:
        station.devices.add(DeviceSettings(name="dock", url=dock.url))
        for _ in range(3):
            await dock.deliver(LAMP)
            await dock.resend()
        while dock.acknowledged < 6:
            await asyncio.sleep(0.01)
        assert station.view().location_units == 3
