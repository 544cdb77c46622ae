"""NFC module PN532 on a serial line: ``00 00 FF length lcs D5 command data dcs 00``, 115200 baud.

Length and its checksum add up to zero, and so do the bytes from D5 to the second checksum (NXP UM0701, section 6.2).
The host lists one card of ISO 14443 type A after the other; a card that is held is one read.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.protocols.base import Frame, Output
from drivers.protocols.packets import PAUSE
from drivers.protocols.polling import PolledProtocol
from drivers.protocols.presence import Held
from drivers.read import Carrier
from drivers.url import Options

TO_MODULE, TO_HOST = 0xD4, 0xD5
SAM_CONFIGURATION, LIST_PASSIVE_TARGET = 0x14, 0x4A
ACK = bytes.fromhex("0000ff00ff00")

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

    header = re.compile(rb"\x00\x00\xff..", re.DOTALL)
    header_size = 5

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
        """Six bytes for ACK and NACK, else by the length, if its checksum is right."""
        length, check = buffer[at + 3], buffer[at + 4]
        if (length, check) in ((0, 0xFF), (0xFF, 0)):
            return 6
        return length + 7 if length >= 2 and (length + check) & 0xFF == 0 else 0

    def intact(self, packet: bytes) -> bool:
        """Sum zero, from the module, last byte zero."""
        if packet[-1] != 0:
            return False
        return len(packet) == 6 or (packet[5] == TO_HOST and sum(packet[5:-1]) & 0xFF == 0)

    def take(self, packet: bytes, output: Output) -> None:
        """A card that is newly held is a read; then look again."""
        if len(packet) == 6 or packet[6] != LIST_PASSIVE_TARGET + 1:
            return
        [fields] = self.describe(packet)
        uid = bytes.fromhex(fields.get("uid", ""))
        if not uid:
            self._held.gone()
        elif self._held.is_new(uid):
            output.frames.append(Frame(payload=uid, carrier=Carrier.TID, fields=fields))
        if self._poll:
            output.replies.append(frame(TO_MODULE, _SEARCH))

    def idle(self, elapsed: float) -> Output:
        """A search that finds nothing is silent: no card, and no reason to call the module lost once it has spoken."""
        self._held.silence(elapsed)
        return super().idle(elapsed)

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """ACK, the card that was listed, or the command that was answered."""
        if len(packet) == 6:
            return [{"ack": packet[3] == 0}]
        data = packet[7:-2]
        if packet[6] == LIST_PASSIVE_TARGET + 1 and len(data) >= 6 and data[0] and len(data) >= 6 + data[5]:
            uid = data[6 : 6 + data[5]]
            return [{"uid": uid.hex(), "sak": data[4], "atqa": data[2:4].hex()}]
        return [{"command": packet[6], "body": data.hex()}]


def pn532_protocol(options: Options) -> Pn532Protocol:
    """The protocol as a URL configures it: ``poll``, and ``gap``, seconds after which a card is a new read."""
    return Pn532Protocol(options.flag("poll", True), options.number("gap", PAUSE, 0.0, 60.0))


def decode_pn532(data: bytes) -> list[dict[str, Any]]:
    """The fields of every frame of the module in ``data``."""
    return Pn532Protocol().decode(data)


def decode_pcsc(data: bytes) -> list[dict[str, Any]]:
    """The answer of a PC/SC reader to GET DATA (``FF CA 00 00 00``): UID, then the status word 9000.

    PC/SC part 3, section 3.2.2.1.3.  Any other status word comes alone.  ValueError for what is no answer.
    """
    if len(data) < 2 or data[-2] & 0xF0 not in (0x60, 0x90):
        raise ValueError(
            f"not an answer of a card: {data[:32].hex(' ') or 'nothing'}; it ends with a status word 6x or 9x"
        )
    uid, status = data[:-2], data[-2:]
    if status != b"\x90\x00":
        return [{"sw": status.hex()}] if not uid else []
    if len(uid) not in (4, 7, 8, 10):
        raise ValueError(f"a card number has 4, 7, 8 or 10 bytes, not {len(uid)}")
    return [{"uid": uid.hex(), "sw": status.hex()}]
