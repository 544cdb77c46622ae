"""NFC module PN532 on a serial line: ``00 00 FF length lcs D5 command data dcs 00``, 115200 baud.

Length and its checksum add up to zero, and so do the bytes from D5 to the second checksum (NXP UM0701, section 6.2).
The host lists one card of ISO 14443 type A after the other; a card that is held is one read.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.base import Frame, Notice, Output
from drivers.protocols.packets import PAUSE
from drivers.protocols.pn532_cards import listed, polled
from drivers.protocols.polling import PolledProtocol
from drivers.protocols.presence import Held
from drivers.read import Carrier
from drivers.url import Options

TO_MODULE, TO_HOST = 0xD4, 0xD5
FIRMWARE, SAM_CONFIGURATION, EXCHANGE, COMMUNICATE = 0x02, 0x14, 0x40, 0x42
LIST_PASSIVE_TARGET, AUTO_POLL = 0x4A, 0x60
LONGEST = 265
"""Bytes of the longest frame that the module makes (UM0701, section 6.2.1.2)."""
ACK, NACK, SYNTAX_ERROR = (bytes.fromhex(frame) for frame in ("0000ff00ff00", "0000ffff0000", "0000ff01ff7f8100"))

_LONG = (0xFF, 0xFF)
_SHORT = 5  # bytes of ACK and NACK from the start code on
_WITH_STATUS = frozenset({0x45, 0x53, 0x55})  # deselect, release, select
_WAKE = b"\x55\x55" + bytes(14)
_SEARCH = bytes([LIST_PASSIVE_TARGET, 1, 0])  # one card, 106 kbit/s type A


def frame(direction: int, data: bytes) -> bytes:
    """A normal frame.

    >>> frame(TO_MODULE, _SEARCH).hex()
    '0000ff04fcd44a0100e100'
    """
    body = bytes([direction]) + data
    return b"\x00\x00\xff" + bytes([len(body), -len(body) & 0xFF]) + body + bytes([-sum(body) & 0xFF, 0])


class Pn532Protocol(PolledProtocol):
    """The host's side: delivers the number (UID) of a card once for each time that it is held."""

    # the zero before the start code is no part of it: where the one at the end was lost, it is taken for that
    header = re.compile(rb"\x00\xff..", re.DOTALL)
    header_size = 4

    def __init__(self, poll: bool = True, gap: float = PAUSE) -> None:
        super().__init__(poll)
        self._held = Held(gap)

    def first_words(self) -> Sequence[bytes]:
        """Wake the module, set it to normal mode, look for a card."""
        setup = frame(TO_MODULE, bytes([SAM_CONFIGURATION, 1, 0x14, 1]))
        return (_WAKE + setup, frame(TO_MODULE, _SEARCH))

    def last_words(self) -> Sequence[bytes]:
        """An ACK ends the command that runs."""
        return (ACK,)

    def connected(self) -> Sequence[bytes]:
        """Start anew; no card is held."""
        self._held.gone()
        return super().connected()

    def size(self, buffer: bytearray, at: int) -> int:
        """Five bytes for ACK and NACK, else by the length, if its checksum is right; FF FF announces a long frame."""
        length, check = buffer[at + 2], buffer[at + 3]
        if (length, check) in ((0, 0xFF), (0xFF, 0)):
            return _SHORT
        if (length, check) == _LONG:
            if len(buffer) < at + 7:
                return 7
            long = int.from_bytes(buffer[at + 4 : at + 6], "big")
            return long + 9 if 2 <= long <= LONGEST and sum(buffer[at + 4 : at + 7]) & 0xFF == 0 else 0
        return length + 6 if length and (length + check) & 0xFF == 0 else 0

    def intact(self, packet: bytes) -> bool:
        """Sum zero, from the module, last byte zero."""
        if packet[-1] != 0:
            return False
        body = _body(packet)
        from_module = body[:1] == bytes([TO_HOST]) and len(body) >= 3
        return len(packet) == _SHORT or (sum(body) & 0xFF == 0 and (from_module or _refused(packet)))

    def take(self, packet: bytes, output: Output) -> None:
        """A card that is newly held is a read; then look again."""
        if _refused(packet):
            output.notices.append(Notice(kind="error", text="the module refused a command", fields={"error": 0x7F}))
        if len(packet) == _SHORT or _body(packet)[1] != LIST_PASSIVE_TARGET + 1:
            return
        cards = [fields for fields in self.describe(packet) if "uid" in fields]
        if not cards:
            self._held.gone()
        for fields in cards:
            uid = bytes.fromhex(fields["uid"])
            if self._held.is_new(uid):
                output.frames.append(Frame(payload=uid, carrier=Carrier.TID, fields=fields))
        if self._poll:
            output.replies.append(frame(TO_MODULE, _SEARCH))

    def idle(self, elapsed: float) -> Output:
        """A search that finds nothing is silent: no card, and no reason to call the module lost once it has spoken."""
        self._held.silence(elapsed)
        return super().idle(elapsed)

    def _throw(self, data: bytes | bytearray) -> None:
        super()._throw(data.strip(b"\0"))  # zeros between frames are no noise

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """ACK, error, each card that was listed, or the command that was answered."""
        if len(packet) == _SHORT:
            return [{"ack": packet[2] == 0}]
        if _refused(packet):
            return [{"error": 0x7F}]
        body = _body(packet)
        answered, data = body[1], body[2:-1]
        head = {"command": answered}
        if answered == LIST_PASSIVE_TARGET + 1 and data:
            return listed(data[1:], data[0]) or [head | {"count": data[0]} | _rest(data[1:])]
        if answered == AUTO_POLL + 1 and data:
            return polled(data) or [head | {"count": data[0]} | _rest(data[1:])]
        if answered == FIRMWARE + 1 and len(data) == 4:
            return [head | dict(zip(("ic", "version", "revision", "support"), data, strict=True))]
        if answered in (EXCHANGE + 1, COMMUNICATE + 1) and data:
            return [head | {"status": data[0]} | ({"data": data[1:].hex()} if data[1:] else {})]
        if answered in _WITH_STATUS and len(data) == 1:
            return [head | {"status": data[0]}]
        return [head | _rest(data)]


def _body(packet: bytes) -> bytes:
    """From the direction to the second checksum."""
    return packet[7:-1] if tuple(packet[2:4]) == _LONG else packet[4:-1]


def _refused(packet: bytes) -> bool:
    return packet == SYNTAX_ERROR[1:]


def _rest(data: bytes) -> dict[str, Any]:
    return {"body": data.hex()} if data else {}


def pn532_protocol(options: Options) -> Pn532Protocol:
    """The protocol as a URL configures it: ``poll``, and ``gap``, seconds after which a card is a new read."""
    return Pn532Protocol(options.flag("poll", True), options.number("gap", PAUSE, 0.0, 60.0))


def decode_pn532(data: bytes) -> list[dict[str, Any]]:
    """The fields of every frame of the module in ``data``."""
    return Pn532Protocol().decode(data)
