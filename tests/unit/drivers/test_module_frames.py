"""Frames of UHF modules with what their firmware may add: antennas, options of a search, failed reads, empty EPCs."""

from typing import Any

import pytest

from drivers.protocols import decode, mercury, r200, uhfreader18
from drivers.protocols.base import WireProtocol

EPC, OTHER = "e28011910000000000c0ffee", "e28011910000000000decaf0"
TAG = "3400" + EPC + "9f31"


def notice(parameters: str) -> bytes:
    return r200.frame(r200.NOTICE, r200.POLL, bytes.fromhex(parameters))


def listing(data: str, number: int = uhfreader18.INVENTORY, status: int = 3) -> bytes:
    return uhfreader18.answer(0, number, status, bytes.fromhex(data))


def search(data: str, opcode: int = 0x22, status: int = 0) -> bytes:
    return mercury.answer(opcode, bytes.fromhex(data), status=status)


FRAMES: list[tuple[str, bytes, list[dict[str, Any]]]] = [
    ("r200", notice("c1" + TAG + "04"), [{"epc": EPC, "rssi_dbm": -63, "crc": "9f31", "antenna": 4}]),
    ("r200", notice("c1" + TAG), [{"epc": EPC, "antenna": None}]),
    ("r200", notice("c10000e2f0"), [{"epc": "", "pc": "0000", "crc": "e2f0"}]),
    ("r200", r200.frame(1, 0xD3, bytes.fromhex("0e3400" + EPC + "010700")), [{"epc": EPC, "parameters": "010700"}]),
    ("r200", r200.frame(1, 0xD4, bytes.fromhex("0e3400" + EPC + "00")), [{"epc": EPC, "status": 0}]),
    ("r200", r200.frame(1, 0xE2, bytes.fromhex("0e3400" + EPC + "00")), [{"epc": EPC, "status": 0}]),
    ("r200", r200.frame(1, 0xE4, bytes.fromhex("020aec7cd215d8f9")), [{"parameters": "020aec7cd215d8f9"}]),
    ("uhfreader18", listing("0203" + "0c" + EPC + "51" + "00" + "40" + "0c" + OTHER + "52"),
        [{"epc": EPC, "rssi_raw": 0x51, "antenna": 2, "count": 3}, {"epc": "", "rssi_raw": 0x40}, {"epc": OTHER}]),
    ("uhfreader18", listing("0401" + "0c" + EPC + "51", uhfreader18.SINGLE, 1),
        [{"command": 15, "epc": EPC, "rssi_raw": 0x51, "antenna": 3, "count": 1}]),
    ("thingmagic-mercury", search("8814091b000701" + "03c022" + "0080" + TAG),
        [{"epc": EPC, "seen_count": 3, "rssi_dbm": -64, "antenna": 2, "pc": "3400"}]),
    ("thingmagic-mercury", search("8800001300000007"), [{"count": 7}]),
    ("thingmagic-mercury", search("00001300000002" + "0128" + "00010001"), [{"count": 2}]),
    ("thingmagic-mercury", search("8810001300000002" + "0128" + "00010001"), [{"count": 2}]),
    ("thingmagic-mercury", search("10001b008601" + "c011" + "80000423" + "0080" + TAG),
        [{"epc": EPC, "rssi_dbm": -64, "memory_error": 0x0423, "memory": None}]),
    ("thingmagic-mercury", search("10001b000002" + "020029"), [{"epc": None, "body": "10001b000002020029"}]),
    ("thingmagic-mercury", search("0006" + "0002" + "c011" + "0020" + "0000e2f0" + "c122" + "0080" + TAG, 0x29),
        [{"epc": "", "rssi_dbm": -64}, {"epc": EPC, "rssi_dbm": -63, "antenna": 2}]),
    ("thingmagic-mercury", search("150006" + "c011" + EPC + "9f31", 0x21), [{"epc": EPC, "rssi_dbm": -64}]),
    ("thingmagic-mercury", search("88100006" + "c011" + EPC + "9f31", 0x21), [{"epc": EPC, "antenna": 1}]),
    ("thingmagic-mercury", search("150006" + EPC + "aa" + "9f31", 0x21), [{"epc": "150006" + EPC + "aa"}]),
    ("thingmagic-mercury", search(EPC + "9f31", 0x21), [{"epc": EPC}]),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "wire", "expected"), FRAMES)
