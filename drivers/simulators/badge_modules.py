"""Modules for badges and tote tags: RDM6300 and ID-12 (LF), PN532 (NFC)."""

from collections.abc import Iterable
from functools import reduce
from operator import xor

from drivers.protocols import pn532
from drivers.simulators.base import Delivery
from drivers.simulators.modules import Module, OneByOneModule, whole


class Rdm6300Module(Module):
    """An LF reader that repeats the tag while it is held."""

    query = "protocol=rdm6300&baud=9600"
    repeats = 2
    tail = b"\x03"

    def frame(self, delivery: Delivery) -> bytes:
        """The five bytes and their XOR."""
        tag = delivery.payload[-5:].rjust(5, b"\0")
        return b"\x02" + tag.hex().upper().encode() + b"%02X" % reduce(xor, tag) + self.tail


class Id12Module(Rdm6300Module):
    """An ID-12, with CR LF before ETX."""

    query = "protocol=id12&baud=9600"
    tail = b"\r\n\x03"


class Pn532Module(OneByOneModule):
    """An NFC module; it is silent until a card comes."""

    query = "protocol=pn532&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """By the length byte, behind the wake-up."""
        if bytes(buffer[:3]) != b"\0\0\xff"[: len(buffer[:3])]:
            return -1
        if len(buffer) >= 5 and bytes(buffer[3:5]) in (b"\0\xff", b"\xff\0"):
            return whole(buffer, 5, lambda: 6)
        return whole(buffer, 5, lambda: buffer[3] + 7)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """Every command is acknowledged; an acknowledgement of the host ends the search."""
        if len(command) == 6:
            self.asked = False
            return
        yield pn532.ACK
        if command[6] == pn532.LIST_PASSIVE_TARGET:
            self.asked = True
        elif command[6] == pn532.SAM_CONFIGURATION:
            yield pn532.frame(pn532.TO_HOST, bytes([pn532.SAM_CONFIGURATION + 1]))
        else:
            yield pn532.SYNTAX_ERROR

    def frame(self, delivery: Delivery) -> bytes:
        """One card of type A with its number."""
        target = bytes([pn532.LIST_PASSIVE_TARGET + 1, 1, 1, 0, 4, 8, len(delivery.payload)]) + delivery.payload
        return pn532.frame(pn532.TO_HOST, target)
