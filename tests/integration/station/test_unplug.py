"""The scanner is pulled in the middle of a scan and plugged in again: no hand is needed, no complete read is lost."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from drivers import Read
from drivers.device import Clock, Device
from drivers.devices import WireDevice
from drivers.protocols.lines import LineProtocol
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator, scanner_simulator
from drivers.transports.serial import SerialTransport
from scanstation.counting.events import EventKind
from scanstation.settings import DeviceSettings
from scanstation.station.service import Station
from scanstation.station.view import DeviceView

LAMP = Delivery(payload=b"9521141123454", aim="]E0")


@pytest.fixture
async def scanner(station: Station, tmp_path: Path) -> AsyncIterator[ScannerSimulator]:
    simulator = scanner_simulator(random.Random(5), tmp_path)
    await simulator.start()
    station.devices.add(DeviceSettings(name="hand scanner", url=simulator.url))
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    await station.typed("LOC-A-01")
    await until(station, lambda: device(station).state == "ready")
    yield simulator
    await simulator.stop()


def device(station: Station) -> DeviceView:
    return station.view().devices[0]


async def until(station: Station, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        async for _ in station.changes():
            if condition():
                return


def units(station: Station) -> int:
    return station.view().location_units


async def test_an_unplugged_scanner_comes_back_by_itself(station: Station, scanner: ScannerSimulator) -> None:
    for _ in range(20):
        await scanner.deliver(LAMP)
    await scanner.break_off(LAMP)
    await until(station, lambda: device(station).state == "lost")
    assert "plug" in device(station).remedy
    assert "scanner" in device(station).message
    await scanner.plug()
    await until(station, lambda: device(station).state == "ready")
    for _ in range(20):
        await scanner.deliver(LAMP)
    await until(station, lambda: units(station) == 40)
    counted = [event for event in station.journal.events() if event.kind is EventKind.COUNTED]
    assert {event.payload for event in counted} == {"9521141123454"}  # the broken scan is joined to nothing
    assert len(counted) == 40
    assert station.view().parked == ()


async def test_a_station_stops_while_a_device_is_lost(station: Station, scanner: ScannerSimulator) -> None:
    await scanner.deliver(LAMP)
    await until(station, lambda: units(station) == 1)
    await scanner.unplug()
    await until(station, lambda: device(station).state == "lost")
    await asyncio.sleep(1.5)
    async with asyncio.timeout(5):
        await station.stop()


class Defective(WireDevice):
    """A driver with a mistake in it."""

    async def reads(self) -> AsyncIterator[Read]:
        async for read in super().reads():
            yield read
            raise KeyError("a mistake")


async def test_a_driver_with_a_mistake_is_shown_as_lost_and_stops_nobody_else(
    station: Station, scanner: ScannerSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = scanner_simulator(random.Random(6), tmp_path / "other")
    await other.start()

    def defective(url: str, *, name: str, clock: Clock, rng: random.Random) -> Device:
        return Defective(name, url, clock, rng, SerialTransport(str(other.link)), LineProtocol())

    monkeypatch.setattr("scanstation.station.posted.open_device", defective)
    station.devices.add(DeviceSettings(name="new driver", url="mine:x"))
    try:
        await other.deliver(LAMP)
        await until(station, lambda: station.view().devices[1].state == "lost")
        assert "KeyError" in station.view().devices[1].message
        assert "report it" in station.view().devices[1].remedy
        await scanner.deliver(LAMP)
        await until(station, lambda: units(station) == 2)
    finally:
        await other.stop()
