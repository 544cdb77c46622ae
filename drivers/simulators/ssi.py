"""A simulated Zebra scanner that speaks SSI on a pseudo terminal and sends a scan again until it is acknowledged."""

import asyncio
import os
import random
import time
from pathlib import Path

from drivers.errors import DriverError, Reason
from drivers.protocols.ssi_packets import ACK, BEEP, DECODE, MORE, NAK, RETRANSMITTED, SEGMENT_ACK, packet
from drivers.simulators.base import Delivery, unplugged
from drivers.simulators.scanner import ScannerSimulator, half
from drivers.simulators.ssi_types import typed, unsayable

DECODER = 0x00
RESEND_AFTER = 2.0
"""Seconds without an answer after which a packet is sent again, as real scanners do unless configured."""

_ROOM = 250  # bytes of a code beside its type in one packet
_STEP = 0.005


def packets(delivery: Delivery) -> list[bytes]:
    """The packets of one scan; all but the last say that more follow.  `DriverError` for a symbol SSI cannot say."""
    said = typed(delivery.aim, delivery.payload)
    if said is None:
        raise DriverError(Reason.REFUSED, unsayable(delivery.aim, delivery.payload), "scan another symbol")
    code_type, data = said[:1], said[1:]
    parts = [data[at : at + _ROOM] for at in range(0, len(data), _ROOM)] or [b""]
    last = len(parts) - 1
    return [
        packet(DECODE, code_type + part, source=DECODER, status=MORE if number < last else 0)
        for number, part in enumerate(parts)
    ]


def again(sent: bytes) -> bytes:
    """A packet as it is sent for the second time."""
    return packet(sent[1], sent[4:-2], source=sent[2], status=sent[3] | RETRANSMITTED)


class SsiSimulator(ScannerSimulator):
    """The scanner: one packet waits for its answer before the next is sent.

    ``heard`` holds the commands of the host (opcode, data), ``resent`` counts repeats.
    """

    def __init__(self, rng: random.Random, folder: Path, options: str = "", resend_after: float = RESEND_AFTER) -> None:
        super().__init__(rng, folder, "ssi")
        self.heard: list[tuple[int, bytes]] = []
        self.resent = 0
        self._options = options
        self._resend_after = resend_after
        self._trigger = asyncio.Lock()
        self._commands = bytearray()
        self._last = b""

    @property
    def url(self) -> str:
        """The serial URL of the link."""
        return f"serial://{self.link.absolute()}?protocol=ssi{self._options}"

    async def deliver(self, delivery: Delivery) -> None:
        """Send one scan and wait until the host has acknowledged it; `DriverError` when unplugged before."""
        async with self._trigger:
            for part in packets(delivery):
                await self._until_acknowledged(part)
                self._last = part

    async def resend(self) -> None:
        """Send the last packet again: a scanner that did not hear the answer to it."""
        async with self._trigger:
            self.resent += 1
            await self._until_acknowledged(again(self._last))

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a packet, then vanish; without power the scan is forgotten."""
        await self._write(half(packets(delivery)[0], self._rng))
        await self.unplug()

    async def _until_acknowledged(self, part: bytes) -> None:
        while self._answer() is not None:
            pass  # the late answer to a packet that was sent twice is no answer to this one
        await self.say(part)
        await self.flush()  # what is sent again must not come into the middle of it
        # a repeat is not damaged again: SSI could not tell it from a second scan of the same code
        asked = time.monotonic()
        while True:
            answer = self._answer()
            if answer in (ACK, SEGMENT_ACK):
                return
            if answer == NAK or time.monotonic() - asked > self._resend_after:
                self.resent += 1
                part = again(part)
                await self._write(part)
                asked = time.monotonic()
            await asyncio.sleep(_STEP)

    def _answer(self) -> int | None:
        """The next ACK or NAK that the host has sent; other commands are noted."""
        if self._master is None:
            raise unplugged(self.url)
        try:
            self._commands += os.read(self._master, 4096)
        except BlockingIOError:
            pass
        except OSError:
            return None
        while self._commands and len(self._commands) >= self._commands[0] + 2:
            size = max(4, self._commands[0]) + 2
            command = bytes(self._commands[:size])
            del self._commands[:size]
            self.heard.append((command[1], command[4:-2]))
            if command[1] != BEEP:
                return command[1]
        return None

    def _swallow(self) -> None:
        """What the host sent is read when an answer is waited for; a scanner with a full buffer drops nothing."""


def ssi_simulator(rng: random.Random, folder: Path) -> SsiSimulator:
    """Entry point of the simulator ``ssi``."""
    return SsiSimulator(rng, folder)
