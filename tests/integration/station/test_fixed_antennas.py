"""A portal reader (LLRP on TCP) with two fixed antennas at a real station: presence is journaled, a close counts it."""

import asyncio
import json
import random
from contextlib import asynccontextmanager, suppress

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from drivers.device import State
from drivers.protocols.llrp.events import antenna_event
from drivers.simulators.llrp import FieldTag, LlrpSimulator
from drivers.simulators.mqtt import MqttSimulator
from scanstation.cli.app import command_line
from scanstation.counting.arrivals import tags_present
from scanstation.counting.clock import StationClock
from scanstation.counting.events import EventKind
from scanstation.counting.whereabouts import Spot
from scanstation.identity.epc import format_sgtin96
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.service import Station
from scanstation.station.tag_rates import decode_rates
from scanstation.store.journal import SqliteJournal

TAGGED = "09521141123461"
EPOCH_S = 0.02


def tag(serial, antenna, **more):
    return FieldTag(epc=format_sgtin96(TAGGED, serial, 7), probability=0.9, antenna=antenna, **more)


class Portal:
    """A reader on the wall; ``tags`` is what stands before it now."""

    def __init__(self):
        self.wire = LlrpSimulator(random.Random(3))
        self.tags = []

    @asynccontextmanager
    async def on(self):
        await self.wire.start()
        air = asyncio.create_task(self._inventory())
        try:
            yield self
        finally:
            air.cancel()
            await asyncio.gather(air, return_exceptions=True)
            await self.wire.stop()

    async def _inventory(self):
        while True:
            with suppress(OSError):
                if self.wire.connected and self.tags:
                    await self.wire.sweep(self.tags, 1, ghosts=0.0)
            await asyncio.sleep(EPOCH_S / 2)


@pytest.fixture
async def portal():
    async with Portal().on() as portal:
        yield portal


@asynccontextmanager
async def serving(portal, stock, folder):
    device = DeviceSettings(name="portal", url=portal.wire.url, antennas={"1": "A-01", "2": "A-02"})
    settings = Settings(data_dir=folder, devices=(device,), rfid_epoch_s=EPOCH_S)
    with SqliteJournal(folder / "journal.db") as journal:
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
            yield station


