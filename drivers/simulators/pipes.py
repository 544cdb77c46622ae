"""Scanners behind a device file, by a named pipe in its place: key events (``evdev``) and HID reports (``hidraw``)."""

import os
import random
from pathlib import Path

from drivers.protocols.hid_pos import reports
from drivers.simulators.base import Delivery
from drivers.simulators.keystrokes import Typist
from drivers.simulators.scanner import ScannerSimulator


class PipeSimulator(ScannerSimulator):
    """A named pipe under a link; every time it is plugged in it has another name, as the system gives numbers."""

    scheme = ""

    def __init__(self, rng: random.Random, folder: Path, name: str, options: str = "") -> None:
        super().__init__(rng, folder, name)
        self._options = options
        self._number = 0
        self._path = folder

    @property
    def url(self) -> str:
        """The URL of the link."""
        return f"{self.scheme}://{self.link.absolute()}{self._options}"

    def frame(self, delivery: Delivery) -> bytes:
        """The events or reports of one scan."""
        raise NotImplementedError

    async def deliver(self, delivery: Delivery) -> None:
        """Send one scan."""
        await self.say(self.frame(delivery))

    async def break_off(self, delivery: Delivery) -> None:
        """Send events or reports of half a scan, then vanish."""
        frame = self.frame(delivery)
        await self._write(frame[: self._rng.randint(1, len(frame) // 2)])
        await self.unplug()

    async def plug(self) -> None:
        """A new pipe under the same link."""
        if self._master is not None:
            return
        self._number += 1
        self._path = self.link.with_name(f"{self.scheme}{self._number}")
        os.mkfifo(self._path)
        self._master = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
        self._slave = os.dup(self._master)  # what the host has not read yet is counted here
        self.link.symlink_to(self._path)

    def _swallow(self) -> None:
        """A pipe brings nothing from the host."""

    def _vanish(self) -> None:
        super()._vanish()
        if self._path.is_fifo():
            self._path.unlink()


class WedgeSimulator(PipeSimulator):
    """A scanner that types."""

    scheme = "evdev"

    def __init__(self, rng: random.Random, folder: Path, layout: str = "us") -> None:
        super().__init__(rng, folder, "keyboard", f"?layout={layout}")
        self.typist = Typist(layout)

    def jump(self, seconds: float) -> None:
        """The clock of its events jumps."""
        self.typist.now = max(0, self.typist.now + int(seconds * 1_000_000))

    def frame(self, delivery: Delivery) -> bytes:
        """The key events of identifier, code and Enter."""
        return self.typist.line(delivery.aim + delivery.payload.decode("utf-8"))

    def spoilt(self, frame: bytes) -> bytes:
        """The kernel gives whole events; what can be wrong is one that no keyboard has."""
        return b"\xff" * 24


class HidSimulator(PipeSimulator):
    """A scanner in HID point-of-sale mode."""

    scheme = "hidraw"

    def __init__(self, rng: random.Random, folder: Path) -> None:
        super().__init__(rng, folder, "scanner")

    def frame(self, delivery: Delivery) -> bytes:
        """The reports of one scan."""
        return b"".join(reports(delivery.aim or "]X0", delivery.payload))

    def spoilt(self, frame: bytes) -> bytes:
        """The kernel gives whole reports; what can be wrong is one of another kind."""
        return b"\x09" + frame[1:64]


def evdev_simulator(rng: random.Random, folder: Path) -> WedgeSimulator:
    """Entry point ``evdev``."""
    return WedgeSimulator(rng, folder)


def hidraw_simulator(rng: random.Random, folder: Path) -> HidSimulator:
    """Entry point ``hidraw``."""
    return HidSimulator(rng, folder)
