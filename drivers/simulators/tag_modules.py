"""UHF modules: R200 and UHFReader18."""

from collections.abc import Iterable

from drivers.protocols import r200, uhfreader18
from drivers.protocols.crc import crc16_air, crc16_reflected
from drivers.simulators.base import Delivery
from drivers.simulators.modules import Module, OneByOneModule, whole


class R200Module(Module):
    """A UHF module that reports tags by itself while a row of polls runs."""

    query = "protocol=r200&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """By the length field."""
        if buffer[0] != 0xBB:
            return -1
        return whole(buffer, 5, lambda: int.from_bytes(buffer[3:5], "big") + 7)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """Polls begin and end; everything else is refused as unknown."""
        number = command[2]
        if number in (r200.POLL, r200.POLL_MANY):
            self.asked = True
        elif number == r200.STOP:
            self.asked = False
            yield r200.frame(r200.ANSWER, r200.STOP, b"\0")
        else:
            yield r200.frame(r200.ANSWER, r200.FAILED, b"\x17")

    def frame(self, delivery: Delivery) -> bytes:
        """A notice with RSSI, PC and the CRC of the air, and the antenna as modules with several have it."""
        tag = (len(delivery.payload) // 2 << 11).to_bytes(2, "big") + delivery.payload
        body = delivery.whole_dbm.to_bytes(1, "big", signed=True) + tag + crc16_air(tag).to_bytes(2, "big")
        return r200.frame(r200.NOTICE, r200.POLL, body + bytes([delivery.antenna]))

    @property
    def free(self) -> bool:
        """While a row runs."""
        return self.asked

    def nothing(self) -> bytes:
        """No tag in this round of the row."""
        return r200.frame(r200.ANSWER, r200.FAILED, bytes([r200.NO_TAG]))


class UhfReader18Module(OneByOneModule):
    """A reader of the UHFReader18 family."""

    query = "protocol=uhfreader18&baud=57600"

    def cut(self, buffer: bytearray) -> int:
        """By the first byte."""
        return -1 if buffer[0] < 4 else whole(buffer, 1, lambda: buffer[0] + 1)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """An inventory is asked for; other commands are illegal here."""
        if crc16_reflected(command[:-2]) != int.from_bytes(command[-2:], "little"):
            return
        if command[2] == uhfreader18.INVENTORY:
            self.asked = True
        else:
            yield uhfreader18.answer(0, command[2], 0xFE)

    def frame(self, delivery: Delivery) -> bytes:
        """One tag, the end of its round."""
        tag = bytes([len(delivery.payload)]) + delivery.payload + bytes([delivery.whole_dbm & 0xFF])
        listing = bytes([1 << (delivery.antenna - 1) & 0xFF, 1]) + tag
        return uhfreader18.answer(0, uhfreader18.INVENTORY, uhfreader18.END, listing)

    def nothing(self) -> bytes:
        """No tag in the field."""
        return uhfreader18.answer(0, uhfreader18.INVENTORY, uhfreader18.NO_TAG)
