"""A Chainway UR4 or UR8 as the host sees it: answers to the commands of an inventory, and tag records while it runs."""

from collections.abc import Iterable

from drivers.protocols import chainway_frames as wire
from drivers.simulators.base import Delivery
from drivers.simulators.modules import Module, whole

_HEADERS = (b"\xa5\x5a", b"\xc8\x8c")
_DONE, _REFUSED = b"\x01", b"\x00"


class ChainwayModule(Module):
    """A reader with four antennas of which the last is not connected; its settings are lost when it is switched off."""

    query = "protocol=chainway&baud=115200"

    def __init__(self) -> None:
        super().__init__()
        self._set_up()

    def restart(self) -> None:
        """Power on."""
        super().restart()
        self._set_up()

    def _set_up(self) -> None:
        self.power = dict.fromkeys(range(1, 5), (2600, 2600))
        self.blocks, self.user = 0, (0, 0)

    def cut(self, buffer: bytearray) -> int:
        """By the length; the single zero with which a host keeps the line alive is no command."""
        if not any(header.startswith(buffer[:2]) for header in _HEADERS):
            return -1
        length = int.from_bytes(buffer[2:4], "big")
        if len(buffer) >= 4 and not wire.SHORTEST <= length <= wire.LONGEST:
            return -1
        return whole(buffer, 4, lambda: length)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """The answer has the next number; the start of an inventory has none."""
        if not wire.intact(command):
            return
        number, payload = command[4], command[5:-3]
        if number == wire.START:
            self.asked = True
        elif number == wire.ONE_ROUND:
            yield wire.frame(number + 1)
        else:
            yield wire.frame(number + 1, self._do(number, payload))

    def _do(self, number: int, payload: bytes) -> bytes:
        match number:
            case wire.STOP:
                self.asked = False
                return _DONE
            case wire.GET_VERSION:
                return bytes([7, 40, 1])
            case wire.GET_ANTENNAS:
                return (0b0111).to_bytes(2, "big")
            case wire.SET_POWER if len(payload) == 6 and payload[1] in self.power:
                self.power[payload[1]] = int.from_bytes(payload[2:4], "big"), int.from_bytes(payload[4:], "big")
                return _DONE
            case wire.GET_POWER:
                return b"\x00" + b"".join(
                    bytes([antenna]) + read.to_bytes(2, "big") + write.to_bytes(2, "big")
                    for antenna, (read, write) in self.power.items()
                )
            case wire.SET_BLOCKS if len(payload) == 4 and payload[1] <= 2:
                self.blocks, self.user = payload[1], (payload[2], payload[3])
                return _DONE
            case wire.GET_BLOCKS:
                return bytes([1, self.blocks, *self.user])
            case wire.GET_TEMPERATURE:
                return b"\x01" + (3150).to_bytes(2, "big")
        return _REFUSED

    def frame(self, delivery: Delivery) -> bytes:
        """A tag record with the blocks that are switched on, as far as the tag has them."""
        record = (len(delivery.payload) // 2 << 11).to_bytes(2, "big") + delivery.payload
        if self.blocks and delivery.tid:
            record += delivery.tid[: wire.TID_SIZE].ljust(wire.TID_SIZE, b"\0")
            start, words = self.user
            record += delivery.user[2 * start :][: 2 * words] if self.blocks == 2 else b""
        rssi = max(-1999, min(-1, round(delivery.rssi_dbm * 10)))
        return wire.frame(wire.TAG, record + rssi.to_bytes(2, "big", signed=True) + bytes([delivery.antenna]))

    @property
    def free(self) -> bool:
        """While an inventory runs."""
        return self.asked
