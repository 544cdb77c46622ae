"""ThingMagic modules (M5e, M6e, M7e): ``FF length opcode [status(2)] data crc(2)``; the length counts the data alone.

Only answers carry a status.  Two ways to read: *poll* asks for one tag after the other (opcode 21), which every module
knows; *stream* (opcode 2F, M6e and later) makes the module report tags by itself (answers of opcode 22) with
antenna and RSSI.  Which fields stand before an EPC, the metadata flags of the answer say.  An answer begins with the
options of its search, behind 88 where these have a second byte (several selects).
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.protocols.crc import crc16_mercury
from drivers.protocols.mercury_answers import READ_MULTIPLE, READ_SINGLE, answer_fields, tags
from drivers.protocols.polling import PolledProtocol
from drivers.read import Carrier
from drivers.url import Options

VERSION, BOOT, ASYNC = 0x03, 0x04, 0x2F
SET_ANTENNA, SET_PROTOCOL, SET_REGION = 0x91, 0x93, 0x97
NO_TAGS, UNKNOWN_OPCODE = 0x0400, 0x0101
REGIONS = {"na": 1, "eu": 2, "kr": 3, "in": 4, "jp": 5, "cn": 6, "eu2": 7, "eu3": 8, "open": 255}

_GEN2 = b"\x00\x05"
_STREAM = bytes.fromhex("00000122000005072210001b03e801ff")


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
        return tags(packet) is not None

    def take(self, packet: bytes, output: Output) -> None:
        """A tag is a read; every answer brings the next command."""
        opcode, status = packet[2], int.from_bytes(packet[3:5], "big")
        fields = self.describe(packet)
        output.frames.extend(_frame(tag) for tag in fields if tag.get("epc"))
        if status not in (0, NO_TAGS) and not (opcode == BOOT and status == UNKNOWN_OPCODE):
            text = f"ThingMagic opcode {opcode:02X} failed with {status:04X}"
            output.notices.append(Notice(kind="error", text=text, fields=fields[0]))
        if not self._poll:
            return
        if self._waiting:
            output.replies.append(self._waiting.pop(0))
        elif opcode == READ_SINGLE and status in (0, NO_TAGS):
            output.replies.append(self._read())

    def life(self, piece: bytes) -> Life | None:
        """It reads where a search ended well, with tags or without."""
        well = int.from_bytes(piece[3:5], "big") in (0, NO_TAGS)
        return Life.READING if well and piece[2] in (READ_SINGLE, READ_MULTIPLE) else None

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Opcode, status and length, and one dict for each tag."""
        status = int.from_bytes(packet[3:5], "big")
        head: dict[str, Any] = {"opcode": packet[2], "status": status, "length": packet[1]}
        return [head | fields for fields in tags(packet) or [answer_fields(packet)]]

    def _read(self) -> bytes:
        if self._mode is Mode.STREAM:
            return command(ASYNC, _STREAM)
        return command(READ_SINGLE, self._wait.to_bytes(2, "big"))


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
