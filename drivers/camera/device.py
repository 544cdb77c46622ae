"""`CameraDevice`: a camera, a folder of pictures or a video as a `Device`."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from drivers.camera.found import Found, Plausible
from drivers.camera.frames import EndOfFrames, Frame, Source, UnreadableFrame
from drivers.camera.images import encode_jpeg
from drivers.camera.live import Spent
from drivers.camera.read import LIVE_BUDGET, live_reader, look_at
from drivers.camera.sources import make_source
from drivers.camera.track import Tracker
from drivers.camera.url import parse
from drivers.camera.view import Refusals, View
from drivers.device import Clock, Device, State
from drivers.errors import DriverError, Reason
from drivers.protocols.base import Notice
from drivers.read import Picture, Read, together

T = TypeVar("T")

FILE_BUDGET = 2.0
"""Seconds for a frame of a video file where its URL says nothing: nobody waits."""

GAVE_UP = "budget"
"""Kind of the notice that regions which looked like a code were given up for lack of time."""

TOLD_EVERY = 60_000_000
"""Microseconds between two such notices."""

WAIT = 0.1
"""Seconds that one look for a frame may take; `close` is noticed after it."""

QUEUE = 1024
"""Reads of a live camera that may wait for the host."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.8
"""Seconds between attempts to reconnect: a camera that is back is used within about a second."""


def camera_device(
    url: str,
    *,
    name: str,
    clock: Clock,
    rng: random.Random,
    plausible: Plausible | None = None,
) -> Device:
    """Return the camera that ``url`` names (`drivers.camera.url`), not yet connected.

    ``clock`` gives microseconds since 1970, ``rng`` the jitter of reconnecting; ``plausible`` may refuse codes that
    cannot occur here.  Raises `DriverError` (BAD_URL).
    """
    return CameraDevice(url, name=name, clock=clock, rng=rng, plausible=plausible)


