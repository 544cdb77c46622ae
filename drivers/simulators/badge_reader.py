"""A badge reader: pcscd with vsmartcard's virtual reader, and a card program of our own that talks to it.

The card program is a TCP client of the virtual reader (port 35963).  Each message is ``length(2) body``; a body of
one byte is a command of the reader (power off 0, on 1, reset 2, ATR 4), any other one is a command to the card.
"""

import asyncio
import contextlib
import fcntl
import os
import random
import shutil
import tempfile
from pathlib import Path

from drivers.errors import DriverError, Reason
from drivers.protocols.pcsc import GET_UID, WELL
from drivers.simulators.base import Delivery, unplugged

PORT = 35963
ATR = bytes.fromhex("3b8f8001804f0ca000000306030001000000006a")
"""ATR of a storage card of ISO 14443 type A as contactless readers make it (PC/SC part 3, 3.1.3.2.3)."""
SOCKET = Path("/run/pcscd/pcscd.comm")
LOCK = Path(tempfile.gettempdir()) / "scanstation-pcscd.lock"
LONGEST_TURN = 120.0
"""Seconds that another simulator may own the service."""
PATIENCE = 10.0
"""Seconds that the service gets to start, and a card to be read."""

_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0, 1, 2, 4
_UNKNOWN = b"\x6d\x00"
_STEP = 0.01
_OPENS = 2.0
"""Seconds in which the virtual reader takes its port, or never does."""
_LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""


class BadgeReaderSimulator:
    """Owns the smart card service as a subprocess: to unplug the reader ends it.  It needs root, as that does."""

    url = "pcsc://Virtual PCD 00 00"

    def __init__(self) -> None:
        self._service: asyncio.subprocess.Process | None = None
        self._turn: int | None = None

    async def start(self) -> None:
        """Start the service; `DriverError` says what it lacks."""
        program = shutil.which("pcscd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None or not Path("/etc/reader.conf.d/vpcd").exists():
            remedy = "apt-get install pcscd vsmartcard-vpcd"
            raise DriverError(Reason.NOT_FOUND, "there is no pcscd with a virtual reader", remedy)
        await self._take_turn()
        if self._service is None and SOCKET.exists() and await _accepts(SOCKET):
            remedy = "end it (systemctl stop pcscd.socket pcscd) or use that one"
            raise DriverError(Reason.BUSY, "a pcscd runs here already", remedy)
        self._program = program
        await self.plug()

    async def unplug(self) -> None:
        """The reader vanishes, and the service with it."""
        service, self._service = self._service, None
        if service is not None and service.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                service.kill()
            await service.wait()
        SOCKET.unlink(missing_ok=True)

    async def stop(self) -> None:
        """End the service and give way to the next."""
        await self.unplug()
        turn, self._turn = self._turn, None
        if turn is not None:
            os.close(turn)

    async def plug(self) -> None:
        """Start the service and wait until it serves."""
        if self._service is not None:
            return
        with contextlib.suppress(PermissionError):  # pcscd says then what it may not do
            SOCKET.unlink(missing_ok=True)
        async with asyncio.timeout(PATIENCE):
            while not await self._serves():
                await self.unplug()

    async def _serves(self) -> bool:
        """Start the service; False where its reader got no port, because the service before had it a moment ago."""
        nothing = asyncio.subprocess.DEVNULL
        self._service = await asyncio.create_subprocess_exec(
            self._program, "--foreground", stdin=nothing, stdout=nothing, stderr=nothing
        )
        while not await _accepts(SOCKET):
            if self._service.returncode is not None:
                code = self._service.returncode
                raise DriverError(Reason.PERMISSION, f"pcscd ended with {code}", "run it as root")
            await asyncio.sleep(_STEP)
        for _ in range(int(_OPENS / _STEP)):
            if _listens(PORT):
                return True
            await asyncio.sleep(_STEP)
        return False

    async def deliver(self, delivery: Delivery) -> None:
        """Put a card on, let its number be asked, take it away."""
        if self._service is None:
            raise unplugged(self.url)
        await self._card(delivery.payload, speak=True)

    async def break_off(self, delivery: Delivery) -> None:
        """Put a card on that does not answer before the reader vanishes."""
        card = asyncio.create_task(self._card(delivery.payload, speak=False))
        await asyncio.sleep(0.3)
        await self.unplug()
        card.cancel()
        await asyncio.gather(card, return_exceptions=True)

    async def garbage(self, data: bytes) -> None:
        """A card whose answer is no number, as `bytes` that the reader can carry."""
        await self._card(data[:64], speak=True, well=False)

    async def _take_turn(self) -> None:
        """A machine has one service: wait until no other simulator owns it."""
        turn = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(int(LONGEST_TURN / _STEP)):
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._turn = turn
                return
            await asyncio.sleep(_STEP)
        os.close(turn)
        raise DriverError(Reason.BUSY, "another simulator uses pcscd", "wait until it has ended")

    async def _card(self, uid: bytes, *, speak: bool, well: bool = True) -> None:
        reader, writer = await self._insert()
        asked = False
        try:
            async with asyncio.timeout(PATIENCE):
                while not asked:
                    command = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                    if command == bytes([_GET_ATR]):
                        _say(writer, ATR)
                    elif len(command) > 1:
                        asked = command == GET_UID
                        if asked and not speak:
                            await asyncio.sleep(PATIENCE)
                        _say(writer, uid + (WELL if well else b"\x6a\x81") if asked else _UNKNOWN)
                await writer.drain()
                while True:  # the host may ask more while the card lies there for a moment
                    async with asyncio.timeout(0.15):
                        command = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                    if command == bytes([_GET_ATR]):
                        _say(writer, ATR)
        except TimeoutError:
            if not asked:
                raise DriverError(Reason.TIMEOUT, "nobody asked the card for its number", "connect a host") from None
        except (OSError, asyncio.IncompleteReadError):
            raise unplugged(self.url) from None
        finally:
            writer.close()
        await asyncio.sleep(0.5)  # the reader looks for its card a few times in a second

    async def _insert(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", PORT)
                if self._service is None:
                    raise unplugged(self.url)
                await asyncio.sleep(_STEP)


def _say(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(len(body).to_bytes(2, "big") + body)


def _listens(port: int) -> bool:
    """Whether a socket of this machine listens at a port; asked without a connection, which would be a card."""
    ends = f":{port:04X}"
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with contextlib.suppress(FileNotFoundError):
            rows = (line.split() for line in table.read_text("ascii").splitlines()[1:])
            if any(row[1].endswith(ends) and row[3] == _LISTENING for row in rows):
                return True
    return False


async def _accepts(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


def pcsc_simulator(rng: random.Random, folder: Path) -> BadgeReaderSimulator:
    """Entry point ``pcsc``."""
    del rng, folder
    return BadgeReaderSimulator()
