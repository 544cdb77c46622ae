"""Tag modules and readers as the host sees them, without I/O: what they answer to commands, how a read looks.

A `Module` is the device's side of a protocol: `hear` takes the host's bytes and gives answers, `frame` makes the
bytes of one read, `free` tells whether the device may send one now, `nothing` is its answer to a round without tags.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import xor

from drivers.protocols import honeywell, mercury, pn532, r200, tsl, uhfreader18
from drivers.protocols.crc import crc16_air, crc16_mercury, crc16_reflected
from drivers.simulators.base import Delivery
from drivers.simulators.faults import damaged

Cut = Callable[[bytearray], int]
"""How many bytes the command at the start of a buffer has; 0: not complete yet; -1: none begins here."""


class Module:
    """A device that sends by itself and takes no commands; others override what differs.

    ``query`` holds the URL options that its driver needs.
    """

    query = "protocol=lines"
    repeats = 1
    """How often the frame of a read is sent: a tag is held for a moment."""

    def __init__(self) -> None:
        self._commands = bytearray()
        self.asked = False
        """Whether the host waits for the result of a round."""

    def cut(self, buffer: bytearray) -> int:
        """See `Cut`; without commands everything is swallowed."""
        del buffer
        return -1

    def answer(self, command: bytes) -> Iterable[bytes]:
        """The answers to one complete command of the host."""
        del command
        return ()

    def frame(self, delivery: Delivery) -> bytes:
        """The bytes of one read."""
        return delivery.aim.encode("ascii") + delivery.payload + b"\r"

    @property
    def free(self) -> bool:
        """Whether a read may be sent now."""
        return True

    def took(self) -> None:
        """The result of a round went out."""

    def nothing(self) -> bytes:
        """What ends a round without tags; empty for silence."""
        return b""

    def spoilt(self, frame: bytes) -> bytes:
        """A damaged copy of a frame, which the host must reject."""
        return damaged(frame)

    def restart(self) -> None:
        """Power on: nothing is asked, no half command waits."""
        self._commands.clear()
        self.asked = False

    def hear(self, data: bytes) -> list[bytes]:
        """Take the host's bytes and answer its complete commands."""
        self._commands += data
        answers: list[bytes] = []
        while self._commands and (size := self.cut(self._commands)):
            if size > 0:
                answers.extend(self.answer(bytes(self._commands[:size])))
            del self._commands[: max(1, size)]
        return answers


class HoneywellModule(Module):
    """A scanner in packet mode."""

    query = "protocol=honeywell"

    def frame(self, delivery: Delivery) -> bytes:
        """A MSGGET packet."""
        return honeywell.message(delivery.aim or "]X0", delivery.payload)

    def spoilt(self, frame: bytes) -> bytes:
        """There is no checksum; a damaged count shows."""
        return frame[:13] + bytes([frame[13] ^ 0x80]) + frame[14:]


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


class R200Module(Module):
    """A UHF module that reports tags by itself while a row of polls runs."""

    query = "protocol=r200&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """By the length field."""
        if buffer[0] != 0xBB:
            return -1
        return _whole(buffer, 5, lambda: int.from_bytes(buffer[3:5], "big") + 7)

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
        """A notice with RSSI, PC and the CRC of the air."""
        tag = (len(delivery.payload) // 2 << 11).to_bytes(2, "big") + delivery.payload
        body = int(delivery.rssi_dbm).to_bytes(1, "big", signed=True) + tag
        return r200.frame(r200.NOTICE, r200.POLL, body + crc16_air(tag).to_bytes(2, "big"))

    @property
    def free(self) -> bool:
        """While a row runs."""
        return self.asked

    def nothing(self) -> bytes:
        """No tag in this round of the row."""
        return r200.frame(r200.ANSWER, r200.FAILED, bytes([r200.NO_TAG]))


class OneByOneModule(Module):
    """A module that gives one result for each question."""

    @property
    def free(self) -> bool:
        """When it was asked."""
        return self.asked

    def took(self) -> None:
        """It must be asked again."""
        self.asked = False


class UhfReader18Module(OneByOneModule):
    """A reader of the UHFReader18 family."""

    query = "protocol=uhfreader18&baud=57600"

    def cut(self, buffer: bytearray) -> int:
        """By the first byte."""
        return -1 if buffer[0] < 4 else _whole(buffer, 1, lambda: buffer[0] + 1)

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
        tag = bytes([len(delivery.payload)]) + delivery.payload + bytes([int(delivery.rssi_dbm) & 0xFF])
        listing = bytes([1 << (delivery.antenna - 1) & 0xFF, 1]) + tag
        return uhfreader18.answer(0, uhfreader18.INVENTORY, uhfreader18.END, listing)

    def nothing(self) -> bytes:
        """No tag in the field."""
        return uhfreader18.answer(0, uhfreader18.INVENTORY, uhfreader18.NO_TAG)


class MercuryModule(OneByOneModule):
    """A ThingMagic module in poll mode."""

    query = "protocol=thingmagic&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """By the length byte; a command has no status."""
        return -1 if buffer[0] != 0xFF else _whole(buffer, 2, lambda: buffer[1] + 5)

    def answer(self, command: bytes) -> Iterable[bytes]:
        """Set-up commands succeed, a read is asked for, the rest is unknown."""
        opcode = command[2]
        if crc16_mercury(command[1:-2]) != int.from_bytes(command[-2:], "big"):
            return
        if opcode == mercury.READ_SINGLE:
            self.asked = True
        elif opcode in (mercury.BOOT, mercury.SET_ANTENNA, mercury.SET_PROTOCOL, mercury.SET_REGION):
            yield mercury.answer(opcode)
        else:
            yield mercury.answer(opcode, status=mercury.UNKNOWN_OPCODE)

    def frame(self, delivery: Delivery) -> bytes:
        """EPC and the CRC of the air."""
        tag = (len(delivery.payload) // 2 << 11).to_bytes(2, "big") + delivery.payload
        return mercury.answer(mercury.READ_SINGLE, delivery.payload + crc16_air(tag).to_bytes(2, "big"))

    def nothing(self) -> bytes:
        """No tag found."""
        return mercury.answer(mercury.READ_SINGLE, status=mercury.NO_TAGS)


class Pn532Module(OneByOneModule):
    """An NFC module; it is silent until a card comes."""

    query = "protocol=pn532&baud=115200"

    def cut(self, buffer: bytearray) -> int:
        """By the length byte, behind the wake-up."""
        if bytes(buffer[:3]) != b"\0\0\xff"[: len(buffer[:3])]:
            return -1
        if len(buffer) >= 5 and bytes(buffer[3:5]) in (b"\0\xff", b"\xff\0"):
            return _whole(buffer, 5, lambda: 6)
        return _whole(buffer, 5, lambda: buffer[3] + 7)

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
            rssi = b"%d" % int(delivery.rssi_dbm)
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


def _whole(buffer: bytearray, least: int, size: Callable[[], int]) -> int:
    """The size, or 0 while the command is not complete."""
    if len(buffer) < least:
        return 0
    return size() if len(buffer) >= size() else 0


MODULES: dict[str, type[Module]] = {
    "honeywell": HoneywellModule, "rdm6300": Rdm6300Module, "id12": Id12Module, "r200": R200Module,
    "uhfreader18": UhfReader18Module, "thingmagic": MercuryModule, "pn532": Pn532Module, "tsl": TslModule,
    "keyence": KeyenceModule,
}  # fmt: skip
"""Kind of simulator -> its module."""
