"""A ThingMagic module as its host sees it: it gives one tag for each question, or streams them by itself."""

from collections.abc import Iterable

from drivers.protocols import mercury
from drivers.protocols.crc import crc16_air, crc16_mercury
from drivers.protocols.mercury_answers import READ_MULTIPLE, READ_SINGLE
from drivers.simulators.base import Delivery
from drivers.simulators.modules import OneByOneModule, whole

_SET_UP = (mercury.BOOT, mercury.SET_ANTENNA, mercury.SET_PROTOCOL, mercury.SET_REGION)
_START, _STOP = 1, 2
_OPTION = 9  # where option(1) and search flags(2) of a stream stand in the data of its command
_FLAGS = 14
_SINGLE = bytes.fromhex("100006")  # option: metadata; flags: RSSI and antenna
_A_TAG = b"\x01"
_FREQUENCY_KHZ = 866_900


class MercuryModule(OneByOneModule):
    """The module; the host's commands choose whether it is polled or streams."""

    query = "protocol=thingmagic&baud=115200"

    def __init__(self) -> None:
        super().__init__()
        self._stream = b""  # how each streamed tag begins: option, search flags(2), metadata flags(2)

    def cut(self, buffer: bytearray) -> int:
        """By the length byte; a command has no status."""
        return -1 if buffer[0] != 0xFF else whole(buffer, 2, lambda: buffer[1] + 5)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """Set-up commands succeed and end a stream, a read is asked for, the rest is unknown."""
        opcode = command[2]
        if crc16_mercury(command[1:-2]) != int.from_bytes(command[-2:], "big"):
            return
        if opcode == READ_SINGLE:
            self.asked = True
        elif opcode == mercury.ASYNC:
            yield self._switch(command[3:-2])
        elif opcode in _SET_UP:
            self._end()
            yield mercury.answer(opcode)
        else:
            yield mercury.answer(opcode, status=mercury.UNKNOWN_OPCODE)

    def frame(self, delivery: Delivery) -> bytes:
        """One tag with antenna and RSSI: as the answer to a question, or by itself with what the stream asks for."""
        tag = (len(delivery.payload) // 2 << 11).to_bytes(2, "big") + delivery.payload
        crc = crc16_air(tag).to_bytes(2, "big")
        if not self._stream:
            return mercury.answer(READ_SINGLE, _SINGLE + _metadata(delivery, 0x06) + delivery.payload + crc)
        flags = int.from_bytes(self._stream[-2:], "big")
        bits = (8 * len(tag + crc)).to_bytes(2, "big")
        return mercury.answer(READ_MULTIPLE, self._stream + _A_TAG + _metadata(delivery, flags) + bits + tag + crc)

    def took(self) -> None:
        """A polled module must be asked again."""
        if not self._stream:
            super().took()

    def nothing(self) -> bytes:
        """No tag found."""
        return mercury.answer(READ_MULTIPLE if self._stream else READ_SINGLE, status=mercury.NO_TAGS)

    def restart(self) -> None:
        """Power on: no stream runs."""
        super().restart()
        self._end()

    def _switch(self, data: bytes) -> bytes:
        """Begin or end a stream."""
        self._end()
        if data[2:3] == bytes([_START]) and len(data) >= _FLAGS + 2:
            self._stream = data[_OPTION : _OPTION + 3] + data[_FLAGS : _FLAGS + 2]
            self.asked = True
        return mercury.answer(mercury.ASYNC, b"" if self.asked else bytes([_STOP]))

    def _end(self) -> None:
        self._stream = b""
        self.asked = False


def _metadata(delivery: Delivery, flags: int) -> bytes:
    """The fields that ``flags`` ask for, lowest bit first; the module knows those of its bits 0 to 8."""
    fields = (
        b"\x01",  # reads
        delivery.whole_dbm.to_bytes(1, "big", signed=True),
        bytes([delivery.antenna << 4 | delivery.antenna]),  # sends, receives
        _FREQUENCY_KHZ.to_bytes(3, "big"),
        bytes(4),  # ms since the search began
        bytes(2),  # phase
        b"\x05",  # Gen2
        bytes(2),  # bits of memory that was read as well
        bytes(1),  # inputs
    )
    return b"".join(field for bit, field in enumerate(fields) if flags >> bit & 1)
