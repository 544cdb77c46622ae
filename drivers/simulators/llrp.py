"""A simulated UHF reader: LLRP on a real TCP port, with a field of tags, and the ways in which readers fail."""

import asyncio
import contextlib
import random
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from drivers.device import Clock
from drivers.protocols.llrp.capabilities import Capabilities
from drivers.protocols.llrp.events import connection_attempt, connection_close
from drivers.protocols.llrp.report import TagReport
from drivers.protocols.llrp.wire import MessageType, message
from drivers.simulators.base import Delivery, until_cancelled
from drivers.simulators.clock import Clocked, DeviceClock, system_clock
from drivers.simulators.faults import FaultyWire
from drivers.simulators.llrp_reader import SIMULATED, ReaderState
from drivers.simulators.tag_field import GHOSTS_PER_READ, FieldTag, TagField, TagRead

__all__ = ["FieldTag", "LlrpSimulator", "TagRead", "llrp_simulator"]

_ACCEPTED, _ALREADY_CONNECTED, _ANOTHER_TRIED = 0, 2, 4
_HOST = "127.0.0.1"
_STEP = 0.005
_FEW, _APART = 16, 0.002
"""So many messages are sent apart, by so many seconds; more at once."""


def _bind() -> socket.socket:
    """Return a socket on a free port of this machine that others of this process may share."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return bound


class LlrpSimulator(Clocked, FaultyWire):
    """An LLRP reader that `drivers.llrp` (or any other client) reads; a `drivers.simulators.base.Simulator`.

    ``port`` 0 takes a free one.  ``clock`` gives the reader's own time (microseconds UTC).  Tags that are delivered
    while no inventory runs wait in the reader until one does.
    """

    def __init__(
        self, rng: random.Random, *, port: int = 0, clock: Clock = system_clock, reader: Capabilities = SIMULATED
    ) -> None:
        super().__init__()
        self._rng = rng
        self.clock = DeviceClock(clock)
        self._capabilities = reader
        self._state = ReaderState(self.clock, reader)
        # The port stays reserved while the reader is unplugged: bound, but not listening, so that clients are refused.
        self._anchor = _bind()
        self._anchor.bind((_HOST, port))
        self._server: asyncio.Server | None = None
        self._client: asyncio.StreamWriter | None = None
        self._keepalives: asyncio.Task[None] | None = None
        self._tags: deque[TagReport] = deque()

    @property
    def url(self) -> str:
        """What `drivers.registry.open_device` takes."""
        return f"llrp://{_HOST}:{self.port}"

    @property
    def port(self) -> int:
        """The TCP port; the same after every `plug`."""
        return int(self._anchor.getsockname()[1])

    @property
    def state(self) -> ReaderState:
        """What the reader knows since it was plugged in: ROSpecs, requests, acknowledged keepalives."""
        return self._state

    @property
    def connected(self) -> bool:
        """Whether a client is connected."""
        return self._client is not None

    async def start(self) -> None:
        """Power on and listen."""
        await self.plug()

    async def stop(self) -> None:
        """Power off and give the port back."""
        await self.unplug()
        self._anchor.close()

    async def plug(self) -> None:
        """Power on: the reader has forgotten its ROSpecs and listens on the same port."""
        if self._server is None:
            self._state = ReaderState(self.clock, self._capabilities)
            listener = _bind()
            listener.bind((_HOST, self.port))
            self._server = await asyncio.start_server(until_cancelled(self._serve), sock=listener)

    async def unplug(self) -> None:
        """Power off: the connection breaks without a goodbye and the port refuses."""
        await self.flush()
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._abort()

    async def deliver(self, delivery: Delivery) -> None:
        """Let one tag pass: exactly one report of it is sent as soon as an inventory runs on its antenna."""
        tag = self._report_of(TagRead(delivery.payload, delivery.antenna, delivery.rssi_dbm))
        self._tags.append(tag._replace(tid=delivery.tid or None, user=delivery.user or None))
        await self._flush()

    async def break_off(self, delivery: Delivery) -> None:
        """Send the first half of a report, then lose power."""
        reports = self._state.report(
            [self._report_of(TagRead(delivery.payload, delivery.antenna, delivery.rssi_dbm))], True
        )
        if reports and self._client is not None:
            await self.flush()
            await self._write(reports[0][: len(reports[0]) // 2])
            # A reset would throw away what the client has not read yet: end the stream instead.
            with contextlib.suppress(OSError, RuntimeError):
                self._client.write_eof()
        await self.unplug()

    async def garbage(self, data: bytes) -> None:
        """Send bytes that are no LLRP."""
        await self._send(data)

    async def sweep(
        self,
        tags: Sequence[FieldTag],
        rounds: int = 20,
        *,
        gap: float = 0.0,
        duplicates: tuple[int, int] = (1, 1),
        ghosts: float = GHOSTS_PER_READ,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> list[TagRead]:
        """Move the antenna past ``tags``: ``rounds`` inventory rounds, ``gap`` seconds apart; return what was read."""
        field = TagField(tags, self._rng, duplicates=duplicates, ghosts=ghosts)
        every: list[TagRead] = []
        for _ in range(rounds):
            reads = field.round()
            every += reads
            self._tags.extend(map(self._report_of, reads))
            await self._flush()
            await sleep(gap)
        return every

    async def close_politely(self) -> None:
        """End the connection as a reader does that is being reconfigured: ConnectionCloseEvent, then close."""
        await self._send(self._state.event(connection_close()))
        await self.flush()
        if self._client is not None:
            self._client.close()

    # -- the connection ----------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._client is not None:
            await self._turn_away(writer)
            return
        self._client = writer
        self.forget()
        while self.silent and self._client is writer:
            await asyncio.sleep(_STEP)
        state = self._state
        state.greet()
        await self._send(state.event(connection_attempt(_ACCEPTED)))
        with contextlib.suppress(OSError):
            while not state.closing and (data := await reader.read(65536)):
                await self._send_each(state.feed(data))
                self._keep_alive(state.keepalive)
                await self._flush()
        if self._client is writer:
            await self.flush()
            self._client = None
            self._keep_alive(0)
        writer.close()

    async def _turn_away(self, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(self._state.event(connection_attempt(_ALREADY_CONNECTED)))
            await writer.drain()
        writer.close()
        await self._send(self._state.event(connection_attempt(_ANOTHER_TRIED)))

    def _abort(self) -> None:
        client, self._client = self._client, None
        self._keep_alive(0)
        if client is not None and not client.transport.is_closing():
            client.close()

    def _keep_alive(self, period: float) -> None:
        """Start or stop the task that sends KEEPALIVE."""
        if self._keepalives is not None and (not period or self._keepalives.get_name() != str(period)):
            self._keepalives.cancel()
            self._keepalives = None
        if period and self._keepalives is None:
            self._keepalives = asyncio.create_task(self._send_keepalives(period), name=str(period))

    async def _send_keepalives(self, period: float) -> None:
        while True:
            await asyncio.sleep(period)
            await self._send(message(MessageType.KEEPALIVE, self._state.next_id()))

    async def _flush(self) -> None:
        """Send reports of the tags that wait, if an inventory runs."""
        if self._client is None or self._state.running is None or self.silent:
            return
        due = list(self._tags)
        self._tags.clear()
        await self._send_each(self._state.report(due, flush=True))

    async def _send_each(self, messages: Sequence[bytes]) -> None:
        """Send messages, a few of them one after the other: some clients take one from each portion that arrives."""
        if len(messages) > _FEW:
            messages = [b"".join(messages)]
        for number, one in enumerate(messages):
            if number:
                await asyncio.sleep(_APART)
            await self._send(one)

    async def _send(self, data: bytes) -> None:
        """Say something; while the reader is silent it says nothing, though the connection stands."""
        if self._client is not None and data and not self.silent:
            await self.say(data)

    async def _write(self, data: bytes) -> None:
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError):
                client.write(data)
                await client.drain()

    def _report_of(self, read: TagRead) -> TagReport:
        now = self.clock()
        return TagReport(
            epc=read.epc,
            antenna=read.antenna,
            rssi=max(-128, min(127, round(read.rssi_dbm))),
            first_seen=now,
            last_seen=now,
            seen=1,
            pc=len(read.epc) // 2 << 11,
        )


def llrp_simulator(rng: random.Random, folder: Path) -> LlrpSimulator:
    """Return a simulated reader on a free port; it keeps nothing in ``folder``."""
    del folder
    return LlrpSimulator(rng)
