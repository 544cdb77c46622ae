"""`ListeningReads`: an HTTP server for readers and programs that post their reads, without a station's pages."""

import asyncio
import hmac
import json
import random
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11

from drivers.device import Clock, State
from drivers.devices import Backoff
from drivers.errors import DriverError, Reason
from drivers.pushed import LONGEST, PushedReads, secret_of
from drivers.read import Read
from drivers.transports.failures import net_error

_STATUS = {Reason.TIMEOUT: HTTPStatus.SERVICE_UNAVAILABLE, Reason.CLOSED: HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where senders post: address, port and path, the token they show, and TLS with our certificate.

    After ``silence`` seconds without a sender the device counts as lost.
    """

    host: str
    port: int
    path: str = "/"
    token: str = ""
    tls: ssl.SSLContext | None = None
    silence: float = 60.0


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class ListeningReads(PushedReads):
    """Answers a POST when all its reads are durable, with a verdict for each; any number of senders at once."""

    def __init__(self, place: Place, *, name: str, url: str, clock: Clock, rng: random.Random, form: str) -> None:
        super().__init__(name=name, url=url, clock=clock, form=form)
        self._place = place
        self._rng = rng
        self._server: asyncio.Server | None = None
        self._senders: set[asyncio.Task[None]] = set()
        self._silence: asyncio.TimerHandle | None = None
        self._listener: asyncio.Task[None] | None = None

    async def reads(self) -> AsyncIterator[Read]:
        """Listen, and yield what is posted, until `close`."""
        if self._listener is None and not self._closed:
            self._listener = asyncio.create_task(self._listen(), name=f"listener of {self.name}")
        async for read in super().reads():
            yield read

    async def close(self) -> None:
        """Hang up and stop listening."""
        tasks = [task for task in (self._listener, *self._senders) if task is not None]
        await super().close()
        if self._server is not None:
            self._server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._watch_no_more()

    def _begin(self) -> None:
        self.set_status(State.CONNECTING)

    async def _listen(self) -> None:
        """Take the port, as soon as it is free."""
        place, backoff, failures = self._place, Backoff(), 0
        while not self._closed:
            try:
                # not serving at once: cancelled while it begins to serve, nobody could close it any more
                self._server = await asyncio.start_server(
                    self._called, place.host, place.port, ssl=place.tls, start_serving=False
                )
                await self._server.start_serving()
            except OSError as error:
                failures += 1
                lost = net_error(f"{place.host}:{place.port}", error)
                if self.status.message != str(lost):
                    self.set_status(State.LOST, lost.reason, str(lost), lost.remedy)
                await asyncio.sleep(backoff.pause(failures, self._rng))
            else:
                self._watch()
                return

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._closed:
            writer.close()
            return
        self._senders.add(task)
        self._watch_no_more()
        if self.status.state is not State.READY:
            self.set_status(State.READY)
        try:
            await self._converse(reader, writer)
        except (OSError, h11.ProtocolError, asyncio.CancelledError):
            pass  # the sender is gone, or we are: it posts again
        finally:
            self._senders.discard(task)
            writer.close()
            if not self._senders and not self._closed:
                self._watch()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        http = h11.Connection(h11.SERVER)
        while True:
            try:
                asked = await _request(http, reader, writer)
                if asked is None:
                    return
                status, answer = HTTPStatus.OK, await self._answered(*asked)
            except _Refused as refusal:
                status, answer = refusal.status, {"outcome": "refused", "text": str(refusal)}
            except h11.RemoteProtocolError as error:
                status, answer = HTTPStatus.BAD_REQUEST, {"outcome": "refused", "text": f"this is not HTTP: {error}"}
            body = json.dumps(answer).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            response = h11.Response(status_code=status, headers=headers)
            words = http.send(response), http.send(h11.Data(data=body)), http.send(h11.EndOfMessage())
            writer.write(b"".join(word for word in words if word))
            await writer.drain()
            if (http.our_state, http.their_state) != (h11.DONE, h11.DONE):
                return
            http.start_next_cycle()

    async def _answered(self, request: h11.Request, body: bytes) -> dict[str, Any]:
        shown = next((value for name, value in request.headers if name == b"authorization"), b"").decode("latin-1")
        token = self._place.token
        if token and not hmac.compare_digest(secret_of(shown).encode(), token.encode()):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "the token is needed: send Authorization: Bearer TOKEN")
        if request.target.partition(b"?")[0].decode("latin-1") != self._place.path:
            raise _Refused(HTTPStatus.NOT_FOUND, f"reads are posted to {self._place.path}")
        if request.method != b"POST":
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "reads are posted: use POST")
        try:
            answers = await self.bring(body)
        except DriverError as error:
            status = _STATUS.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
            raise _Refused(status, f"{error}. {error.remedy}") from None
        return {"outcome": "ok", "reads": [one.as_json() for one in answers]}

    def _watch(self) -> None:
        self._watch_no_more()
        self._silence = asyncio.get_running_loop().call_later(self._place.silence, self._silent)

    def _watch_no_more(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _silent(self) -> None:
        place = self._place
        text = f"no sender has called {place.host}:{place.port} for {place.silence:g} s"
        remedy = f"set the sender's URL to this machine, port {place.port}, path {place.path}, and switch it on"
        self.set_status(State.LOST, Reason.TIMEOUT, text, remedy)


async def _request(
    http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[h11.Request, bytes] | None:
    """The next request with its body; None when the sender has hung up."""
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            if http.they_are_waiting_for_100_continue:
                writer.write(http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LONGEST:
                raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LONGEST} bytes at once")
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return request, bytes(body)
        else:
            return None
