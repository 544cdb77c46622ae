"""`PushedReads`: reads that a program brings as JSON documents, and waits for until they are durable."""

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from drivers.device import Clock, Device, State
from drivers.errors import DriverError, Reason
from drivers.protocols.base import UNREADABLE, Frame, Notice
from drivers.protocols.iot_json import life_of, read_event
from drivers.protocols.json_formats import FORMATS
from drivers.read import Read, Verdict

LONGEST = 262_144
"""Bytes of one document: a batch of some thousand tags."""

PATIENCE = 30.0
"""Seconds without progress after which a sender is asked to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one read of a document; ``text`` says what is wrong with one that cannot be understood."""

    verdict: Verdict
    id: str | None = None
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it goes over the wire."""
        return {"id": self.id, "verdict": self.verdict.value, "text": self.text}


class PushedReads(Device):
    """A device at whose end a program pushes: `bring` returns when the host has acknowledged every read.

    ``form`` is one of `drivers.protocols.json_formats.FORMATS`.  A document that could not be kept is brought
    again by its sender; what was kept of it counts once by the ids of its reads.
    """

    redelivers = True

    def __init__(self, *, name: str, url: str, clock: Clock, form: str, patience: float = PATIENCE) -> None:
        super().__init__(name, url, clock)
        self._format = FORMATS[form]
        self._patience = patience
        self._inbox: deque[Read] = deque()
        self._filled = asyncio.Event()
        self._waiting: dict[int, tuple[Read, asyncio.Future[Verdict]]] = {}
        self._closed = False

    async def bring(self, document: bytes) -> list[Answer]:
        """Hand over the events of a document; one answer for each read, in order, when all are durable.

        Raises `DriverError`: PROTOCOL for what is no JSON, TIMEOUT when the reads were not all kept, CLOSED.
        """
        if self._closed:
            raise DriverError(Reason.CLOSED, "the station takes no reads any more", "Send them again later.")
        handed: list[tuple[Frame, asyncio.Future[Verdict]] | Answer] = []
        for event in (single for one in events_of(document) for single in self._format.singles(one)):
            try:
                frame = read_event(event, lambda one: self._format.read(one, self.name))
            except (ValueError, OverflowError) as error:
                self.tell(Notice(kind=UNREADABLE, text=f"a read was rejected: {error}"))
                handed.append(Answer(verdict=Verdict.ERROR, id=_id_of(event), text=str(error)))
                continue
            self.note_life(life_of(frame, event, self._format.life))
            if frame is not None:
                handed.append((frame, self._hand_over(frame)))
        self._filled.set()
        return [one if isinstance(one, Answer) else await self._answer(*one) for one in handed]

    async def reads(self) -> AsyncIterator[Read]:
        """Yield what was brought, in order, until `close`."""
        if not self._closed:
            self._begin()
        while True:
            while self._inbox:
                yield self._inbox.popleft()
            if self._closed:
                return
            self._filled.clear()
            await self._filled.wait()

    async def ack(self, read: Read, verdict: Verdict) -> None:
        """Answer the sender."""
        _, answered = self._waiting.pop(id(read), (read, None))
        if answered is not None and not answered.done():
            answered.set_result(verdict)

    async def close(self) -> None:
        """Take no more; what waits for its answer is to be brought again."""
        self._closed = True
        self._inbox.clear()
        for _, answered in self._waiting.values():
            answered.cancel()
        self._waiting.clear()
        self._filled.set()
        if self.status.state is not State.CLOSED:
            self.set_status(State.CLOSED)

    def _begin(self) -> None:
        self.set_status(State.READY)

    def _hand_over(self, frame: Frame) -> asyncio.Future[Verdict]:
        read = frame.as_read(self.name, self.clock())
        answered: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting[id(read)] = (read, answered)  # holds the read, so its id stays its own
        self._inbox.append(read)
        return answered

    async def _answer(self, frame: Frame, answered: asyncio.Future[Verdict]) -> Answer:
        done, _ = await asyncio.wait({answered}, timeout=self._patience)
        if not done or answered.cancelled():
            raise DriverError(
                Reason.TIMEOUT, "the station has not kept all of it", "Send it again: what was kept counts once."
            )
        return Answer(verdict=answered.result(), id=frame.fields.get("id"))


def events_of(document: bytes) -> list[Any]:
    """The events of one JSON document (single or array) or of several, one a line; `DriverError` PROTOCOL."""
    if len(document) > LONGEST:
        raise DriverError(Reason.PROTOCOL, f"more than {LONGEST} bytes at once", "Send fewer events at a time.")
    try:
        values = [json.loads(document)]
    except (ValueError, RecursionError):
        try:
            values = [json.loads(line) for line in document.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            raise DriverError(Reason.PROTOCOL, f"this is no JSON: {error}", "Send one event or an array.") from error
    return [event for value in values for event in (value if isinstance(value, list) else [value])]


def secret_of(authorization: str) -> str:
    """The secret in the Authorization header of a sender: a Bearer token, or the password of Basic (RFC 7617).

    Empty where there is none.
    """
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def _id_of(event: Any) -> str | None:
    key = event.get("id") if isinstance(event, dict) else None
    return key if isinstance(key, str) else None
