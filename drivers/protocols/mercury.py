"""ThingMagic modules (M5e, M6e, M7e): ``FF length opcode [status(2)] data crc(2)``; the length counts the data alone.

Only answers carry a status.  Two ways to read: *poll* asks for one tag after the other (opcode 21), which every module
knows; *stream* (opcode 2F, M6e and later) makes the module report tags by itself (answers of opcode 22) with
antenna and RSSI.  Which fields stand before an EPC, the metadata flags of the answer say.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.crc import crc16_mercury
from drivers.protocols.polling import PolledProtocol
from drivers.read import Carrier
from drivers.url import Options

VERSION, BOOT, READ_SINGLE, READ_MULTIPLE, GET_BUFFER, ASYNC = 0x03, 0x04, 0x21, 0x22, 0x29, 0x2F
SET_ANTENNA, SET_PROTOCOL, SET_REGION = 0x91, 0x93, 0x97
NO_TAGS, UNKNOWN_OPCODE = 0x0400, 0x0101
REGIONS = {"na": 1, "eu": 2, "kr": 3, "in": 4, "jp": 5, "cn": 6, "eu2": 7, "eu3": 8, "open": 255}

READ_DATA = 0x28
_COUNTS = {1: 0, 4: 0, 7: 3}
"""Length of a search's answer -> where the number of tags found stands, behind option and search flags."""
_NUMBERS = frozenset({0x0C, 0x62, 0x63, 0x67, 0x68, 0x72})
"""Questions about one number: program, power for reading and writing (1/100 dBm), region, power mode, temperature."""

_GEN2 = b"\x00\x05"
_STREAM = bytes.fromhex("00000122000005072210001b03e801ff")
_STREAM_HEAD = 6  # option, search flags(2), metadata flags(2), kind of answer
_METADATA = (
    ("seen_count", 1), ("rssi_dbm", 1), ("antenna", 1), ("frequency", 3), ("timestamp_ms", 4), ("phase", 2),
    ("protocol", 1), ("data", None), ("gpio", 1), ("gen2_q", 1), ("gen2_link", 1), ("gen2_target", 1), ("brand", 2),
)  # fmt: skip
"""What each metadata flag puts before the EPC, lowest bit first: name and bytes; data has its length in bits."""


_WITH_METADATA, _SURELY_BARE = 0x10, 14
"""Option of an answer with metadata, which no EPC header is; 14 bytes are a bare EPC of 96 bits and its CRC."""


class Mode(StrEnum):
    """How tags are asked for."""

    POLL = "poll"
    STREAM = "stream"


def command(opcode: int, data: bytes = b"") -> bytes:
    """A command with length and CRC.

    >>> command(VERSION).hex()
    'ff00031d0c'
    """
    body = bytes([len(data), opcode]) + data
    return b"\xff" + body + crc16_mercury(body).to_bytes(2, "big")


def answer(opcode: int, data: bytes = b"", *, status: int = 0) -> bytes:
    """An answer of the module with length, status and CRC."""
    body = bytes([len(data), opcode]) + status.to_bytes(2, "big") + data
    return b"\xff" + body + crc16_mercury(body).to_bytes(2, "big")


