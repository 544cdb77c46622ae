"""Scanners and sleds that talk with their host: Honeywell packets, TSL ASCII 2.0, Keyence triggers."""

from collections.abc import Iterable

from drivers.protocols import honeywell, tsl
from drivers.simulators.base import Delivery
from drivers.simulators.modules import Module, OneByOneModule


class HoneywellModule(Module):
    """A scanner in packet mode."""

    query = "protocol=honeywell"

    def frame(self, delivery: Delivery) -> bytes:
        """A MSGGET packet."""
        return honeywell.message(delivery.aim or "]X0", delivery.payload)

    def spoilt(self, frame: bytes) -> bytes:
        """There is no checksum; a damaged count shows."""
        return frame[:13] + bytes([frame[13] ^ 0x80]) + frame[14:]


class TslModule(Module):
    """A sled whose trigger is pulled: every read is an answer of its own."""

    query = "protocol=tsl&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """One line."""
        return buffer.find(b"\n") + 1

    def answer(self, command: bytes) -> Iterable[bytes]:
        """An inventory by command finds nothing: tags come with the trigger."""
        name = command.split()[0] if command.split() else b""
        if name.startswith(b"."):
            end = b"ER: 005" if command == tsl.INVENTORY else b"OK:"
            yield b"CS: " + name + b"\r\n" + end + b"\r\n\r\n"

    def frame(self, delivery: Delivery) -> bytes:
        """Inventory of one tag, or a scanned code."""
        if delivery.epc:
            rssi = b"%d" % delivery.whole_dbm
            lines = [b"CS: .iv", b"EP: " + delivery.payload.hex().upper().encode(), b"RI: " + rssi]
        else:
            lines = [b"CS: .bc", b"BC: " + delivery.aim.encode() + delivery.payload]
        return b"\r\n".join([*lines, b"OK:", b"", b""])

    def spoilt(self, frame: bytes) -> bytes:
        """There is no checksum; a damaged name of a line shows."""
        return frame.replace(b"\nEP", b"\n\xc5P").replace(b"\nBC", b"\n\xc2C")


class KeyenceModule(OneByOneModule):
    """A fixed reader that reads while it is triggered and answers pings."""

    query = "protocol=keyence&trigger=always&heartbeat=2"

    def cut(self, buffer: bytearray) -> int:
        """One line."""
        return buffer.find(b"\r") + 1

    def answer(self, command: bytes) -> Iterable[bytes]:
        """LON and LOFF switch, other commands are answered."""
        name = command.strip()
        if name in (b"LON", b"LOFF"):
            self.asked = name == b"LON"
        elif name == b"KEYENCE":
            yield b"OK,KEYENCE,SR-1000\r"
        elif name:
            yield b"ER," + name[:10] + b",00\r"

    def nothing(self) -> bytes:
        """No code was seen."""
        return b"ERROR\r"
