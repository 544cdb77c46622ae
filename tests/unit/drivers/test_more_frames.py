"""Frames beyond the captured ones, built from the makers' documents: errors, statuses, options, long frames."""

from functools import reduce
from operator import xor
from typing import Any

import pytest

from drivers.protocols import decode, mercury, pn532, r200, ssi_packets, uhfreader18
from drivers.protocols.hid_pos import reports
from drivers.simulators.keystrokes import Typist

EPC = "30751feb705c5904e3d50d70"
TAG = bytes.fromhex("0e3400" + EPC)


def scanner(opcode: int, data: bytes = b"", status: int = 0) -> bytes:
    return ssi_packets.packet(opcode, data, source=0, status=status)


def from_pn532(data: str) -> bytes:
    return pn532.frame(pn532.TO_HOST, bytes.fromhex(data))


def long_frame(data: bytes) -> bytes:
    body = bytes([pn532.TO_HOST]) + data
    size = len(body).to_bytes(2, "big")
    return b"\0\0\xff\xff\xff" + size + bytes([-sum(size) & 0xFF]) + body + bytes([-sum(body) & 0xFF, 0])


def metadata(flags: int, fields: str, bits: int = 0x80) -> bytes:
    tag = bytes.fromhex("3400" + EPC + "3a76")
    return b"\x10\x00\x1b" + flags.to_bytes(2, "big") + b"\x01" + bytes.fromhex(fields) + bits.to_bytes(2, "big") + tag


