"""LF readers RDM6300 and ID-12/ID-20: STX, ten hex digits, two of their XOR, ETX; ID-12 puts CR LF before ETX.

9600 baud, 8N1.  The ten digits are the version (one byte) and the number (four bytes) of an EM4100 tag.  While a tag is
held the frame comes about every 65 ms; that is one read.
"""

import re
from collections.abc import Sequence
from functools import reduce
from operator import xor
from typing import Any

from drivers.protocols.base import Frame, Output
from drivers.protocols.packets import PAUSE, PacketProtocol
from drivers.protocols.presence import Held
from drivers.read import Carrier
from drivers.url import Options

_LONG = 16  # bytes with CR LF


class Rdm6300Protocol(PacketProtocol):
    """Delivers the five bytes of a tag once for each time that it is held."""

    header = re.compile(rb"\x02[0-9A-Fa-f]{12}[\x03\r]")
    header_size = 14

    def __init__(self, gap: float = PAUSE) -> None:
        super().__init__()
        self._held = Held(gap)

    def connected(self) -> Sequence[bytes]:
        """Forget any half frame and the tag that was held."""
        self._held.gone()
        return super().connected()

    def size(self, buffer: bytearray, at: int) -> int:
        """14 bytes, with CR LF 16."""
        return self.header_size if buffer[at + 13] == 0x03 else _LONG

    def intact(self, packet: bytes) -> bool:
        """The XOR of the five bytes."""
        digits = bytes.fromhex(packet[1:13].decode("ascii"))
        return reduce(xor, digits) == 0 and (len(packet) < _LONG or packet[13:] == b"\r\n\x03")

    def take(self, packet: bytes, output: Output) -> None:
        """A tag that is newly held is a read."""
        tag = bytes.fromhex(packet[1:11].decode("ascii"))
        if self._held.is_new(tag):
            [fields] = self.describe(packet)
            output.frames.append(Frame(payload=tag, carrier=Carrier.TID, fields=fields))

    def idle(self, elapsed: float) -> Output:
        """The tag is gone when the wire was silent for the gap."""
        self._held.silence(elapsed)
        return super().idle(elapsed)

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Version and number of the tag; ``value`` is the number as badges have it printed."""
        digits = packet[1:13].decode("ascii")
        number = digits[2:10]
        return [
            {
                "tag_hex": number.upper(),
                "version": int(digits[:2], 16),
                "value": int(number, 16),
                "checksum": int(digits[10:], 16),
            }
        ]


def rdm6300_protocol(options: Options) -> Rdm6300Protocol:
    """The protocol as a URL configures it: ``gap``, seconds of silence after which a tag is a new read."""
    return Rdm6300Protocol(options.number("gap", PAUSE, 0.0, 60.0))


def decode_rdm6300(data: bytes) -> list[dict[str, Any]]:
    """The fields of every frame in ``data``, repeats too."""
    return Rdm6300Protocol().decode(data)