class CameraDevice(Device):
    """Frames are fetched and read in a thread; a label that stays in view is one read.

    A folder or video without ``watch`` ends by itself after its last frame: status CLOSED, `reads` ends.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        clock: Clock,
        rng: random.Random,
        plausible: Plausible | None = None,
    ) -> None:
        super().__init__(name, url, clock)
        self._target = parse(url)
        self._rng = rng
        self._plausible = plausible
        usual = FILE_BUDGET if self._target.path else LIVE_BUDGET
        budget = usual if self._target.budget is None else self._target.budget
        reader = live_reader(budget, plausible, self._target.code39)
        self._view = View(reader, Tracker(self._target.away, self._target.confirm))
        self._refusals = Refusals()
        self._told = (0, clock())
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"camera-{name}")
        self._closing = asyncio.Event()
        self._source: Source | None = None
        self.frames_seen = 0

    @property
    def spent(self) -> Spent:
        """Frames of the stream, regions that looked like a code, and those given up for lack of time; a counter."""
        return self._view.reader.spent

    async def reads(self) -> AsyncIterator[Read]:
        """Yield a read for each label that comes into view, until `close` or the end of the files.

        A live camera goes on looking while a read is being handled: what passes by meanwhile is not lost.
        """
        source = self._source = make_source(self._target, self.clock)
        queue: asyncio.Queue[Read | None] = asyncio.Queue(QUEUE if source.live else 1)
        watching = asyncio.create_task(self._watch(source, queue))
        try:
            while (read := await queue.get()) is not None:
                yield read
            await watching
        finally:
            watching.cancel()

    async def close(self) -> None:
        """Stop: `reads` ends within a tenth of a second."""
        self._closing.set()
        if self._source is not None and self._source.live:
            self._source.close()
        self._pool.shutdown(wait=False)
        if self.status.state is not State.CLOSED:
            self.set_status(State.CLOSED, Reason.CLOSED)

    def set_status(self, state: State, reason: Reason | None = None, message: str = "", remedy: str = "") -> None:
        """Change the status; what is closed stays closed, whatever its thread was doing meanwhile."""
        if state is State.CLOSED or not self._closing.is_set():
            super().set_status(state, reason, message, remedy)

    async def _watch(self, source: Source, queue: "asyncio.Queue[Read | None]") -> None:
        """Put every read into ``queue`` and None at the end."""
        try:
            await self._follow(source, queue)
        except Exception:
            await queue.put(None)
            raise
        await queue.put(None)

    async def _follow(self, source: Source, queue: "asyncio.Queue[Read | None]") -> None:
        """Read the source to its end or `close`, and reconnect whenever it is lost."""
        pause = FIRST_PAUSE
        while not self._closing.is_set():
            try:
                self.set_status(State.CONNECTING)
                await self._in_thread(source.open)
                self.set_status(State.READY)
                pause = FIRST_PAUSE
                await self._read_all(source, queue)
            except EndOfFrames:
                self._view.end(self.clock())
                self._tell_what_was_refused()
                self.set_status(State.CLOSED, message=f"all {self.frames_seen} frames were read")
                return
            except DriverError as error:
                if not self._closing.is_set():
                    self.set_status(State.LOST, error.reason, str(error), error.remedy)
                if error.final:
                    return
            finally:
                source.close()
            await self._rest(pause * self._rng.uniform(0.75, 1.25))
            pause = min(2 * pause, LONGEST_PAUSE)
            if source.live:
                source = self._source = make_source(self._target, self.clock)

    async def _read_all(self, source: Source, queue: "asyncio.Queue[Read | None]") -> None:
        while not self._closing.is_set():
            try:
                frame = await self._in_thread(lambda: source.next(WAIT))
            except UnreadableFrame as unreadable:
                error = unreadable.error
                self.set_status(State.READY, error.reason, f"left out: {error}", error.remedy)
                continue
            if frame is None:
                continue
            for read in await self._in_thread(lambda: self._look_at(frame)):  # noqa: B023
                await queue.put(read)
            self._tell_what_was_given_up()
            self._tell_what_was_refused()

    def _look_at(self, frame: Frame) -> list[Read]:
        """Return a read for each label that is new in ``frame``; runs in the thread."""
        self.frames_seen += 1
        still = bool(frame.name) and self._target.stills
        found = self._labels_of(frame, still)
        keep = still if self._target.pictures is None else self._target.pictures
        jpeg = encode_jpeg(frame.pixels) if found and keep else b""
        picture = Picture.of(jpeg) if jpeg else None
        trigger = f"{self.frames_seen}" if still else self._view.group
        return together([self._read(one, picture) for one in found], trigger)

    def _labels_of(self, frame: Frame, still: bool) -> list[Found]:
        if not still:
            return self._view.see(frame.pixels, frame.at)
        sight = look_at(frame.pixels, every=True, plausible=self._plausible, code39=self._target.code39)
        self._refusals.note(sight.refused, frame.at)
        return sight.found

    def _tell_what_was_given_up(self) -> None:
        """Tell the listeners, at most once a minute, that the time for a frame does not suffice."""
        given_up, at = self._told
        now, fresh = self.clock(), self.spent.given_up - given_up
        if fresh and now - at >= TOLD_EVERY:
            self._told = (self.spent.given_up, now)
            text = f"{fresh} regions that look like a code were given up: the time for a frame ran out"
            self.tell(
                Notice(kind=GAVE_UP, text=text, fields={"given_up": self.spent.given_up, "frames": self.spent.frames})
            )

    def _tell_what_was_refused(self) -> None:
        for notice in (*self._view.notices(), *self._refusals.notices()):
            self.tell(notice)
            self.set_status(State.READY, message=notice.text)

    def _read(self, found: Found, picture: Picture | None) -> Read:
        return Read(
            payload=found.payload,
            device=self.name,
            received_at=self.clock(),
            aim=found.aim,
            region=found.quad,
            picture=picture,
        )

    async def _in_thread(self, call: Callable[[], T]) -> T:
        if self._closing.is_set():
            raise DriverError(Reason.CLOSED, "the device was closed")
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return