class MercuryProtocol(PolledProtocol):
    """The host's side: boots the module, sets region, protocol and antenna, then reads tags."""

    header = re.compile(rb"\xff[\x00-\xf8].", re.DOTALL)
    header_size = 3

    def __init__(
        self, poll: bool = True, mode: Mode = Mode.POLL, region: int = REGIONS["eu3"], wait: int = 250
    ) -> None:
        super().__init__(poll)
        self._mode = mode
        self._wait = wait
        self._setup = (
            command(BOOT),
            command(SET_PROTOCOL, _GEN2),
            command(SET_ANTENNA, b"\x01\x01"),
            command(SET_REGION, bytes([region])),
        )
        self._waiting: list[bytes] = []

    def first_words(self) -> Sequence[bytes]:
        """Boot; every further command waits for the answer to the one before."""
        first, *self._waiting = (*self._setup, self._read())
        return (first,)

    def last_words(self) -> Sequence[bytes]:
        """Stop the stream; a poll ends by itself."""
        return (command(ASYNC, b"\x00\x00\x02"),) if self._mode is Mode.STREAM else ()

    def size(self, buffer: bytearray, at: int) -> int:
        """Header, status, data, CRC."""
        return buffer[at + 1] + 7

    def intact(self, packet: bytes) -> bool:
        """The CRC, and a tag answer whose fields use up its bytes."""
        if crc16_mercury(packet[1:-2]) != int.from_bytes(packet[-2:], "big"):
            return False
        return not _has_tags(packet) or _tags(packet[2], packet[5:-2]) is not None

    def take(self, packet: bytes, output: Output) -> None:
        """A tag is a read; every answer brings the next command."""
        opcode, status = packet[2], int.from_bytes(packet[3:5], "big")
        fields = self.describe(packet)
        if _has_tags(packet):
            output.frames.extend(_frame(tag) for tag in fields if tag.get("epc"))
        elif status not in (0, NO_TAGS) and not (opcode == BOOT and status == UNKNOWN_OPCODE):
            text = f"ThingMagic opcode {opcode:02X} failed with {status:04X}"
            output.notices.append(Notice(kind="error", text=text, fields=fields[0]))
        if not self._poll:
            return
        if self._waiting:
            output.replies.append(self._waiting.pop(0))
        elif opcode == READ_SINGLE and status in (0, NO_TAGS):
            output.replies.append(self._read())

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Opcode, status and length, and one dict for each tag."""
        status = int.from_bytes(packet[3:5], "big")
        head: dict[str, Any] = {"opcode": packet[2], "status": status, "length": packet[1]}
        if _has_tags(packet):
            tags = _tags(packet[2], packet[5:-2]) or [_answer_fields(packet[2], status, packet[5:-2])]
            return [head | tag for tag in tags]
        return [head | _answer_fields(packet[2], status, packet[5:-2])]

    def _read(self) -> bytes:
        if self._mode is Mode.STREAM:
            return command(ASYNC, _STREAM)
        return command(READ_SINGLE, self._wait.to_bytes(2, "big"))


def _answer_fields(opcode: int, status: int, data: bytes) -> dict[str, Any]:
    """What the data of an answer without tags means."""
    if opcode == READ_MULTIPLE and status == 0 and len(data) in _COUNTS:
        return {"count": int.from_bytes(data[_COUNTS[len(data)] :], "big"), "body": data.hex()}
    if opcode == READ_DATA and status == 0 and data:
        return {"data": data.hex()}
    if opcode in _NUMBERS and status == 0 and data:
        return {"value": int.from_bytes(data, "big"), "body": data.hex()}
    return {"body": data.hex()} if data else {}


def _has_tags(packet: bytes) -> bool:
    return packet[2] in (READ_SINGLE, READ_MULTIPLE, GET_BUFFER) and packet[3:5] == b"\0\0" and packet[1] > 0


def _tags(opcode: int, data: bytes) -> list[dict[str, Any]] | None:
    """The tags of an answer; None when its bytes do not fit.  A count of a finished search is no tag."""
    if opcode == READ_SINGLE:
        return _single(data)
    if opcode == READ_MULTIPLE and len(data) in _COUNTS:
        return []
    if opcode == GET_BUFFER:
        if len(data) < 4:
            return None
        flags, count, at = int.from_bytes(data[:2], "big"), data[3], 4
    elif len(data) > _STREAM_HEAD and data[0] & 0x10:
        flags, count, at = int.from_bytes(data[3:5], "big"), 1, _STREAM_HEAD
    else:
        return []
    tags = []
    for _ in range(count):
        found = _entry(data, at, flags)
        if found is None:
            return None
        tag, at = found
        tags.append(tag)
    return tags if at == len(data) else None


def _single(data: bytes) -> list[dict[str, Any]] | None:
    """EPC and its CRC; with option 10 the metadata that the flags name stand before them."""
    tag: dict[str, Any] = {}
    if len(data) % 2 or (data[0] == _WITH_METADATA and len(data) > _SURELY_BARE):
        flags = int.from_bytes(data[1:3], "big")
        found = _metadata(data, 3, flags) if data[0] == _WITH_METADATA and flags < 1 << len(_METADATA) else None
        if found is None:
            return None
        tag, data = found[0], data[found[1] :]
    if len(data) < 4 or len(data) % 2:
        return None
    return [tag | {"epc": data[:-2].hex(), "tag_crc": data[-2:].hex()}]


def _entry(data: bytes, at: int, flags: int) -> tuple[dict[str, Any], int] | None:
    """One tag with the fields that ``flags`` name, and where it ends; None when the bytes do not suffice."""
    found = _metadata(data, at, flags)
    if found is None:
        return None
    tag, at = found
    size = int.from_bytes(data[at : at + 2], "big") // 8
    whole = data[at + 2 : at + 2 + size]
    if size < 6 or len(whole) < size:
        return None
    return tag | {"pc": whole[:2].hex(), "epc": whole[2:-2].hex(), "tag_crc": whole[-2:].hex()}, at + 2 + size


def _metadata(data: bytes, at: int, flags: int) -> tuple[dict[str, Any], int] | None:
    """The fields that ``flags`` name, from ``at`` on, and where they end; None when the bytes do not suffice."""
    tag: dict[str, Any] = {}
    for bit, (name, size) in enumerate(_METADATA):
        if not flags >> bit & 1:
            continue
        if size is None:
            size = 2 + (int.from_bytes(data[at : at + 2], "big") + 7) // 8
        value = data[at : at + size]
        at += size
        if name == "data":
            if len(value) > 2:
                tag["memory"] = value[2:].hex()
        else:
            tag[name] = int.from_bytes(value, "big", signed=name == "rssi_dbm")
    if "antenna" in tag:
        tag["antenna"] >>= 4  # high half: the antenna that sends
    return (tag, at) if at <= len(data) else None


def _frame(tag: dict[str, Any]) -> Frame:
    rssi = tag.get("rssi_dbm")
    return Frame(
        payload=bytes.fromhex(tag["epc"]),
        carrier=Carrier.EPC,
        antenna=tag.get("antenna"),
        rssi_dbm=None if rssi is None else float(rssi),
        pc=int(tag["pc"], 16) if "pc" in tag else None,
        seen_count=tag.get("seen_count"),
        fields=tag,
    )


def mercury_protocol(options: Options) -> MercuryProtocol:
    """The protocol as a URL configures it: ``poll``, ``mode`` (poll, stream), ``region``, ``wait`` (ms for one tag)."""
    return MercuryProtocol(
        options.flag("poll", True),
        options.choice("mode", "poll", {mode.value: mode for mode in Mode}),
        options.choice("region", "eu3", REGIONS),
        options.integer("wait", 250, 10, 65535),
    )


def decode_mercury(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag and of every other answer in ``data``."""
    return MercuryProtocol().decode(data)
