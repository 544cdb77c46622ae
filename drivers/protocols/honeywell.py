"""Honeywell scanners in packet mode (Voyager, Xenon over SPP): ``16 FE size(4) 0D MSGGET count id aim 1D data 0D``.

``count`` is four digits and counts data and the CR at its end; ``id`` is Honeywell's own letter of the symbology,
``aim`` the AIM identifier without its bracket.  There is no checksum: a packet is believed by its shape.
"""

import re
from typing import Any

from drivers.protocols.aim import named, split_aim
from drivers.protocols.base import Frame, Output
from drivers.protocols.eci import text_of
from drivers.protocols.packets import PacketProtocol
from drivers.url import Options

_HEAD = 17  # bytes up to the count
_MARKS = 4  # id, aim, GS


def message(aim: str, data: bytes, honeywell_id: bytes = b"j") -> bytes:
    """A packet of a scan; ``aim`` with its bracket."""
    count = b"%04d" % (len(data) + 1)
    body = b"MSGGET" + count + honeywell_id + aim[1:].encode("ascii") + b"\x1d" + data + b"\r"
    return b"\x16\xfe" + len(body).to_bytes(4, "little") + b"\r" + body


class HoneywellProtocol(PacketProtocol):
    """Sans-I/O decoder of MSGGET packets."""

    header = re.compile(rb"\x16\xfe.{4}\rMSGGET[0-9]{4}", re.DOTALL)
    header_size = _HEAD

    def size(self, buffer: bytearray, at: int) -> int:
        """The four digits; a scan without data is none."""
        count = int(buffer[at + 13 : at + _HEAD])
        return _HEAD + _MARKS + count if count > 1 else 0

    def intact(self, packet: bytes) -> bool:
        """GS behind a well-formed identifier, CR at the end."""
        return packet[20] == 0x1D and packet[-1] == 0x0D and bool(split_aim(b"]" + packet[18:20])[0])

    def take(self, packet: bytes, output: Output) -> None:
        """Every packet is a read."""
        aim = "]" + packet[18:20].decode("ascii")
        output.frames.append(Frame(payload=packet[21:-1], aim=aim, fields=self.describe(packet)[0]))

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Honeywell's letter, AIM identifier, data."""
        aim = "]" + packet[18:20].decode("ascii")
        return [{"honeywell_id": chr(packet[17]), "aim": aim, "data": text_of(packet[21:-1], aim)} | named(aim)]


def honeywell_protocol(options: Options) -> HoneywellProtocol:
    """The protocol; it takes no options."""
    del options
    return HoneywellProtocol()


def decode_honeywell(data: bytes) -> list[dict[str, Any]]:
    """The fields of every packet in ``data``."""
    return HoneywellProtocol().decode(data)
