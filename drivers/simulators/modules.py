"""Devices as the host sees them, without I/O: what they answer to commands, how a read looks.

A `Module` is the device's side of a protocol: `hear` takes the host's bytes and gives answers, `frame` makes the
bytes of one read, `free` tells whether the device may send one now, `nothing` is its answer to a round without tags.
"""

from collections.abc import Callable, Iterable

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


class OneByOneModule(Module):
    """A module that gives one result for each question."""

    @property
    def free(self) -> bool:
        """When it was asked."""
        return self.asked

    def took(self) -> None:
        """It must be asked again."""
        self.asked = False


def whole(buffer: bytearray, least: int, size: Callable[[], int]) -> int:
    """The size, or 0 while the command is not complete."""
    if len(buffer) < least:
        return 0
    return size() if len(buffer) >= size() else 0
