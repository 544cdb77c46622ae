"""A sender that posts its reads over HTTP and waits for the answer: a Zebra reader, or a program of somebody."""

import asyncio
import contextlib
import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import h11

from drivers.device import Clock
from drivers.simulators.base import Delivery, unplugged
from drivers.simulators.clock import Clocked, DeviceClock, system_clock
from drivers.simulators.documents import Documents
from drivers.simulators.faults import Faulty, send
from drivers.simulators.scanner import bound, half

_HOST, _PATH = "127.0.0.1", "/reads"
_STEP = 0.02


class PosterSimulator(Clocked, Faulty):
    """A `Simulator` that calls a device which listens (`url`); ``form`` is how it writes (json, zebra).

    It keeps its connection, calls again when that breaks, and posts again what was not answered.  `answers` holds
    what the station said to the last post.
    """

    def __init__(self, rng: random.Random, form: str, clock: Clock = system_clock) -> None:
        self._rng = rng
        self._form = form
        self._token = f"{rng.getrandbits(64):016x}"
        self.clock = DeviceClock(clock)
        self._documents = Documents(form, f"{rng.getrandbits(48):012x}", self.clock)
        self._reserved = bound(0)
        self.port = int(self._reserved.getsockname()[1])
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._caller: asyncio.Task[None] | None = None
        self._posting = asyncio.Lock()
        self.answers: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """What the station opens: a listening device at a port that the simulator has chosen."""
        more = f"listen=1&format={self._form}&token={self._token}&silence=0.3"
        return f"http://{_HOST}:{self.port}{_PATH}?{more}"

    async def start(self) -> None:
        """Call the station at the port that is kept for it."""
        await self.plug()

    async def stop(self) -> None:
        """Hang up for good."""
        await self.unplug()
        self._reserved.close()

    async def plug(self) -> None:
        """Call the station, again and again until it answers."""
        if self._caller is None:
            self._caller = asyncio.create_task(self._keep_calling(), name="poster")

    async def unplug(self) -> None:
        """Hang up."""
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.cancel()
            await asyncio.wait({caller})
        self._hang_up()

    async def deliver(self, delivery: Delivery) -> None:
        """Post one read until it is answered with 200."""
        await self._post(self._documents.next(delivery))

    async def resend(self) -> None:
        """Post the last read again: a sender that did not get the answer."""
        await self._post(self._documents.last)

    async def garbage(self, data: bytes) -> None:
        """Send bytes as they are, and call anew: after that there is no HTTP on this connection."""
        async with self._posting:
            link = await self._connected()
            with contextlib.suppress(OSError):
                link[1].write(data + b"\r\n\r\n")
                await link[1].drain()
                while await link[0].read(4096):
                    pass
            self._hang_up()

    async def break_off(self, delivery: Delivery) -> None:
        """Send the beginning of a post, then hang up."""
        async with self._posting:
            _, writer = await self._connected()
            writer.write(half(self._request(h11.Connection(h11.CLIENT), self._documents.next(delivery)), self._rng))
            with contextlib.suppress(OSError):
                await writer.drain()
        await self.unplug()

    async def _post(self, document: bytes) -> None:
        async with self._posting:
            while True:
                link = await self._connected()
                with contextlib.suppress(OSError, h11.ProtocolError):
                    status, body = await self._exchange(link, document)
                    if status == 200:
                        self.answers = json.loads(body)["reads"]
                        return
                self._hang_up()

    async def _exchange(
        self, link: tuple[asyncio.StreamReader, asyncio.StreamWriter], document: bytes
    ) -> tuple[int, bytes]:
        reader, writer = link
        http = h11.Connection(h11.CLIENT)
        await self.in_portions(self._request(http, document), partial(send, writer))
        status, body = 0, bytearray()
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                return status, bytes(body)

    def _request(self, http: h11.Connection, document: bytes) -> bytes:
        headers = [
            ("Host", f"{_HOST}:{self.port}"),
            ("Authorization", f"Bearer {self._token}"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(document))),
        ]
        request = h11.Request(method="POST", target=_PATH, headers=headers)
        words = http.send(request), http.send(h11.Data(data=document)), http.send(h11.EndOfMessage())
        return b"".join(word for word in words if word)

    async def _keep_calling(self) -> None:
        while True:
            if self._link is None or self._link[0].at_eof():
                self._hang_up()
                with contextlib.suppress(OSError):
                    self._link = await asyncio.open_connection(_HOST, self.port)
            await asyncio.sleep(_STEP)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._link is None:
            if self._caller is None:
                raise unplugged(self.url)
            await asyncio.sleep(_STEP / 10)
        return self._link

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link[1].close()


def zebra_poster(rng: random.Random, folder: Path) -> PosterSimulator:
    """Entry point of kind ``post-zebra``: a Zebra reader whose IoT Connector posts."""
    del folder
    return PosterSimulator(rng, "zebra")


def own_poster(rng: random.Random, folder: Path) -> PosterSimulator:
    """Entry point of kind ``post``: a program that posts the project's own Reads."""
    del folder
    return PosterSimulator(rng, "json")
