"""Protocols that are believed by their shape: Honeywell MSGGET, HID POS, JSON of the IoT readers."""

import json

import pytest

from drivers.protocols import decode, honeywell
from drivers.protocols.documents import Documents
from drivers.protocols.hid_pos import LONGEST, HidPosProtocol, reports
from drivers.protocols.honeywell import HoneywellProtocol
from drivers.protocols.impinj_iot import impinj_read
from drivers.protocols.iot_json import JsonProtocol
from drivers.protocols.zebra_iotc import zebra_read

EPC = "3034257bf7194e4000001a85"


def got(output) -> list[tuple[str, bytes]]:
    return [(frame.aim, frame.payload) for frame in output.frames]


def test_honeywell_data_may_hold_the_marks_of_the_packet() -> None:
    data = b"0109506000134352\x1d21\r\x16\xfe"
    assert got(HoneywellProtocol().feed(honeywell.message("]d2", data))) == [("]d2", data)]


@pytest.mark.parametrize(("at", "byte"), [(2, None), (13, 0x41), (18, 0x2D), (20, 0x1E), (-1, 0x0A), (7, 0x6D)])
def test_honeywell_wrong_shape_is_no_read(at: int, byte: int | None) -> None:
    packet = bytearray(honeywell.message("]C0", b"ITEM"))
    packet[at : at + 1 if at >= 0 else None] = b"" if byte is None else bytes([byte])
    protocol = HoneywellProtocol()
    assert got(protocol.feed(bytes(packet))) == []
    protocol.idle(0.3)
    assert got(protocol.feed(honeywell.message("]C0", b"NEXT"))) == [("]C0", b"NEXT")]


def test_hid_reports_of_one_scan_are_joined_and_half_a_scan_is_forgotten() -> None:
    data = b"".join(b"%04d" % number for number in range(50))
    parts = reports("]Q1", data)
    assert len(parts) == 4
    protocol = HidPosProtocol()
    assert got(protocol.feed(b"".join(parts))) == [("]Q1", data)]
    protocol.feed(parts[0])
    protocol.connected()
    assert got(protocol.feed(reports("]Q1", b"short")[0])) == [("]Q1", b"short")]
    protocol.feed(parts[0])
    assert got(protocol.feed(reports("]C1", b"other")[0])) == [("]C1", b"other")]


def test_hid_an_endless_scan_is_bounded() -> None:
    protocol = HidPosProtocol()
    first, *_, last = reports("]Q1", b"x" * 200)
    output = protocol.feed(first * (LONGEST // 56 + 20) + last)
    assert (got(output), [notice.kind for notice in output.notices]) == ([], ["overflow"])
    assert got(protocol.feed(last)) == [("]Q1", b"x" * 32)]


def zebra(**data) -> bytes:
    return json.dumps({"type": "CUSTOM", "timestamp": "2026-09-07T12:50:55.513+0200", "data": data}).encode()


def test_zebra_fields_times_and_optional_parts() -> None:
    protocol = JsonProtocol(zebra_read)
    [frame] = protocol.feed(zebra(idHex=EPC.upper(), format="epc", antenna=3, peakRssi=-37, reads=5, PC="3000")).frames
    assert (frame.payload.hex(), frame.antenna, frame.rssi_dbm, frame.seen_count, frame.pc) == (
        EPC,
        3,
        -37.0,
        5,
        0x3000,
    )
    assert frame.device_time == 1_788_778_255_513_000
    [bare] = protocol.feed(zebra(idHex=EPC)).frames
    assert (bare.antenna, bare.rssi_dbm, bare.seen_count, bare.pc) == (None, None, None, None)


@pytest.mark.parametrize(
    "data",
    [
        {"idHex": "abc"},
        {"idHex": ""},
        {"idHex": 7},
        {"idHex": "00" * 63},
        {"idHex": EPC, "antenna": "x"},
        {"idHex": EPC, "peakRssi": []},
    ],
)
def test_zebra_a_wrong_tag_is_rejected_alone(data: dict) -> None:
    output = JsonProtocol(zebra_read).feed(b"[" + zebra(**data) + b"," + zebra(idHex=EPC) + b"]")
    assert [frame.payload.hex() for frame in output.frames] == [EPC]
    assert [notice.kind for notice in output.notices] == ["unreadable"]


def test_events_without_a_tag_are_notices() -> None:
    wire = b'{"type":"gpo","data":{"pin":1}}[1,null]{"type":"BLE","data":{"idHex":"00","format":"ble"}}'
    output = JsonProtocol(zebra_read).feed(wire)
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["event"] * 4)
    output = JsonProtocol(impinj_read).feed(b'{"eventType":"inventoryStatus","inventoryStatusEvent":{}}\r\n\r\n')
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["event"])


@pytest.mark.parametrize(
    ("tag", "epc"),
    [
        ({"epc": "4oARkaUDAGXybMv_"}, "e2801191a5030065f26ccbff"),
        ({"epc": "4oARkaUDAGXybMv/"}, "e2801191a5030065f26ccbff"),
        ({"epc": "ikUCJA=="}, "8a450224"),
        ({"epc": "ikUCJA"}, "8a450224"),
        ({"epcHex": EPC.upper(), "epc": "ikUCJA=="}, EPC),
        ({"epc": "ikUCJ"}, None),
        ({"epc": "ikUC JA"}, None),
        ({"epc": ""}, None),
        ({}, None),
    ],
)
def test_impinj_epc_in_base64_or_hex(tag: dict, epc: str | None) -> None:
    event = {"eventType": "tagInventory", "tagInventoryEvent": tag | {"peakRssiCdbm": -6150, "antennaPort": 2}}
    found = decode("impinj-iot-json", json.dumps(event).encode())
    assert [(one["epc"], one["rssi_dbm"], one["antenna"]) for one in found] == ([(epc, -61.5, 2)] if epc else [])


def test_documents_survive_what_stands_between_them() -> None:
    good = [b'{"a":[1,{"b":"}\\"{"},[]],"n":%d}' % number for number in range(6)]
    wire = good[0] + b"\n" + good[1] + b'{"cut":"abc\n' + good[2] + b'{"cut":1,' + good[3] + b"}]x" + good[4]
    wire += b'[\n  {"pretty":\n [1]}\n]' + b'{"a":]' + good[5]
    found = list(Documents().feed(wire))
    assert [one for one in found if one in good] == good
    assert b'[\n  {"pretty":\n [1]}\n]' in found
    assert len(found) == 7
