"""UHF modules R200, YRM100 and M100: ``BB type command length(2) parameters sum 7E``, 115200 baud.

The sum is that of all bytes between BB and itself, modulo 256.  7E may stand inside, so the length is what counts.
A notice of a tag (type 2, command 22) holds RSSI (signed, dBm), PC, XPC and EPC (as many words as the PC says) and CRC;
modules with several antennas put the number of the antenna behind it.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.protocols.gen2 import tag_memory
from drivers.protocols.polling import PolledProtocol
from drivers.read import Carrier
from drivers.url import Options

COMMAND, ANSWER, NOTICE = 0, 1, 2
POLL, POLL_MANY, STOP, READ_MEMORY, FAILED = 0x22, 0x27, 0x28, 0x39, 0xFF
NO_TAG = 0x15
LONGEST = 512
"""Bytes of parameters; an answer holds a few words of memory at most."""

_ROUNDS = 10_000
MODULE_INFO = 0x03
_ON_TAGS = frozenset({READ_MEMORY, 0x49, 0x65, 0x82, 0xD3, 0xD4, 0xE0, 0xE1, 0xE2, 0xE3, 0xE5, 0xE6})
"""Commands to one tag (read, write, kill, lock, those of makers): their answers name it."""
_VALUES = {0x08: "region", 0xAA: "channel", 0xB7: "power"}
"""Questions about one number; power in 1/100 dBm."""


def frame(kind: int, command: int, parameters: bytes = b"") -> bytes:
    """A frame with its sum.

    >>> frame(COMMAND, POLL_MANY, b"\\x22\\x27\\x10").hex()
    'bb00270003222710837e'
    """
    body = bytes([kind, command]) + len(parameters).to_bytes(2, "big") + parameters
    return b"\xbb" + body + bytes([sum(body) & 0xFF, 0x7E])


class R200Protocol(PolledProtocol):
    """The host's side: polls in long rows, delivers a read for each notice of a tag."""

    header = re.compile(rb"\xbb[\x01\x02].[\x00-\x02].", re.DOTALL)
    header_size = 5

    def first_words(self) -> Sequence[bytes]:
        """Poll as often as one command can."""
        return (frame(COMMAND, POLL_MANY, b"\x22" + _ROUNDS.to_bytes(2, "big")),)

    def last_words(self) -> Sequence[bytes]:
        """Stop the row."""
        return (frame(COMMAND, STOP),)

    def size(self, buffer: bytearray, at: int) -> int:
        """The length field and seven bytes around the parameters."""
        length = int.from_bytes(buffer[at + 3 : at + 5], "big")
        return length + 7 if length <= LONGEST else 0

    def intact(self, packet: bytes) -> bool:
        """End mark and sum, and a tag whose PC tells its length."""
        right = packet[-1] == 0x7E and sum(packet[1:-2]) & 0xFF == packet[-2]
        return right and (not _is_tag(packet) or _tag(packet[5:-2]) is not None)

    def take(self, packet: bytes, output: Output) -> None:
        """A tag is a read, an empty round is nothing, the rest is a notice, and so is a tag without EPC."""
        [fields] = self.describe(packet)
        if _is_tag(packet) and fields["epc"]:
            output.frames.append(
                Frame(
                    payload=bytes.fromhex(fields["epc"]),
                    carrier=Carrier.EPC,
                    antenna=fields.get("antenna"),
                    rssi_dbm=float(fields["rssi_dbm"]),
                    pc=int(fields["pc"], 16),
                    fields=fields,
                )
            )
        elif fields.get("error") != NO_TAG:
            output.notices.append(Notice(kind="answer", text=f"R200 command {packet[2]:02X}", fields=fields))

    def life(self, piece: bytes) -> Life | None:
        """It reads where a round found a tag or found none."""
        return Life.READING if _is_tag(piece) or (piece[2] == FAILED and piece[5:6] == bytes([NO_TAG])) else None

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Type and command, and what the parameters of the known ones mean."""
        kind, command, parameters = packet[1], packet[2], packet[5:-2]
        fields: dict[str, Any] = {"type": kind, "command": command}
        if _is_tag(packet):
            return [fields | (_tag(parameters) or {})]
        if command == FAILED and parameters:
            fields["error"] = parameters[0]
            return [fields | (_named_tag(parameters[1:]) or ({}, b""))[0]]
        if command in _ON_TAGS and (named := _named_tag(parameters)):
            rest = named[1]
            return [fields | named[0] | ({"data": rest.hex()} if command == READ_MEMORY else _status(rest))]
        if command in _VALUES:
            return [fields | {_VALUES[command]: int.from_bytes(parameters, "big")}]
        if command == MODULE_INFO and len(parameters) > 1:
            return [fields | {"info": parameters[0], "data": parameters[1:].decode("latin-1")}]
        return [fields | _status(parameters)]


def _status(parameters: bytes) -> dict[str, Any]:
    if len(parameters) == 1:
        return {"status": parameters[0]}
    return {"parameters": parameters.hex()} if parameters else {}


def _named_tag(parameters: bytes) -> tuple[dict[str, str], bytes] | None:
    """The tag that an answer is about, behind the length of PC and EPC, and the rest; None when there is none."""
    if len(parameters) < 3 or parameters[0] < 2 or len(parameters) <= parameters[0]:
        return None
    end = 1 + parameters[0]
    return tag_memory(parameters[1:3], parameters[3:end]), parameters[end:]


def _is_tag(packet: bytes) -> bool:
    return packet[1] == NOTICE and packet[2] in (POLL, POLL_MANY)  # makers differ in what a row's notices name


def _tag(parameters: bytes) -> dict[str, Any] | None:
    """The fields of a notice of a tag; None when PC and length contradict each other."""
    end = 3 + 2 * (int.from_bytes(parameters[1:3], "big") >> 11)
    if len(parameters) - end not in (2, 3):
        return None
    tag: dict[str, Any] = {
        "rssi_dbm": int.from_bytes(parameters[:1], "big", signed=True),
        **tag_memory(parameters[1:3], parameters[3:end]),
        "crc": parameters[end : end + 2].hex(),
    }
    return tag | ({"antenna": parameters[end + 2]} if len(parameters) == end + 3 else {})


def r200_protocol(options: Options) -> R200Protocol:
    """The protocol as a URL configures it: ``poll`` (0: the module sends by itself)."""
    return R200Protocol(options.flag("poll", True))


def decode_r200(data: bytes) -> list[dict[str, Any]]:
    """The fields of every frame of the module in ``data``."""
    return R200Protocol().decode(data)
