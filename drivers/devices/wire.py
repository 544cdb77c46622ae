"""`WireDevice`: a transport and a protocol joined; it connects, reads, answers and comes back by itself."""

import asyncio
import contextlib
import random
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.device import Clock, Device, State
from drivers.devices.ends import EndWatch, words_of
from drivers.errors import DriverError, Reason
from drivers.protocols.base import (
    LOST,
    Frame,
    HasHandshake,
    HasMemory,
    Notice,
    Output,
    Redelivers,
    WireProtocol,
)
from drivers.read import Read, Verdict
from drivers.transports.base import Transport
from drivers.transports.replay import CaptureTransport
from drivers.transports.slot import FileSlot
from drivers.url import masked

Sleep = Callable[[float], Awaitable[object]]

INBOX = 1000
"""Reads that may wait for the consumer; above it nothing more is taken from the wire."""
UNANSWERED = 16_384
"""Reads whose acknowledgement is kept open; the oldest is forgotten first."""
PATIENCE = 0.25
"""Seconds of silence after which the protocol's `idle` is called, again and again."""
GOODBYE = 0.5
"""Seconds that a polite goodbye may take."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """When to try again: at once, then ``first``, doubled up to ``cap`` seconds, each shortened at random to spread.

    The pause counts from the beginning of an attempt to that of the next.  The cap keeps a device that is plugged in
    again back within one second.  A connection that lasted ``steady`` seconds starts the row anew; one that breaks
    sooner does not, so a flapping peer is not hammered.
    """

    first: float = 0.05
    cap: float = 0.8
    steady: float = 1.0

    def pause(self, failures: int, rng: random.Random) -> float:
        """Seconds to wait after ``failures`` failures in a row (1 is the first)."""
        if failures <= 1:
            return 0.0
        return float(min(self.cap, self.first * 2.0 ** min(failures - 2, 20))) * rng.uniform(0.5, 1.0)


class WireDevice(Device):
    """A `Device` over any `Transport` and any `WireProtocol`.

    A task of its own pumps the wire into a bounded inbox from the first `reads` on, so that liveness answers go out
    at once however long the consumer takes over a read.  Reads that were complete when the wire broke or the device
    was closed are still delivered.
    """

    def __init__(
        self,
        name: str,
        url: str,
        clock: Clock,
        rng: random.Random,
        transport: Transport,
        protocol: WireProtocol,
        *,
        backoff: Backoff | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        super().__init__(name, url, clock)
        self.transport = transport
        self.protocol = protocol
        self.redelivers = isinstance(protocol, Redelivers) and protocol.redelivers
        self._rng = rng
        self._backoff = backoff or Backoff()
        self._sleep = sleep
        self._inbox: deque[Read] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._unanswered: OrderedDict[int, tuple[Read, Frame, int]] = OrderedDict()
        self._session = 0
        self._connected = False
        self._sending = asyncio.Lock()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False
        self._end = EndWatch(protocol)
        self._capture: CaptureTransport | None = None

    def remember_in(self, path: Path) -> None:
        """Give the protocol a file as its memory if it needs one; the folder is made."""
        if isinstance(self.protocol, HasMemory):
            with contextlib.suppress(OSError):  # writing into it fails too, and is told
                path.parent.mkdir(parents=True, exist_ok=True)
            self.protocol.remember(FileSlot(path))

    def capture_in(self, path: Path, most_bytes: int) -> None:
        """Write every portion of bytes that comes by the wire to a capture file."""
        self.transport = self._capture = CaptureTransport(self.transport, path, time.monotonic, most_bytes)

    @property
    def capture_dropped(self) -> int:
        """Lines of the capture that were lost."""
        return self._capture.dropped if self._capture else 0

    async def reads(self) -> AsyncIterator[Read]:
        """Yield reads in order until `close`, the end of a source that can end (a capture), or an error that is final.

        One consumer at a time; a new one goes on where the last stopped.
        """
        if self._pump is None and not self._closed:
            self._pump = asyncio.create_task(self._run(), name=f"wire of {self.name}")
            self._pump.add_done_callback(lambda _: self._filled.set())
        while True:
            while self._inbox:
                read = self._inbox.popleft()
                self._emptied.set()
                yield read
            if self._pump is None or self._pump.done():
                break
            self._filled.clear()
            await self._filled.wait()
        if self._pump is not None and not self._pump.cancelled():
            self._pump.result()  # a defect of the driver is shown, not hidden

    @property
    def held(self) -> int:
        """Reads in hand: those that wait for the consumer and those whose acknowledgement is open."""
        return max(len(self._inbox), len(self._unanswered))

    async def ack(self, read: Read, verdict: Verdict) -> None:
        """Tell the device that ``read`` is durable; nothing is sent when the connection it came by is gone."""
        entry = self._unanswered.pop(id(read), None)
        if entry is None:
            return
        _, frame, session = entry
        if session == self._session and self._connected:
            with contextlib.suppress(DriverError):  # the pump meets the broken wire and reports it
                await self._send(self.protocol.ack(frame, verdict))

    async def close(self) -> None:
        """Say goodbye, release the wire and end `reads` after what has been read completely."""
        if self._closed:
            return
        self._closed = True
        if self._connected:
            with contextlib.suppress(DriverError, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    await self._send(self.protocol.closing())
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
            await asyncio.wait({self._pump})
        self._connected = False
        await self.transport.close()
        self._change(State.CLOSED)
        self._filled.set()

    async def _run(self) -> None:
        """Connect, pump, and begin again, until the source has ended, an error is final or the task is cancelled."""
        loop = asyncio.get_running_loop()
        failures = 0
        self._change(State.CONNECTING)
        while not self._closed:
            began = loop.time()
            connected_at: float | None = None
            try:
                await self.transport.open()
                connected_at = loop.time()
                await self._converse()
            except DriverError as error:
                self._connected = False
                unended = self._end.cut_off()
                self._tell_end(unended)
                if error.reason is Reason.CLOSED:
                    message, remedy = words_of(unended) if unended else self._end.complaint
                    self._change(State.CLOSED, error.reason, "; ".join(filter(None, (str(error), message))), remedy)
                    return
                self._change(State.LOST, error.reason, str(error), error.remedy)
                if error.final:
                    return
            now = loop.time()
            steady = connected_at is not None and now - connected_at >= self._backoff.steady
            failures = 1 if steady else failures + 1
            await self._sleep(max(0.0, began + self._backoff.pause(failures, self._rng) - now))

    async def _converse(self) -> None:
        """One connection, from the first word to the `DriverError` that ends it."""
        loop = asyncio.get_running_loop()
        self._session += 1
        self.reading = None
        first_words = self.protocol.connected()
        self._connected = True
        self._show_ready()
        await self._send(first_words)
        heard = loop.time()
        while not self._closed:
            data = await self.transport.receive(PATIENCE)
            if data:
                heard = loop.time()
                await self._handle(self.protocol.feed(data))
            else:
                await self._handle(self.protocol.idle(loop.time() - heard))
            self._tell_end(self._end.overdue(loop.time()))
            while len(self._inbox) >= INBOX:
                self._emptied.clear()
                await self._emptied.wait()

    async def _handle(self, output: Output) -> None:
        """Deliver reads before anything else can fail, then answer, then tell."""
        for frame in output.frames:
            self._deliver(frame)
        if output.frames:
            self._filled.set()
        self._end.note(output)
        self.note_life(output.life)
        self._show_ready()
        await self._send(output.replies)
        for notice in output.notices:
            self.tell(notice)
            if notice.kind == LOST:
                raise _lost(notice)

    def _deliver(self, frame: Frame) -> None:
        read = frame.as_read(self.name, self.clock())
        if self.unplugged and read.antenna is not None:
            self.unplugged.discard(read.antenna)
        self._unanswered[id(read)] = (read, frame, self._session)  # holds the read, so its id stays its own
        if len(self._unanswered) > UNANSWERED:
            self._unanswered.popitem(last=False)
        self._inbox.append(read)

    def _tell_end(self, notice: Notice | None) -> None:
        """Tell of what waits for its end; the status says so until the next read."""
        if notice is not None:
            self.tell(notice)
            if self._connected:
                self._show_ready()

    async def _send(self, messages: Iterable[bytes] | Sequence[bytes]) -> None:
        for message in messages:
            async with self._sending:
                await self.transport.send(message)

    def _show_ready(self) -> None:
        if not isinstance(self.protocol, HasHandshake) or self.protocol.ready:
            self._change(State.READY, None, *self._end.complaint)

    def _change(self, state: State, reason: Reason | None = None, message: str = "", remedy: str = "") -> None:
        """Set the status if it differs from the present one: people see changes, not every new attempt."""
        now = self.status
        if (now.state, now.reason, now.message) != (state, reason, masked(message)):
            self.set_status(state, reason, message, remedy)


def _lost(notice: Notice) -> DriverError:
    reason = notice.fields.get("reason", Reason.TIMEOUT)
    return DriverError(Reason(reason), notice.text, str(notice.fields.get("remedy", "")))
