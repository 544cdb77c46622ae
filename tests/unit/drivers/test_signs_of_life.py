"""What a wire says of its reader: that it looks for tags, that it is there, that it does not; a broker says nothing."""

import json
from typing import Any

import pytest

from drivers.protocols import mqtt_packets as packets
from drivers.protocols.base import Life, Notice, WireProtocol
from drivers.protocols.http_stream import HttpStreamProtocol
from drivers.protocols.json_formats import FORMATS
from drivers.protocols.mercury import MercuryProtocol
from drivers.protocols.mercury import answer as mercury
from drivers.protocols.mqtt import MqttProtocol, Subscription
from drivers.protocols.r200 import ANSWER, FAILED, R200Protocol
from drivers.protocols.r200 import frame as r200
from drivers.protocols.tsl import TslProtocol
from drivers.protocols.uhfreader18 import INVENTORY, UhfReader18Protocol
from drivers.protocols.uhfreader18 import answer as uhf18
from drivers.pushed import PushedReads

EPC = "3034257bf7194e4000001a85"
HEARTBEAT = {"type": "heartbeat", "component": "RG", "timestamp": "2026-09-07T12:50:55.513+0000"}


def radio(activity: str) -> dict[str, Any]:
    return HEARTBEAT | {"data": {"radio_control": {"radioActivity": activity, "antennas": {"1": "connected"}}}}


def inventory(status: str) -> dict[str, Any]:
    return {"eventType": "inventoryStatus", "inventoryStatusEvent": {"inventoryStatus": status}}


@pytest.mark.parametrize(
    ("word", "event", "life"),
    [
        ("zebra", {"data": {"idHex": EPC}}, Life.READING),
        ("zebra", radio("active"), Life.READING),
        ("zebra", radio("inactive"), Life.IDLE),
        ("zebra", HEARTBEAT | {"data": {"radioActivity": "active"}}, Life.READING),
        ("zebra", {"type": "gpo", "data": {"pin": 1, "state": "HIGH"}}, Life.ALIVE),
        ("zebra", {"data": {"barcodeData": [{"decodedBarcode": "7"}]}}, Life.ALIVE),
        ("zebra", {"data": {"idHex": "no hex"}}, Life.ALIVE),
        ("impinj", {"eventType": "tagInventory", "tagInventoryEvent": {"epcHex": EPC}}, Life.READING),
        ("impinj", inventory("running"), Life.READING),
        ("impinj", inventory("idle"), Life.IDLE),
        ("impinj", inventory("armed"), Life.IDLE),
        ("impinj", {"eventType": "antennaConnected"}, Life.ALIVE),
        ("json", {"reading": True}, Life.READING),
        ("json", {"reading": False}, Life.IDLE),
    ],
)
def test_events_tell_whether_a_reader_reads(word: str, event: dict[str, Any], life: Life) -> None:
    assert FORMATS[word].protocol("dock").feed(json.dumps(event).encode()).life is life


def test_an_event_that_says_less_hides_none_that_says_more() -> None:
    events = b"".join(json.dumps(one).encode() for one in (inventory("running"), {"eventType": "gpiTransition"}))
    assert FORMATS["impinj"].protocol("dock").feed(events).life is Life.READING
    assert FORMATS["impinj"].protocol("dock").feed(events + json.dumps(inventory("idle")).encode()).life is Life.IDLE


def test_an_empty_line_keeps_a_stream_alive_and_its_answer_alone_does_not() -> None:
    stream = HttpStreamProtocol("reader-7", "/", {}, FORMATS["impinj"].protocol("dock"))
    stream.connected()
    assert stream.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").life is None
    assert stream.feed(b"2\r\n\r\n\r\n").life is Life.ALIVE
    assert stream.feed(b"zzz").life is None


def test_the_broker_of_a_reader_that_is_off_is_no_sign_of_the_reader() -> None:
    mqtt = MqttProtocol(Subscription(topic="dock", client="station"), FORMATS["zebra"].protocol("dock"))
    mqtt.connected()
    assert mqtt.feed(bytes.fromhex("20020000") + bytes.fromhex("9003000101") + bytes.fromhex("d000")).life is None
    event = json.dumps({"data": {"idHex": EPC}}).encode()
    last_word = packets.Publication(topic="dock", payload=event, retained=True)
    assert mqtt.feed(packets.publish(last_word)).life is None, "said at any time before"
    assert mqtt.feed(packets.publish(packets.Publication(topic="dock", payload=event))).life is Life.READING


@pytest.mark.parametrize(
    ("protocol", "packet", "life"),
    [
        (R200Protocol(), r200(ANSWER, FAILED, b"\x15"), Life.READING),  # a round without a tag
        (R200Protocol(), r200(ANSWER, FAILED, b"\x20"), None),  # no channel
        (UhfReader18Protocol(), uhf18(0, INVENTORY, 0x01, b"\x01\x00"), Life.READING),
        (UhfReader18Protocol(), uhf18(0, INVENTORY, 0xFB), Life.READING),
        (UhfReader18Protocol(), uhf18(0, INVENTORY, 0xF8), None),  # no antenna
        (MercuryProtocol(), mercury(0x21, status=0x0400), Life.READING),
        (MercuryProtocol(), mercury(0x21, status=0x0503), None),  # no antenna
        (MercuryProtocol(), mercury(0x04), None),  # booted
        (TslProtocol(), b"CS: .iv\r\nER: 005\r\n\r\n", Life.READING),
        (TslProtocol(), b"CS: .iv\r\nER: 006\r\n\r\n", None),
        (TslProtocol(), b"CS: .al -bon\r\nOK:\r\n\r\n", None),
    ],
)
def test_a_module_reads_where_a_round_ended_well(protocol: WireProtocol, packet: bytes, life: Life | None) -> None:
    assert protocol.feed(packet).life is life


def test_a_reader_that_was_away_must_say_anew_that_it_reads() -> None:
    now = [0]
    dock = PushedReads(name="dock", url="post:impinj", clock=lambda: now[0], form="impinj")
    dock.note_life(Life.READING)
    for second, life, reading in (
        (59, Life.ALIVE, True),
        (118, Life.ALIVE, True),
        (179, Life.ALIVE, None),
        (180, Life.ALIVE, None),
        (181, Life.READING, True),
        (182, None, True),
        (183, Life.IDLE, False),
        (184, Life.ALIVE, False),
    ):
        now[0] = second * 1_000_000
        dock.note_life(life)
        assert dock.reading is reading


async def test_posts_are_a_sign_of_the_sender() -> None:
    now = [1]
    dock = PushedReads(name="dock", url="post:json", clock=lambda: now[0], form="json", patience=1.0)
    assert (dock.heard_at, dock.reading) == (None, None)
    for at, event, reading in ((2, {"reading": True}, True), (3, {"reading": False}, False)):
        now[0] = at
        assert await dock.bring(json.dumps(event).encode()) == []
        assert (dock.heard_at, dock.reading) == (at, reading)


def test_a_reader_says_which_of_its_antennas_are_unplugged() -> None:
    dock = PushedReads(name="dock", url="post:json", clock=lambda: 0, form="json")
    for antenna, connected in ((1, False), (2, False), (1, True)):
        dock.tell(Notice(kind="AntennaEvent", fields={"antenna": antenna, "connected": connected}))
    assert dock.unplugged == {2}
