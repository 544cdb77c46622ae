"""Chainway UR4 and UR8: how the reader is started, what is a read, when it is lost."""

import asyncio
import random

import pytest

from drivers.device import State
from drivers.devices import WireDevice
from drivers.errors import DriverError, Reason
from drivers.protocols import chainway_frames as wire
from drivers.protocols import make_protocol
from drivers.protocols.base import LOST, Life
from drivers.protocols.chainway import PATIENCE, QUIET, ChainwayProtocol
from drivers.read import Carrier
from drivers.registry import open_device
from drivers.simulators.base import Delivery
from drivers.simulators.chainway_module import ChainwayModule
from drivers.simulators.peers import TcpPeer
from drivers.transports.serial import SerialTransport
from drivers.url import Options, parse_url

EPC, TID, USER = (bytes.fromhex(text) for text in ("3034257bf7194e4000001a85", "e28011602000" + "0" * 12, "cafe"))
TAG = wire.frame(wire.TAG, b"\x30\x00" + EPC + b"\xfd\xc3\x02")


def commands(words: "list[bytes]") -> list[int]:
    return [word[4] for word in words]


def configured(query: str) -> ChainwayProtocol:
    options = Options(parse_url("serial:x?protocol=chainway" + query, "serial:x"), "serial:x")
    protocol = make_protocol(options)
    options.finish()
    assert isinstance(protocol, ChainwayProtocol)
    return protocol


def test_a_tag_is_a_read_with_its_level_in_tenths() -> None:
    protocol = ChainwayProtocol()
    protocol.connected()
    output = protocol.feed(b"\x00noise" + TAG + b"\xc8\x8c" + TAG[2:])
    first, second = output.frames
    assert (first.payload, first.carrier, first.antenna, first.rssi_dbm) == (EPC, Carrier.EPC, 2, -57.3)
    assert (first.pc, first.tid, first.user) == (0x3000, None, None)
    assert second.payload == EPC and output.life is Life.READING


def test_chip_number_and_user_memory_are_told_beside_the_epc() -> None:
    [frame] = ChainwayProtocol().feed(wire.frame(wire.TAG, b"\x30\x00" + EPC + TID + USER + b"\xff\x38\x01")).frames
    assert (frame.tid, frame.user, frame.rssi_dbm) == (TID, USER, -20.0)
    assert frame.as_read("gate", 7).tid == TID


@pytest.mark.parametrize(
    "packet",
    [
        TAG[:-3] + bytes([TAG[-3] ^ 1]) + TAG[-2:],
        TAG[:-2] + b"\n\r",
        wire.frame(wire.TAG, b"\x38\x00" + EPC + b"\xfd\xc3\x02"),  # a PC of other length
        wire.frame(wire.TAG, b"\x30\x00" + EPC + b"half a TID" + b"\xfd\xc3\x02"),
        wire.frame(wire.TAG),
    ],
)
def test_what_contradicts_itself_is_no_read_and_hides_no_other(packet: bytes) -> None:
    protocol = ChainwayProtocol()
    output = protocol.feed(packet + TAG)
    rest = protocol.idle(1.0)
    assert [frame.payload for frame in (*output.frames, *rest.frames)] == [EPC]


def test_it_stops_what_runs_asks_and_starts() -> None:
    protocol = configured("&power=20.5&antennas=2&blocks=tid")
    words = list(protocol.connected())
    asked = [wire.STOP, wire.GET_VERSION, wire.GET_ANTENNAS]
    assert commands(words) == [*asked, wire.SET_POWER, wire.SET_POWER, wire.SET_BLOCKS, wire.START]
    assert words[3] == wire.frame(wire.SET_POWER, bytes([0, 1]) + (2050).to_bytes(2, "big") * 2)
    assert not protocol.ready
    protocol.feed(wire.frame(wire.STOP + 1, b"\x01"))
    assert protocol.ready
    assert commands(list(protocol.closing())) == [wire.STOP]
    listening = configured("&poll=0")
    assert (listening.connected(), listening.closing(), listening.ready) == ((), (), True)
    assert commands(list(ChainwayProtocol().connected())) == [*asked, wire.START], "the settings of the reader stay"


def test_an_antenna_that_is_not_connected_is_told_once() -> None:
    protocol = ChainwayProtocol()
    state = wire.frame(wire.GET_ANTENNAS + 1, b"\x00\x0b")
    [told] = protocol.feed(state).notices
    assert (told.fields, told.text) == ({"antenna": 3, "connected": False}, "antenna 3 is not connected")
    assert protocol.feed(state).notices == []
    [back] = protocol.feed(wire.frame(wire.GET_ANTENNAS + 1, b"\x00\x0f")).notices
    assert back.fields == {"antenna": 3, "connected": True}


def test_a_refusal_is_told() -> None:
    [told] = ChainwayProtocol().feed(wire.frame(wire.SET_POWER + 1, b"\x00")).notices
    assert (told.kind, told.text) == ("error", "the reader refuses command 10: 00")


def test_a_silent_reader_is_asked_and_lost_in_the_end() -> None:
    protocol = ChainwayProtocol()
    protocol.connected()
    protocol.feed(TAG)
    assert not protocol.idle(QUIET - 0.1).replies
    for place in range(PATIENCE):
        assert commands(protocol.idle(QUIET + 2.0 * place).replies)[0] == wire.STOP
    [notice] = protocol.idle(QUIET + 2.0 * PATIENCE).notices
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason.TIMEOUT)
    assert "8888" in notice.fields["remedy"]
    protocol.connected()
    assert not protocol.idle(1.9).replies and protocol.idle(2.0).replies, "one that never answered is asked sooner"


def test_a_port_has_the_speed_that_its_reader_has_from_the_factory() -> None:
    for protocol, baud in {"chainway": 115_200, "lines": 9600, "chainway&baud=38400": 38_400}.items():
        device = open_device(f"serial:///dev/x?protocol={protocol}", name="x", clock=lambda: 0, rng=random.Random(1))
        assert isinstance(device, WireDevice) and isinstance(device.transport, SerialTransport)
        assert device.transport._settings.baud == baud


@pytest.mark.parametrize("query", ["&power=40", "&antennas=0", "&blocks=all", "&speed=9"])
def test_what_a_url_may_not_say(query: str) -> None:
    with pytest.raises(DriverError):
        configured(query)


async def test_over_the_network_and_through_a_change_of_reader() -> None:
    simulator = TcpPeer(random.Random(1), ChainwayModule())
    await simulator.start()
    url = f"tcp://127.0.0.1:{simulator.port}?protocol=chainway&blocks=user"
    device = open_device(url, name="gate", clock=lambda: 0, rng=random.Random(2))
    got = []

    async def consume() -> None:
        async for read in device.reads():
            got.append((read.payload, read.antenna, read.rssi_dbm, read.tid, read.user))

    task = asyncio.create_task(consume())
    tag = Delivery(EPC, epc=True, antenna=2, rssi_dbm=-61.5, tid=TID, user=USER)
    try:
        async with asyncio.timeout(20):
            await simulator.deliver(tag)
            await simulator.unplug()
            while device.status.state is not State.LOST:
                await asyncio.sleep(0.01)
            await simulator.plug()
            await simulator.deliver(tag)
            while len(got) < 2:
                await asyncio.sleep(0.01)
    finally:
        await device.close()
        await simulator.stop()
        await task
    assert got == [(EPC, 2, -61.5, TID, USER)] * 2
    assert device.unplugged == {4}
