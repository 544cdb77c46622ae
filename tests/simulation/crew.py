"""The people and devices on the other side of the wire: they outlive the station and remember what they sent."""

import asyncio
import itertools
from contextlib import suppress

from drivers.errors import DriverError
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator

GTIN = "09521141123454"


def code(device, number, rng):
    """A payload that no other scan has: a lot of a known item, or a code that nobody knows."""
    return f"?{device}-{number}" if rng.random() < 0.2 else f"01{GTIN}10{device}-{number}"


PATIENCE_S = 300
"""A killed process is gone only when the disk has answered it, which a busy disk may take minutes for."""


class Scanner:
    """A serial scanner without acknowledgement: what it sent is sent.  One of them leads: it opens and closes.

    It sends AIM identifiers and the station requires them: a station that starts in the middle of a line gets the
    line's end, which without them would look like a code.
    """

    def __init__(self, name, rng, folder, locations=()):
        self.wire = ScannerSimulator(rng, folder, name=name)
        self.sent = set()
        self.acknowledged = {}
        self._name, self._rng = name, rng
        self._locations = iter(locations)
        self._leads = bool(locations)
        self._beeps = asyncio.Queue()

    @property
    def url(self):
        """What the station opens."""
        return f"{self.wire.url}&aim=require"

    def beep(self, payload, verdict):
        """The station acknowledged."""
        if payload in self.sent:
            self.acknowledged[payload] = verdict
        self._beeps.put_nowait(payload)

    async def stream(self):
        """Scan for ever, as somebody does who listens for the beep but scans a few ahead and does not wait long."""
        ahead = 0
        for number in itertools.count():
            if self._leads and number % 6 == 0:
                payload = self._next_command(number)
            else:
                payload = code(self._name, number, self._rng)
                self.sent.add(payload)
            aim = "]C1" if payload.startswith("01") else "]C0"
            with suppress(DriverError, OSError):
                await self.wire.deliver(Delivery(payload=payload.encode(), aim=aim))
            ahead += 1
            while ahead > self._rng.randrange(1, 5):
                try:
                    await asyncio.wait_for(self._beeps.get(), 0.5)
                    ahead -= 1
                except TimeoutError:
                    ahead = 0

    def _next_command(self, number):
        if number % 24 == 0:
            return f"LOC-{next(self._locations)}"
        return "CMD-CLOSE" if number % 24 == 18 else "CMD-UNDO"


class Queue:
    """A device that keeps every scan until it is acknowledged, and delivers it again to the next station."""

    def __init__(self, name, rng, window=6):
        self.sent = {}
        self.verdicts = {}
        self._waiting = {}
        self._name, self._rng, self._window = name, rng, window
        self._numbers = itertools.count()
        self.paused = False

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"queue:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self):
        self._server.close()

    @property
    def drained(self):
        """Whether everything sent was acknowledged."""
        return not self._waiting

    async def _serve(self, reader, writer):
        acks = asyncio.create_task(self._take_acks(reader))
        with suppress(ConnectionError):
            for read_id, payload in list(self._waiting.items()):
                writer.write(f"{read_id} {payload}\n".encode())
            while not acks.done():
                await asyncio.sleep(self._rng.choice((0.0, 0.001, 0.003)))
                if self.paused or len(self._waiting) >= self._window:
                    continue
                number = next(self._numbers)
                read_id, payload = (
                    f"{self._name}:{number}",
                    code(self._name, number, self._rng),
                )
                self.sent[read_id] = self._waiting[read_id] = payload
                writer.write(f"{read_id} {payload}\n".encode())
                await writer.drain()
        writer.close()

    async def _take_acks(self, reader):
        with suppress(ConnectionError):
            async for line in reader:
                read_id, verdict = line.decode().split()
                if self._waiting.pop(read_id, None) is not None:
                    self.verdicts[read_id] = verdict


class StationProcess:
    """The station's process: starts it, kills it, hears what it acknowledged."""

    def __init__(self, python, script, folder, scanners, queues):
        self._scanners = scanners
        urls = [*(scanner.url for scanner in scanners), *(queue.url for queue in queues)]
        self._command = [python, str(script), str(folder), *urls]
        self.pid = None
        self.state = None

    async def boot(self):
        self._zygote = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._ready, self._dead, self._born = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._listener = asyncio.create_task(self._listen())

    async def start(self):
        for event in (self._ready, self._dead, self._born):
            event.clear()
        self._zygote.stdin.write(b"start\n")
        await asyncio.wait_for(self._born.wait(), PATIENCE_S)
        assert self._zygote.returncode is None and not self._listener.done(), "the process that starts stations died"

    async def ready(self):
        """Wait until it counts, or fail when it died before."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._ready, self._dead)]
        await asyncio.wait(waits, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        assert self._ready.is_set() and not self._dead.is_set(), "the station did not start"

    async def dead(self):
        await asyncio.wait_for(self._dead.wait(), PATIENCE_S)

    async def stop(self):
        self._zygote.stdin.close()
        await asyncio.wait_for(self._zygote.wait(), PATIENCE_S)
        await self._listener

    async def _listen(self):
        async for line in self._zygote.stdout:
            word, *rest = line.decode().split()
            match word:
                case "pid":
                    self.pid = int(rest[0])
                    self._born.set()
                case "ready":
                    self.state = tuple(rest)
                    self._ready.set()
                case "ack" if len(rest) == 3:
                    number, payload, verdict = rest
                    self._scanners[int(number)].beep(payload, verdict)
                case "dead":
                    self._dead.set()
        for event in (self._born, self._dead):
            event.set()