def test_fields_by_name(protocol: str, wire: bytes, expected: list[dict[str, Any]]) -> None:
    found = decode(protocol, wire)
    assert [{name: got.get(name) for name in want} for got, want in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(("protocol", "wire"), [
    ("r200", notice("c1" + TAG + "0405")),
    ("r200", notice("c1" + TAG[:-4])),
    ("r200", notice("c13c00" + TAG[4:])),
    ("uhfreader18", listing("0102" + "0c" + EPC + "51")),
    ("uhfreader18", listing("0101" + "0c" + EPC + "51" + "00")),
    ("uhfreader18", listing("0101" + "8b" + EPC[2:] + "51")),
    ("thingmagic-mercury", search("10001b000701" + "03c022" + "0080" + TAG + "00")),
    ("thingmagic-mercury", search("10001b000701" + "03c022" + "0090" + TAG)),
    ("thingmagic-mercury", search("8810001b000701" + "03c0" + "0080" + TAG)),
    ("thingmagic-mercury", search("88", 0x21)),
    ("thingmagic-mercury", search("000600", 0x29)),
    ("thingmagic-mercury", search("0006" + "0002" + "c011" + "0080" + TAG, 0x29)),
])  # fmt: skip
def test_a_right_checksum_does_not_make_a_wrong_length_right(protocol: str, wire: bytes) -> None:
    assert decode(protocol, wire) == []


@pytest.mark.parametrize(("module", "wire"), [
    (r200.R200Protocol(), notice("c10000e2f0")),
    (uhfreader18.UhfReader18Protocol(), listing("0101" + "00" + "40")),
    (mercury.MercuryProtocol(), search("0006" + "0001" + "c011" + "0020" + "0000e2f0", 0x29)),
])  # fmt: skip
def test_a_tag_without_epc_is_no_read(module: WireProtocol, wire: bytes) -> None:
    module.connected()
    assert module.feed(wire).frames == []


def test_the_antenna_of_an_r200_is_that_of_the_read() -> None:
    module = r200.R200Protocol()
    module.connected()
    [frame] = module.feed(notice("c1" + TAG + "02")).frames
    assert (frame.payload.hex(), frame.antenna, frame.rssi_dbm) == (EPC, 2, -63.0)


@pytest.mark.parametrize(
    ("pc", "xpc", "epc"),
    [("3000", "", EPC), ("3a00", "0001", EPC), ("4200", "80010004", EPC), ("0a00", "0001", "")],
)
def test_xpc_words_are_no_part_of_the_epc(pc: str, xpc: str, epc: str) -> None:
    """Gen2: bit XI (0200) of the PC puts XPC_W1 before the EPC, the first bit of which puts XPC_W2 behind it."""
    answered, crc = pc + xpc + epc, "9f31"
    frames = (
        ("r200", notice("c9" + answered + crc)),
        ("r200", r200.frame(1, r200.READ_MEMORY, bytes.fromhex(f"{len(answered) // 2:02x}{answered}cafe"))),
        ("thingmagic-mercury", search(f"00000001{4 * len(answered + crc):04x}{answered}{crc}", 0x29)),
    )
    for protocol, wire in frames:
        [tag] = decode(protocol, wire)
        assert (tag["pc"], tag.get("xpc", ""), tag["epc"]) == (pc, xpc, epc)
    frames_of_notice = r200.R200Protocol().feed(frames[0][1]).frames
    assert [frame.payload.hex() for frame in frames_of_notice] == ([epc] if epc else [])
