"""Badges at a PC/SC reader: a card that is put on is asked for its number by GET DATA (PC/SC part 3, 3.2.2.1.3).

The transport tells what happens at the reader in records ``mark length(2) data``: ``I`` a card came, with its ATR,
``A`` its answer to a command, ``R`` the card went.  One card that lies there is one read.
"""

import re
from functools import reduce
from operator import xor
from typing import Any

from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.packets import PacketProtocol
from drivers.read import Carrier
from drivers.url import Options

CAME, ANSWER, WENT = b"I", b"A", b"R"
GET_UID = bytes.fromhex("ffca000000")
WELL = b"\x90\x00"
UID_SIZES = (4, 7, 8, 10)
"""Bytes of a card number: ISO 14443-3 single, double, triple size, and ISO 15693."""
_BLOCK = 16
_NO_UID_LIKE_ATR = 8  # numbers of this size begin with E0 (ISO 15693) or are not in use
_WITH_DATA = frozenset({0x90, 0x61, 0x62, 0x63})
"""First bytes of status words that data may stand before: success, more data, warnings."""
_STORAGE = bytes.fromhex("804f0ca000000306")
_CARDS = {
    1: "MIFARE Classic 1K", 2: "MIFARE Classic 4K", 3: "MIFARE Ultralight", 0x26: "MIFARE Mini",
    0x3A: "MIFARE Ultralight C", 0x3B: "FeliCa",
}  # fmt: skip
LONGEST_ATR, LONGEST_ANSWER = 33, 258


def record(mark: bytes, data: bytes = b"") -> bytes:
    """A record of the transport."""
    return mark + len(data).to_bytes(2, "big") + data


class PcscProtocol(PacketProtocol):
    """Asks every card for its number and delivers it once."""

    header = re.compile(rb"[IAR][\x00\x01].", re.DOTALL)
    header_size = 3

    def size(self, buffer: bytearray, at: int) -> int:
        """Three bytes and the data."""
        length = int.from_bytes(buffer[at + 1 : at + 3], "big")
        fits = {CAME: 2 <= length <= LONGEST_ATR, ANSWER: 2 <= length <= LONGEST_ANSWER, WENT: length == 0}
        return 3 + length if fits[bytes(buffer[at : at + 1])] else 0

    def intact(self, packet: bytes) -> bool:
        """An ATR begins with 3B or 3F, an answer ends with a status word."""
        if packet[:1] == CAME:
            return packet[3] in (0x3B, 0x3F)
        return packet[:1] == WENT or packet[-2] & 0xF0 in (0x60, 0x90)

    def take(self, packet: bytes, output: Output) -> None:
        """A card that came is asked; its number is a read."""
        if packet[:1] == CAME:
            output.replies.append(GET_UID)
        elif packet[:1] == ANSWER:
            [fields] = self.describe(packet)
            if "uid" in fields and len(fields["uid"]) // 2 in UID_SIZES:
                uid = bytes.fromhex(fields["uid"])
                output.frames.append(Frame(payload=uid, carrier=Carrier.TID, fields=fields))
            else:
                text = f"the card does not tell its number (status {fields['sw']})"
                output.notices.append(Notice(kind="no_read", text=text, fields=fields))

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """ATR, or number and status word of an answer."""
        data = packet[3:]
        if packet[:1] == CAME:
            return [{"atr": data.hex()}]
        if packet[:1] == WENT:
            return [{"removed": True}]
        number = {"uid": data[:-2].hex()} if data[:-2] and data[-2:] == WELL else {}
        return [number | {"sw": data[-2:].hex()}]


def pcsc_protocol(options: Options) -> PcscProtocol:
    """The protocol; it takes no options."""
    del options
    return PcscProtocol()


def decode_pcsc(data: bytes) -> list[dict[str, Any]]:
    """An ATR, or the answer of a card: data and status word.

    The data of a success is a card number (``uid``) if its length is that of one, and ``data`` from 16 bytes (a block)
    on.  ValueError for what is no answer.
    """
    if len(data) < 2:
        raise ValueError(f"not an answer of a card: {data.hex() or 'nothing'}; it ends with a status word 6x or 9x")
    body, status = data[:-2], data[-2:]
    atr = atr_fields(data)
    if status == WELL and len(body) in UID_SIZES and not (atr and len(body) >= _NO_UID_LIKE_ATR):
        return [{"uid": body.hex(), "sw": status.hex()}]
    if atr:
        return [atr]
    if status[0] & 0xF0 not in (0x60, 0x90):
        raise ValueError(f"not an answer of a card: {data[:32].hex(' ')}; it ends with a status word 6x or 9x")
    if not body:
        return [{"sw": status.hex()}]
    if status[0] in _WITH_DATA and len(body) >= _BLOCK:
        return [{"data": body.hex(), "sw": status.hex()}]
    if status == WELL:
        raise ValueError(f"a card number has 4, 7, 8 or 10 bytes and a block {_BLOCK} or more, not {len(body)}")
    return []


def atr_fields(data: bytes) -> dict[str, Any] | None:
    """The fields of an answer to reset (ISO/IEC 7816-3, section 8.2); None for what is none.

    Contactless storage cards carry standard and name in the historical bytes (PC/SC part 3, 3.1.3.2.3.2).
    """
    if len(data) < 2 or data[0] not in (0x3B, 0x3F):
        return None
    count, present, at, protocols = data[1] & 0x0F, data[1] >> 4, 2, []
    while present:
        at += present.bit_count()
        if at > len(data):
            return None
        if not present & 8:
            break
        protocols.append(data[at - 1] & 0x0F)
        present = data[at - 1] >> 4
    historical = data[at : at + count]
    rest = data[at + count :]
    checked = any(protocols)  # the check byte is absent only where T=0 alone is offered
    if len(historical) < count or len(rest) != checked or (checked and reduce(xor, data[1:]) != 0):
        return None
    fields: dict[str, Any] = {
        "atr": data.hex(),
        "protocols": sorted(set(protocols) or {0}),
        "historical": historical.hex(),
    }
    if historical.startswith(_STORAGE) and len(historical) >= 11:
        fields |= {"standard": historical[8], "card": int.from_bytes(historical[9:11], "big")}
        if name := _CARDS.get(fields["card"]):
            fields["card_name"] = name
    return fields
