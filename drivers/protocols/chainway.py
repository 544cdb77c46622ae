"""Chainway UR4 and UR8: fixed UHF readers on RS-232 (115200 baud) or Ethernet (port 8888), frames `chainway_frames`.

The inventory is started once and goes on by itself; the reader says nothing while no tag is there, so a long silence is
broken by stopping and starting it, which it answers.  Which antennas are connected it tells when it is asked.
"""

import re
from collections.abc import Sequence
from typing import Any

from drivers.errors import Reason
from drivers.protocols import chainway_frames as wire
from drivers.protocols.base import UNREADABLE, Frame, Life, Notice, Output, lost
from drivers.protocols.packets import PacketProtocol
from drivers.read import Carrier
from drivers.url import Options

ASK_AGAIN = 2.0
"""Seconds after which what was not answered is said again."""
QUIET = 10.0
"""Seconds of silence after which the reader is asked whether it lives."""
PATIENCE = 3
"""Questions without any answer after which the reader is told to be lost."""

_STORED = b"\x00"  # for now: the settings that the reader has when it is switched on stay
_BLOCKS = {"epc": 0, "tid": 1, "user": 2}


class ChainwayProtocol(PacketProtocol):
    """The host's side; a `WireProtocol` with a handshake.

    ``antennas`` is how many the reader has.  ``power`` (dBm) of each, None: as the reader is set.  ``blocks`` (a key of
    `_BLOCKS`) says what a tag tells beside its EPC, ``user_words`` how many words of user memory; "" leaves that too.
    """

    header = re.compile(rb"(?:\xa5\x5a|\xc8\x8c)[\x00-\x08].[\x01\x03-\xff]", re.DOTALL)
    header_size = 5

    def __init__(
        self, *, poll: bool = True, antennas: int = 4, power: float | None = None, blocks: str = "", user_words: int = 4
    ) -> None:
        super().__init__()
        self._poll, self._antennas = poll, antennas
        self._settings = [wire.frame(wire.SET_POWER, _power(number, power)) for number in range(1, antennas + 1)]
        if power is None:
            self._settings.clear()
        if blocks:
            words = user_words if blocks == "user" else 0
            self._settings.append(wire.frame(wire.SET_BLOCKS, _STORED + bytes([_BLOCKS[blocks], 0, words])))
        self._apart: set[int] = set()
        self.ready = False
        self._asked = 0

    def connected(self) -> Sequence[bytes]:
        """Forget any half frame, end what runs, set the reader up and start it."""
        super().connected()
        self.ready, self._asked, self._apart = not self._poll, 0, set()
        return self._words() if self._poll else ()

    def feed(self, data: bytes) -> Output:
        """Take bytes in any portions."""
        self._asked = 0
        return super().feed(data)

    def size(self, buffer: bytearray, at: int) -> int:
        """The length field."""
        length = int.from_bytes(buffer[at + 2 : at + 4], "big")
        return length if wire.SHORTEST <= length <= wire.LONGEST else 0

    def intact(self, packet: bytes) -> bool:
        """End and XOR; a tag whose parts fit."""
        return wire.intact(packet) and (packet[4] != wire.TAG or wire.tag_record(packet[5:-3]) is not None)

    def take(self, packet: bytes, output: Output) -> None:
        """A tag is a read; an answer says that the reader lives, and may be a refusal or the state of antennas."""
        self.ready = True
        command, payload = packet[4], packet[5:-3]
        [fields] = self.describe(packet)
        if command == wire.TAG:
            self._tag(fields, output)
        elif command == wire.GET_ANTENNAS + 1 and len(payload) == 2:
            self._connections(int.from_bytes(payload, "big"), output)
        elif payload[:1] != b"\x01" and command != wire.GET_VERSION + 1:
            text = f"the reader refuses command {command - 1:02X}: {payload.hex() or 'no reason told'}"
            output.notices.append(Notice(kind="error", text=text, fields=fields))
        else:
            output.notices.append(Notice(kind="answer", text=f"the reader answers {command - 1:02X}", fields=fields))

    def idle(self, elapsed: float) -> Output:
        """Ask a silent reader whether it lives; in the end it is lost."""
        output = super().idle(elapsed)
        due = (QUIET if self.ready else 0.0) + ASK_AGAIN * (self._asked + (not self.ready))
        if not self._poll or elapsed < due:
            return output
        self._asked += 1
        if self._asked <= PATIENCE:
            output.replies.extend(self._words())
        else:
            remedy = (
                "check the speed (115200 baud) and the wires, or address and port 8888, that no other program has the "
                "reader, and that it works as a reader (command mode)"
            )
            output.notices.append(lost(Reason.TIMEOUT, f"the reader has not answered for {elapsed:.0f} s", remedy))
        return output

    def life(self, piece: bytes) -> Life | None:
        """A tag and an answer to the stop tell that it reads: it was started again at once."""
        return Life.READING if piece[4] in (wire.TAG, wire.STOP + 1) else Life.ALIVE

    def closing(self) -> Sequence[bytes]:
        """Stop it."""
        return (wire.frame(wire.STOP),) if self._poll else ()

    def describe(self, packet: bytes) -> list[dict[str, Any]]:
        """Command, and what its payload means."""
        fields: dict[str, Any] = {"command": packet[4]}
        if packet[4] == wire.TAG:
            return [fields | (wire.tag_record(packet[5:-3]) or {})]
        return [fields | ({"payload": packet[5:-3].hex()} if len(packet) > wire.SHORTEST else {})]

    def _words(self) -> list[bytes]:
        questions = wire.frame(wire.GET_VERSION), wire.frame(wire.GET_ANTENNAS)
        return [wire.frame(wire.STOP), *questions, *self._settings, wire.frame(wire.START, b"\x00\x00")]

    def _tag(self, fields: dict[str, Any], output: Output) -> None:
        if not fields["epc"]:
            output.notices.append(Notice(kind=UNREADABLE, text="a tag without EPC", fields=fields))
            return
        output.frames.append(
            Frame(
                payload=bytes.fromhex(fields["epc"]),
                carrier=Carrier.EPC,
                antenna=fields.get("antenna"),
                rssi_dbm=fields["rssi_dbm"],
                pc=int(fields["pc"], 16),
                tid=bytes.fromhex(fields["tid"]) if "tid" in fields else None,
                user=bytes.fromhex(fields["user"]) if "user" in fields else None,
                fields=fields,
            )
        )

    def _connections(self, mask: int, output: Output) -> None:
        """Tell of each antenna whose connection changed."""
        apart = {number for number in range(1, self._antennas + 1) if not mask >> number - 1 & 1}
        for number in sorted(apart ^ self._apart):
            text = f"antenna {number} is {'not ' if number in apart else ''}connected"
            fields = {"antenna": number, "connected": number not in apart}
            output.notices.append(Notice(kind="antenna", text=text, fields=fields))
        self._apart = apart


def _power(antenna: int, dbm: float | None) -> bytes:
    """Read and write power of an antenna in 1/100 dBm."""
    return _STORED + bytes([antenna]) + round((dbm or 0) * 100).to_bytes(2, "big") * 2


def chainway_protocol(options: Options) -> ChainwayProtocol:
    """The protocol as a URL configures it: ``poll antennas power blocks user_words``."""
    power = options.number("power", 0.0, 0.0, 33.0)
    return ChainwayProtocol(
        poll=options.flag("poll", True),
        antennas=options.integer("antennas", 4, 1, 16),
        power=power or None,
        blocks=options.choice("blocks", "", {"": "", **{name: name for name in _BLOCKS}}),
        user_words=options.integer("user_words", 4, 1, 32),
    )


def decode_chainway(data: bytes) -> list[dict[str, Any]]:
    """The fields of every frame of the reader in ``data``."""
    return ChainwayProtocol().decode(data)