FRAMES: list[tuple[str, bytes, list[dict[str, Any]]]] = [
    ("zebra-ssi", scanner(0xD1, b"\x02"), [{"opcode": 0xD1, "cause": 2}]),
    ("zebra-ssi", scanner(0xA4, b"NBRXDAAF"), [{"opcode": 0xA4, "revision": "NBRXDAAF"}]),
    ("zebra-ssi", scanner(0xC6, b"\xff\xf6\x05\x02ab\xf8\x03\x41\x07"), [{"params": {"5": "ab", "833": 7}}]),
    ("zebra-ssi", scanner(0xF3, b"\x4b400638133393105"), [{"symbology": "EAN13+2", "data": "400638133393105"}]),
    ("zebra-ssi", scanner(0xF3, b"\xc1010950600013435210L1"), [{"symbology": "GS1-DATAMATRIX"}]),
    ("zebra-ssi", scanner(0xF3, b"\x03ABC", status=3), [{"retransmit": True, "more": True, "data": "ABC"}]),
    ("zebra-ssi", scanner(0xF3, b"\xfeABC"), [{"code_type": 0xFE, "symbology": None, "data": "ABC"}]),
    ("r200", r200.frame(1, 0xFF, b"\x09" + TAG), [{"error": 9, "epc": EPC, "pc": "3400"}]),
    ("r200", r200.frame(2, 0x27, bytes.fromhex("c93400" + EPC + "3a76")), [{"epc": EPC, "rssi_dbm": -55}]),
    ("r200", r200.frame(1, 0xFF, b"\x17"), [{"error": 0x17}]),
    ("r200", r200.frame(1, 0x49, TAG + b"\0"), [{"command": 0x49, "epc": EPC, "status": 0}]),
    ("r200", r200.frame(1, 0x82, TAG + b"\0"), [{"command": 0x82, "epc": EPC, "status": 0}]),
    ("r200", r200.frame(1, 0xB7, b"\x07\xd0"), [{"command": 0xB7, "power": 2000}]),
    ("r200", r200.frame(1, 0x03, b"\0M100 26dBm V1.0"), [{"command": 3, "data": "M100 26dBm V1.0"}]),
    ("r200", r200.frame(1, 0x0C, b"\0"), [{"command": 0x0C, "status": 0}]),
    ("uhfreader18", uhfreader18.answer(0, 1, 0xFB), [{"command": 1, "status": 0xFB}]),
    ("uhfreader18", uhfreader18.answer(3, 2, 0, b"\x12\x34"), [{"address": 3, "command": 2, "data": "1234"}]),
    ("uhfreader18", uhfreader18.answer(0, 3, 0xFC, b"\x03"), [{"status": 0xFC, "error": 3}]),
    ("uhfreader18", uhfreader18.answer(0, 0x76, 0), [{"command": 0x76, "status": 0}]),
    ("uhfreader18", uhfreader18.answer(0, 1, 3, b"\x01\x02\x04\x11\0\0\xa4\x43\x04\x11\0\0\xa5\x44"),
        [{"epc": "110000a4", "rssi_raw": 0x43, "count": 2}, {"epc": "110000a5", "rssi_raw": 0x44}]),
    ("uhfreader18", uhfreader18.answer(0, 0x0F, 1, b"\x01\x04\x11\0\0\xa4"), [{"command": 15, "epc": "110000a4"}]),
    ("thingmagic-mercury", mercury.answer(0x21, status=0x0400), [{"opcode": 0x21, "status": 0x0400, "length": 0}]),
    ("thingmagic-mercury", mercury.answer(0x22, b"\x05"), [{"opcode": 0x22, "count": 5}]),
    ("thingmagic-mercury", mercury.answer(0x22, bytes.fromhex("10001b00000003")), [{"count": 3}]),
    ("thingmagic-mercury", mercury.answer(0x28, b"\xca\xfe"), [{"opcode": 0x28, "data": "cafe"}]),
    ("thingmagic-mercury", mercury.answer(0x62, b"\x0b\xb8"), [{"value": 3000}]),
    ("thingmagic-mercury", mercury.answer(0x22, metadata(0x07, "02c511")),
        [{"epc": EPC, "seen_count": 2, "rssi_dbm": -59, "antenna": 1, "pc": "3400", "tag_crc": "3a76"}]),
    ("thingmagic-mercury", mercury.answer(0x22, metadata(0xFF, "02c5110dee680000012c002a050010beef")),
        [{"frequency": 913_000, "timestamp_ms": 300, "phase": 42, "protocol": 5, "memory": "beef", "epc": EPC}]),
    ("thingmagic-mercury", mercury.answer(0x21, bytes.fromhex("10000702c511" + EPC + "3a76")),
        [{"epc": EPC, "rssi_dbm": -59, "antenna": 1, "tag_crc": "3a76"}]),
    ("pn532-uart", pn532.NACK, [{"ack": False}]),
    ("pn532-uart", pn532.SYNTAX_ERROR, [{"error": 0x7F}]),
    ("pn532-uart", from_pn532("0332010607"), [{"command": 3, "ic": 0x32, "version": 1, "revision": 6}]),
    ("pn532-uart", from_pn532("4b00"), [{"command": 0x4B, "count": 0}]),
    ("pn532-uart", from_pn532("4b02010004080401020304020344200704a1b2c3d4e5f6057577810280"),
        [{"uid": "01020304", "sak": 8}, {"uid": "04a1b2c3d4e5f6", "sak": 0x20, "ats": "0575778102"}][:1]),
    ("pn532-uart", from_pn532("4101"), [{"command": 0x41, "status": 1}]),
    ("pn532-uart", from_pn532("4100cafe"), [{"status": 0, "data": "cafe"}]),
    ("pn532-uart", from_pn532("6101100901000408045cbbe5d5"), [{"uid": "5cbbe5d5", "kind": 0x10}]),
    ("pn532-uart", from_pn532("4b010112010127005d0123456703014b024f4993ff"),
        [{"uid": "0127005d01234567", "pad": "03014b024f4993ff"}]),
    ("pn532-uart", from_pn532("4b020114010127005d0123456703014b024f4993ff88b4020044000401020304"),
        [{"uid": "0127005d01234567", "system_code": "88b4"}, {"uid": "01020304", "sak": 0}]),
    ("pn532-uart", from_pn532("4b01015011223344000000000071810100"),
        [{"uid": "11223344", "atqb": "501122334400000000007181"}]),
    ("pn532-uart", from_pn532("4b01010c00aabbccdd"), [{"uid": "aabbccdd", "atqa": "0c00"}]),
    ("pn532-uart", from_pn532("610111130112010127005d0123456703014b024f4993ff"),
        [{"uid": "0127005d01234567", "kind": 0x11}]),
    ("pn532-uart", from_pn532("4b010112010127"), [{"command": 0x4B, "count": 1}]),
    ("pn532-uart", long_frame(b"\x41\x00" + bytes(300 - 42)), [{"command": 0x41, "status": 0, "data": "00" * 258}]),
    ("tsl-ascii2", b"CS: .bc\r\nBC: ]E04006381333931\r\nOK:\r\n\r\n",
        [{"command": ".bc", "ok": True, "data": "4006381333931", "aim": "]E0"}]),
    ("tsl-ascii2", b"CS: .vr\r\nMF: TSL\r\nUS: 1128-EU\r\nOK:\r\n\r\n",
        [{"command": ".vr", "ok": True, "values": {"MF": "TSL", "US": "1128-EU"}}]),
    ("tsl-ascii2", b"CS: .iv\r\nPC: 3000\r\nEP: 3034\r\nPC: 0800\r\nCR: 1A2B\r\nRI: -60\r\nIX: 2\r\nOK:\r\n\r\n",
        [{"tags": [{"epc": "3034", "pc": "0800", "crc": "1a2b", "rssi_dbm": -60, "index": 2}]}]),
    ("tsl-ascii2", b"CS: .xx\r\nER: 001\r\nME: unknown\r\n\r\n", [{"ok": False, "error": "001"}]),
    ("pcsc", bytes.fromhex("3b8f8001804f0ca000000306030001000000006a"), [{"card_name": "MIFARE Classic 1K"}]),
    ("pcsc", bytes.fromhex("3b8980014d494e49414d53454f3b"), []),
    ("pcsc", bytes.fromhex("9000"), [{"sw": "9000"}]),
    ("pcsc", bytes.fromhex("6a81"), [{"sw": "6a81"}]),
    ("pcsc", bytes(16) + b"\x90\0", [{"data": "00" * 16, "sw": "9000"}]),
    ("pcsc", bytes.fromhex("04a1b2c3d4e5f69000"), [{"uid": "04a1b2c3d4e5f6", "sw": "9000"}]),
    ("hid-pos", b"".join(reports("]Q1", b"x" * 100)), [{"aim": "]Q1", "data": "x" * 100}]),
    ("hid-pos", reports("]E0", b"4006381333931")[0][:61] + b"d\0\0", [{"data": "4006381333931", "maker_id": "d"}]),
    ("hid-pos", b"\x02\x03\0\0\0ABC".ljust(64, b"\0"), [{"aim": "", "data": "ABC"}]),
    ("hid-pos", reports("]Q1", b"x" * 100)[0], [{"data": "x" * 56, "more": True}]),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "wire", "expected"), FRAMES)
