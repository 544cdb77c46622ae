"""The project's own Read as JSON."""

import json

import pytest

from drivers import Carrier
from drivers.protocols import decode
from drivers.protocols.read_json import read_of, read_protocol


def feed(*events, sender=""):
    return read_protocol(sender).feed(json.dumps(list(events)).encode())


def test_chip_number_and_user_memory_may_stand_beside_the_epc():
    event = {"id": "1", "epc": "3034257bf7194e4000001a85", "tid": "e280116020007d3b", "user": "cafe"}
    frame = read_of(event)
    assert (frame.payload.hex(), frame.carrier) == (event["epc"], Carrier.EPC)
    assert (frame.tid.hex(), frame.user.hex()) == (event["tid"], event["user"])
    with pytest.raises(ValueError, match="no EPC of 1 to 62 bytes in hex"):
        read_of(event | {"tid": "xyz"})


def test_every_field_arrives():
    [frame] = feed(
        {
            "id": "a-1",
            "epc": "3034257BF7194E4000001A85",
            "antenna": 2,
            "rssi_dbm": -57.5,
            "pc": "3000",
            "time": "2026-11-26T09:30:00.25+01:00",
            "something": "else",
        },
        sender="gate",
    ).frames
    assert (frame.read_id, frame.carrier) == ("gate:a-1", Carrier.EPC)
    assert frame.payload == bytes.fromhex("3034257BF7194E4000001A85")
    assert (frame.antenna, frame.rssi_dbm, frame.pc) == (2, -57.5, 0x3000)
    assert frame.device_time == 1_795_681_800_250_000
    assert frame.aim == ""


def test_symbols_come_as_text_or_as_bytes():
    text, raw, chip = feed(
        {"id": "1", "data": "Käse", "aim": "]Q1"}, {"id": "2", "hex": "1d00ff"}, {"id": "3", "tid": "e280"}
    ).frames
    assert (text.payload, text.aim, text.carrier) == ("Käse".encode(), "]Q1", Carrier.BARCODE)
    assert (raw.payload, raw.carrier) == (b"\x1d\x00\xff", Carrier.BARCODE)
    assert chip.carrier is Carrier.TID


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"data": "A"}, "id is missing"),
        ({"id": "", "data": "A"}, "id '' is not 1 to 128 visible ASCII characters"),
        ({"id": 5, "data": "A"}, "id '5' is not"),
        ({"id": "1"}, "a read has one of data, hex, epc, tid; this one has none"),
        ({"id": "1", "data": "A", "epc": "30"}, "this one has data and epc"),
        ({"id": "1", "data": ""}, "data is no text of 1 to 7089 bytes"),
        ({"id": "1", "hex": "abc"}, "hex 'abc' is not"),
        ({"id": "1", "epc": "xyz"}, "'xyz' is no EPC"),
        ({"id": "1", "data": "A", "aim": "C1"}, "aim 'C1' is not an AIM identifier"),
        ({"id": "1", "data": "A", "antenna": -1}, "antenna -1 is not a whole number"),
        ({"id": "1", "data": "A", "time": "yesterday"}, "time 'yesterday' is no ISO 8601 time with zone"),
        ({"id": "1", "data": "A", "time": "2026-13-26T09:30:00Z"}, "is no ISO 8601 time"),
    ],
)
def test_a_wrong_read_is_explained_and_holds_up_no_other(event, words):
    with pytest.raises(ValueError, match=words):
        read_of(event)
    output = feed(event, {"id": "good", "data": "B"})
    assert [frame.read_id for frame in output.frames] == ["good"]
    assert words in output.notices[0].text


def test_captured_documents_are_decoded():
    assert decode("json", b'{"id":"1","data":"A"}\n{"id":"2","epc":"30AA"}') == [
        {"id": "1", "data": "A"},
        {"id": "2", "epc": "30aa"},
    ]


def test_a_decoded_document_has_every_field_that_is_said():
    [tag] = decode(
        "json",
        b'{"id":"2","epc":"E280","antenna":2,"rssi_dbm":-57.5,"pc":"30AA","time":"2026-11-26T09:30:00Z","else":1}',
    )
    said = {"id": "2", "epc": "e280", "antenna": 2, "rssi_dbm": -57.5, "pc": "30aa"}
    assert tag == said | {"timestamp": "2026-11-26T09:30:00Z"}
    assert decode("json", b'{"id":"1","data":"abc","aim":"]C1"}') == [
        {"id": "1", "data": "abc", "aim": "]C1", "symbology": "GS1-128"}
    ]
