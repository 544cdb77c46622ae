"""USB HID point-of-sale scanners (usage page 0x8C, usage 2): input reports of 64 bytes.

Byte 0 is the report id 2, 1 the length, 2 to 4 the AIM identifier, 5 to 60 the data, 61 the maker's letter of the
symbology, 63 says with 1 that more reports of this scan follow.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.aim import named, split_aim
from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.eci import text_of
from drivers.protocols.packets import PacketProtocol
from drivers.url import Options

REPORT_ID = 2
SIZE = 64
ROOM = 56
_LETTER = 61
LONGEST = 16384
"""Bytes of one scan."""


def reports(aim: str, data: bytes) -> list[bytes]:
    """The reports of one scan; ``aim`` has three characters."""
    parts = [data[at : at + ROOM] for at in range(0, len(data), ROOM)]
    return [
        bytes([REPORT_ID, len(part)])
        + aim.encode("ascii")
        + part.ljust(ROOM, b"\0")
        + bytes([0, 0, number < len(parts)])
        for number, part in enumerate(parts, start=1)
    ]


class HidPosProtocol(PacketProtocol):
    """Sans-I/O decoder of reports; a `WireProtocol`."""

    header = re.compile(rb"\x02[\x01-\x38](?:\][A-Za-z][0-9A-F]|\x00\x00\x00)", re.DOTALL)
    header_size = 5

    def __init__(self) -> None:
        super().__init__()
        self._aim = b""
        self._data = bytearray()
        self._too_long = False

    def connected(self) -> Sequence[bytes]:
        """Forget the half scan."""
        self._data.clear()
        self._too_long = False
        return super().connected()

    def size(self, buffer: bytearray, at: int) -> int:
        """Always 64 bytes."""
        return SIZE

    def intact(self, packet: bytes) -> bool:
        """The last byte is 0 or 1."""
        return packet[-1] in (0, 1)

    def take(self, packet: bytes, output: Output) -> None:
        """A scan is a read when its last report came."""
        aim, last = packet[2:5], packet[-1] == 0
        if aim != self._aim:
            self._data.clear()
            self._too_long = False
        self._aim = aim
        self._data += packet[5 : 5 + packet[1]]
        if len(self._data) > LONGEST:
            self._too_long = True
        if self._too_long:
            self._data.clear()
        if not last:
            return
        if self._too_long:
            self._too_long = False
            output.notices.append(Notice(kind="overflow", text=f"a scan of more than {LONGEST} bytes"))
            return
        payload = bytes(self._data)
        self._data.clear()
        identifier = split_aim(aim)[0]
        output.frames.append(Frame(payload=payload, aim=identifier, fields=_fields(identifier, payload)))

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Identifier, data and the maker's letter of one report."""
        return [_told([packet])]


def _fields(aim: str, data: bytes) -> dict[str, Any]:
    return {"aim": aim, "data": text_of(data, aim)} | named(aim)


def _told(packets: list[bytes]) -> dict[str, Any]:
    """What the reports of one scan say together; ``more`` where the last of them is missing."""
    last = packets[-1]
    data = b"".join(packet[5 : 5 + packet[1]] for packet in packets)
    letter = {"maker_id": chr(last[_LETTER])} if 0x20 < last[_LETTER] < 0x7F else {}
    return _fields(split_aim(last[2:5])[0], data) | letter | ({"more": True} if last[-1] else {})


def hid_pos_protocol(options: Options) -> HidPosProtocol:
    """The protocol; it takes no options."""
    del options
    return HidPosProtocol()


def decode_hid_pos(data: bytes) -> list[dict[str, Any]]:
    """The fields of every scan in ``data``; the reports of a scan whose end is missing say ``more``, each alone."""
    scans: list[list[bytes]] = []
    parts: list[bytes] = []
    for part in HidPosProtocol().packets(data):
        if parts and parts[-1][2:5] != part[2:5]:
            scans, parts = scans + [[one] for one in parts], []
        parts.append(part)
        if not part[-1]:
            scans, parts = [*scans, parts], []
    return [_told(scan) for scan in [*scans, *([one] for one in parts)]]