def test_fields_by_name(protocol: str, wire: bytes, expected: list[dict[str, Any]]) -> None:
    found = decode(protocol, wire) if expected or protocol != "pcsc" else []
    assert len(found) >= len(expected)
    for got, fields in zip(found, expected, strict=False):
        assert {key: got.get(key) for key in fields} == fields


@pytest.mark.parametrize(("protocol", "wire", "expected"), [row for row in FRAMES if row[0] in (
    "zebra-ssi", "r200", "uhfreader18", "thingmagic-mercury", "pn532-uart")])  # fmt: skip
def test_a_damaged_copy_is_rejected(protocol: str, wire: bytes, expected: object) -> None:
    for at in range(1, len(wire)):
        spoilt = wire[:at] + bytes([wire[at] ^ 0x55]) + wire[at + 1 :]
        assert decode(protocol, spoilt) == [], at
        assert decode(protocol, wire[:at]) == [], at


@pytest.mark.parametrize("layout", ["us", "uk", "de", "fr"])
def test_events_of_every_layout_decode_under_its_name(layout: str) -> None:
    protocol = "evdev" if layout == "us" else f"evdev-{layout}"
    text = '01095060001343"52Z\x1d21@Yq/§'
    assert decode(protocol, Typist(layout).line("]d2" + text)) == [
        {"scan": "]d2" + text, "data": text, "aim": "]d2", "symbology": "GS1-DATAMATRIX"}
    ]


def test_an_answer_to_reset_needs_its_check_byte() -> None:
    atr = bytes.fromhex("3b8f8001804f0ca0000003060300010000000068")
    assert reduce(xor, atr[1:]) != 0
    with pytest.raises(ValueError, match="answer of a card"):
        decode("pcsc", atr)