async def until(condition):
    for _ in range(3_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def told(station):
    kinds = (EventKind.TAG_ARRIVED, EventKind.TAG_LEFT)
    return [event for event in station.journal.events() if event.kind in kinds]


def at(station, location):
    return {event.serial for event in tags_present(station.journal.events()) if event.location == location}


async def count(station, location):
    await station.typed(f"LOC-{location}")
    return await station.close_location()


async def test_what_came_counts_at_the_close_and_a_later_move_counts_later(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [tag(serial, 1) for serial in range(1, 6)]
        await until(lambda: len(at(station, "A-01")) == 5)
        arrival = told(station)[0]
        assert (arrival.item, arrival.device, arrival.source, arrival.audit) == ("DRILL", "portal", "rfid", "")
        assert arrival.data["antenna"] == 1
        assert arrival.data["first"] <= arrival.data["last"] <= arrival.ts
        assert not [event for event in station.journal.events() if event.kind is EventKind.COUNTED]

        await station.sign_in("C01")
        await station.choose_audit("AU1")
        closed = await count(station, "A-01")
        assert "Fixed antennas: 5 units counted." in closed.text
        await station.reopen_location("A-01")
        assert station.view().present_tags == 5
        assert "0 units counted, 5 already counted." in (await station.close_location()).text

        portal.tags = [tag(1, 2), *(tag(serial, 1) for serial in range(2, 6))]
        await until(lambda: at(station, "A-02") == {"1"})
        assert at(station, "A-01") == {"2", "3", "4", "5"}
        assert told(station)[-1].data["before"] == "A-01"
        assert "1 unit counted, 1 moved here from other places." in (await count(station, "A-02")).text
        counted = [event for event in station.journal.events() if event.kind is EventKind.COUNTED]
        assert [event.location for event in counted if event.serial == "1"] == ["A-01", "A-02"]
        assert len(counted) == 6

        portal.tags = portal.tags[:1]
        await until(lambda: not at(station, "A-01"))
        assert at(station, "A-02") == {"1"}
        assert len(told(station)) == 5 + 1 + 4


async def test_the_command_line_shows_what_is_where_beside_the_station(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [tag(1, 1), tag(2, 2)]
        await until(lambda: len(told(station)) == 2)
        env = {"SCANSTATION_DATA_DIR": str(tmp_path)}
        both = CliRunner().invoke(command_line(), ["journal", "present"], env=env)
        assert both.exit_code == 0, both.output
        assert all(word in both.stdout for word in ("A-01", "A-02", "DRILL", "portal"))
        done = CliRunner().invoke(command_line(), ["journal", "present", "A-02", "--json"], env=env)
        (line,) = map(json.loads, done.stdout.splitlines())
        assert (line["location"], line["serial"], line["kind"]) == ("A-02", "2", "tag_arrived")


async def test_reads_of_fixed_antennas_are_no_sweep_of_the_open_location(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        await station.sign_in("C01")
        await station.choose_audit("AU1")
        await station.typed("LOC-A-02")
        portal.tags = [tag(1, 1)]
        await until(lambda: at(station, "A-01") == {"1"})
        view = station.view()
        assert (view.swept_tags, view.present_tags) == (0, 0)
        assert "Fixed antennas: 0 units counted." in (await station.close_location()).text


async def test_a_tag_that_names_nothing_is_parked_once(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [FieldTag(epc=bytes.fromhex("E2" + "11" * 11), probability=0.9)]
        await until(lambda: len(told(station)) == 1)
        assert told(station)[0].item is None
        await station.sign_in("C01")
        await station.choose_audit("AU1")
        await count(station, "A-01")
        await station.reopen_location("A-01")
        await station.close_location()
        assert len(station.view().parked) == 1


async def test_while_the_reader_is_lost_nothing_leaves_and_the_close_says_so(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [tag(1, 1)]
        await until(lambda: at(station, "A-01") == {"1"})
        await station.sign_in("C01")
        await station.choose_audit("AU1")
        await portal.wire.unplug()
        await until(lambda: station.devices["portal"].status.state is State.LOST)
        await asyncio.sleep(100 * EPOCH_S)
        text = (await count(station, "A-01")).text
        assert "Fixed antennas: 1 unit counted, as last heard: portal does not hear now." in text
        await portal.wire.plug()
        await until(lambda: station.devices["portal"].status.state is State.READY)
        await asyncio.sleep(20 * EPOCH_S)
        assert len(told(station)) == 1


async def test_an_antenna_whose_cable_is_off_keeps_its_tags(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [tag(1, 1), tag(2, 2)]
        await until(lambda: len(told(station)) == 2)
        device = station.devices["portal"]
        portal.tags = [tag(2, 2)]
        await portal.wire.garbage(portal.wire.state.event(antenna_event(1, False)))
        await until(lambda: device.unplugged == {1})
        await asyncio.sleep(300 * EPOCH_S)
        assert at(station, "A-01") == {"1"}
        await portal.wire.garbage(portal.wire.state.event(antenna_event(1, True)))
        await until(lambda: not at(station, "A-01"))
        assert at(station, "A-02") == {"2"}


async def test_a_restart_goes_on_with_what_the_journal_tells(portal, stock, tmp_path):
    async with serving(portal, stock, tmp_path) as station:
        portal.tags = [tag(1, 1), tag(2, 2)]
        await until(lambda: len(told(station)) == 2)
    portal.tags = [tag(1, 1), tag(3, 2)]
    kept = decode_rates((tmp_path / "tag-rates.memory").read_bytes())
    async with serving(portal, stock, tmp_path) as station:
        rates = station.fixed.where.rates()
        assert rates.keys() == kept.keys() == {Spot("portal", 1), Spot("portal", 2)}
        assert rates[Spot("portal", 2)] == kept[Spot("portal", 2)]
        assert at(station, "A-01") | at(station, "A-02") == {"1", "2"}
        await until(lambda: at(station, "A-02") == {"3"})
        assert [(one.serial, one.kind) for one in told(station)[2:]] == [
            ("3", EventKind.TAG_ARRIVED),
            ("2", EventKind.TAG_LEFT),
        ]


@asynccontextmanager
async def behind_a_broker(stock, folder):
    """A station with a Zebra reader behind a real broker, and what publishes as the reader does."""
    dock = MqttSimulator(random.Random(1), folder / "broker", "zebra")
    await dock.start()
    device = DeviceSettings(name="dock", url=dock.url, antennas={"any": "A-01"}, silence_s=1)
    settings = Settings(data_dir=folder, devices=(device,), rfid_epoch_s=EPOCH_S)
    try:
        with SqliteJournal(folder / "journal.db") as journal:
            async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
                await until(lambda: station.devices["dock"].status.state is State.READY)
                yield station, dock
    finally:
        await dock.stop()


async def publish(dock, data):
    await dock.garbage(json.dumps({"type": "x", "data": data}).encode())


async def test_a_reader_that_is_off_behind_a_live_broker_does_not_look_as_if_its_tags_had_left(stock, tmp_path):
    async with behind_a_broker(stock, tmp_path) as (station, dock):
        for _ in range(12):
            await publish(dock, {"idHex": format_sgtin96(TAGGED, 1, 7).hex(), "peakRssi": -55})
            await asyncio.sleep(EPOCH_S)
        await until(lambda: at(station, "A-01") == {"1"})
        await until(lambda: station.silent)
        [shown] = station.view().devices
        assert (shown.state, shown.remedy[:15]) == ("silent", "check its power")
        assert [life.state for life in station.devices.lives(station.silent)] == ["silent"]
        await asyncio.sleep(300 * EPOCH_S)  # longer than any patience
        await station.sign_in("C01")
        await station.choose_audit("AU1")
        assert "as last heard: dock does not hear now." in (await count(station, "A-01")).text
        assert len(told(station)) == 1

        await publish(dock, {"radio_control": {"radioActivity": "inactive"}})
        await until(lambda: "does not read" in station.view().devices[0].message)
        while len(told(station)) == 1:  # an empty field: heartbeats are all that is heard
            await publish(dock, {"radio_control": {"radioActivity": "active"}})
            await asyncio.sleep(10 * EPOCH_S)
        assert told(station)[-1].kind is EventKind.TAG_LEFT
        await until(lambda: not station.silent)
        assert station.view().devices[0].state == "ready"


def test_an_antenna_is_a_number_or_any():
    with pytest.raises(ValidationError, match="antennas"):
        DeviceSettings(name="portal", url="llrp://door", antennas={"left": "A-01"})
    with pytest.raises(ValidationError, match="antennas"):
        DeviceSettings(name="portal", url="llrp://door", antennas={"1": ""})
