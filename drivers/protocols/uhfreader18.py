"""UHFReader18 and its relatives (Chafon): ``length address command status data crc``, low byte of the CRC first.

The length counts all bytes behind itself.  The answer to an inventory (command 01) holds antenna (a bit for each),
number of tags, and for each tag length, EPC and one byte of RSSI; older firmware has neither antenna nor RSSI.  Where
bit 7 of the length is set (FastID), the last 12 bytes are the TID.  Status 01 ends the round, 02 ends it by time, 03
says that more follows, 04 that the memory of the reader is full.  A reader that inventories by itself (real time mode)
sends each tag as an answer EE: antenna, length, EPC, RSSI.  No PC is sent, so XPC words that a tag may put before its
EPC (`drivers.protocols.gen2`) cannot be told from it.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.base import Frame, Life, Notice, Output
from drivers.protocols.crc import crc16_reflected
from drivers.protocols.polling import PolledProtocol
from drivers.read import Carrier
from drivers.url import Options

INVENTORY, READ_DATA, SINGLE, INFORMATION, ACTIVE = 0x01, 0x02, 0x0F, 0x21, 0xEE
TAG_ERROR = 0xFC
FAST_ID, TID_SIZE = 0x80, 12
END, END_BY_TIME, MORE, FULL, NO_TAG = 1, 2, 3, 4, 0xFB
BROADCAST = 0xFF

_LISTING = frozenset({END, END_BY_TIME, MORE, FULL})


def command(address: int, number: int, data: bytes = b"") -> bytes:
    """A command with length and CRC.

    >>> command(0, INVENTORY, b"\\x04\\xff").hex()
    '06000104ffd439'
    """
    body = bytes([len(data) + 4, address, number]) + data
    return body + crc16_reflected(body).to_bytes(2, "little")


def answer(address: int, number: int, status: int, data: bytes = b"") -> bytes:
    """An answer of the reader with length and CRC.

    >>> answer(0, INVENTORY, END, b"\\x01\\x00").hex()
    '0700010101001e4b'
    """
    body = bytes([len(data) + 5, address, number, status]) + data
    return body + crc16_reflected(body).to_bytes(2, "little")


class UhfReader18Protocol(PolledProtocol):
    """The host's side: one inventory after the other.  ``address`` of the reader, 0xFF for any."""

    header = re.compile(rb"[\x05-\xff].[\x01-\x9f\xee][\x00-\x3f\xe0-\xff]", re.DOTALL)
    header_size = 4

    def __init__(self, poll: bool = True, address: int = BROADCAST, q: int = 4) -> None:
        super().__init__(poll)
        self._address = address
        self._q = q

    def first_words(self) -> Sequence[bytes]:
        """One inventory; the next is asked for when it has ended."""
        return (command(self._address, INVENTORY, bytes([self._q, 0xFF])),)

    def last_words(self) -> Sequence[bytes]:
        """Nothing: a round ends by itself."""
        return ()

    def size(self, buffer: bytearray, at: int) -> int:
        """The length byte and itself."""
        return buffer[at] + 1

    def intact(self, packet: bytes) -> bool:
        """The CRC, and a list of tags that uses up its bytes."""
        if crc16_reflected(packet[:-2]) != int.from_bytes(packet[-2:], "little"):
            return False
        return not _is_listing(packet) or _listing(packet) is not None

    def take(self, packet: bytes, output: Output) -> None:
        """A tag is a read; the end of a round starts the next."""
        if self._address not in (packet[1], BROADCAST):
            return
        if not _is_listing(packet):
            if packet[2] == INVENTORY and packet[3] == NO_TAG:
                output.replies.extend(self.first_words() if self._poll else ())
                return
            [fields] = self.describe(packet)
            output.notices.append(Notice(kind="answer", text=f"UHFReader18 command {packet[2]:02X}", fields=fields))
            return
        for fields in self.describe(packet):
            if fields.get("epc"):
                epc = bytes.fromhex(fields["epc"])
                tid = bytes.fromhex(fields["tid"]) if "tid" in fields else None
                output.frames.append(
                    Frame(payload=epc, carrier=Carrier.EPC, antenna=fields["antenna"], tid=tid, fields=fields)
                )
        if packet[2] == INVENTORY and packet[3] != MORE and self._poll:
            output.replies.extend(self.first_words())

    def life(self, piece: bytes) -> Life | None:
        """It reads where a round ended, with tags or without."""
        return Life.READING if _is_listing(piece) or (piece[2] == INVENTORY and piece[3] == NO_TAG) else None

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Address, command and status, and one dict for each tag."""
        head: dict[str, Any] = {"address": packet[1], "command": packet[2], "status": packet[3]}
        if not _is_listing(packet):
            return [head | _answer_fields(packet[2], packet[3], packet[4:-2])]
        antenna, tags = _listing(packet) or (None, [])
        head |= {"antenna": antenna, "count": len(tags)}
        return [head | tag for tag in tags] or [head]


def _answer_fields(number: int, status: int, data: bytes) -> dict[str, Any]:
    """What the data of an answer that lists no tags means."""
    if not data:
        return {}
    if number == READ_DATA and status == 0:
        return {"data": data.hex()}
    if status == TAG_ERROR and len(data) == 1:
        return {"error": data[0]}
    if number == SINGLE and status == END and (found := _counted(data)) and len(found[1]) == 1:
        return {"antenna": found[0], "count": 1} | found[1][0]
    if number == INFORMATION and status == 0 and len(data) >= 8:
        # version(2) type protocols, highest and lowest frequency, power in dBm, scan time in 100 ms
        return {"version": f"{data[0]}.{data[1]:02}", "reader_type": data[2], "power_dbm": data[6], "body": data.hex()}
    return {"body": data.hex()}


def _is_listing(packet: bytes) -> bool:
    return (packet[2] == INVENTORY and packet[3] in _LISTING) or packet[2:4] == bytes([ACTIVE, 0])


def _listing(packet: bytes) -> tuple[int | None, list[dict[str, Any]]] | None:
    """(antenna, tags) of an inventory answer; None when its bytes are not used up exactly."""
    data = packet[4:-2]
    if packet[2] == ACTIVE:
        tags = _list(data[1:], 1, with_rssi=True)
        return None if tags is None else (_antenna(data[0]), tags)
    return _counted(data) if data else (None, [])


def _counted(data: bytes) -> tuple[int | None, list[dict[str, Any]]] | None:
    """(antenna, tags) of a list with its count in front, and antenna and RSSI where the firmware tells them."""
    if len(data) >= 2 and (tags := _list(data[2:], data[1], with_rssi=True)) is not None:
        return _antenna(data[0]), tags
    tags = _list(data[1:], data[0], with_rssi=False)
    return None if tags is None else (None, tags)


def _antenna(bits: int) -> int | None:
    """The number of the first antenna whose bit is set, from 1."""
    return (bits & -bits).bit_length() or None


def _list(data: bytes, count: int, *, with_rssi: bool) -> list[dict[str, Any]] | None:
    tags: list[dict[str, Any]] = []
    at = 0
    for _ in range(count):
        if at >= len(data):
            return None
        size, tid = data[at] & ~FAST_ID, TID_SIZE if data[at] & FAST_ID else 0
        end = at + 1 + size
        if size < tid or end + with_rssi > len(data):
            return None
        tag: dict[str, Any] = {"epc": data[at + 1 : end - tid].hex()}
        if tid:
            tag["tid"] = data[end - tid : end].hex()
        if with_rssi:
            tag["rssi_raw"] = data[end]
        tags.append(tag)
        at = end + with_rssi
    return tags if at == len(data) else None


def uhfreader18_protocol(options: Options) -> UhfReader18Protocol:
    """The protocol as a URL configures it: ``poll``, ``address`` (255: any), ``q`` (0 to 15)."""
    return UhfReader18Protocol(
        options.flag("poll", True),
        options.integer("address", BROADCAST, 0, 255),
        options.integer("q", 4, 0, 15),
    )


def decode_uhfreader18(data: bytes) -> list[dict[str, Any]]:
    """The fields of every tag and of every other answer in ``data``."""
    return UhfReader18Protocol().decode(data)
