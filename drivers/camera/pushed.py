"""`PushedCamera`: a camera whose frames somebody else brings, such as the page of a browser."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from drivers.camera.found import Found, Plausible
from drivers.camera.images import decode_gray, read_header
from drivers.camera.live import Spent
from drivers.camera.read import LARGEST, LIVE_BUDGET, live_reader
from drivers.camera.track import Tracker
from drivers.camera.view import View
from drivers.device import Clock, Device, State
from drivers.errors import DriverError, Reason
from drivers.read import Read, together

SILENCE = 5.0
"""Seconds without a frame after which the camera counts as switched off."""


class PushedCamera(Device):
    """The pipeline and the tracker of a stream, for frames that come one by one as encoded pictures.

    Its reads are the return value of `look`; `reads` yields none and ends with `close`.  It is READY while frames
    come, and CLOSED before the first and `SILENCE` seconds after the last: a camera that nobody uses is no fault.
    """

    def __init__(
        self,
        *,
        name: str,
        clock: Clock,
        away: float = 3.0,
        confirm: int = 2,
        budget: float = LIVE_BUDGET,
        plausible: Plausible | None = None,
    ) -> None:
        super().__init__(name, "pushed:", clock)
        self._settings = (away, confirm, budget, plausible)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"camera-{name}")
        self._closing = asyncio.Event()
        self._silence: asyncio.TimerHandle | None = None
        self._busy = False
        self._begin("")

    @property
    def spent(self) -> Spent:
        """Frames, regions that looked like a code, and those given up for lack of time, of the present stream."""
        return self._view.reader.spent

    async def look(self, picture: bytes, whose: str = "") -> list[Read]:
        """Return a read for each label that came into view with ``picture`` (JPEG, PNG or WebP).

        ``whose`` names the stream: with another one the view begins anew.  Raises `DriverError`: PROTOCOL for what is
        no whole picture, BUSY while the frame before is still being read, CLOSED, MISSING_LIBRARY.
        """
        if self._closing.is_set():
            raise DriverError(Reason.CLOSED, "the camera was closed")
        if self._busy:
            raise DriverError(Reason.BUSY, "the frame before is still being read", "Send the next frame later.")
        if whose != self._whose:
            self._begin(whose)
        self._busy, at = True, self.clock()
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._pool, self._look_at, picture, at)
        finally:
            self._busy = False
        self._heard()
        for notice in self._view.notices():
            self.tell(notice)
            self.set_status(State.READY, message=notice.text)
        reads = [
            Read(payload=one.payload, device=self.name, received_at=at, aim=one.aim, region=one.quad) for one in found
        ]
        return together(reads, self._view.group)

    async def reads(self) -> AsyncIterator[Read]:
        """Wait for `close`: what the frames show is the answer of `look`."""
        await self._closing.wait()
        nothing: tuple[Read, ...] = ()
        for read in nothing:
            yield read

    async def close(self) -> None:
        """Take no more frames."""
        self._closing.set()
        self._pool.shutdown(wait=False)
        self._fall_silent()

    def _begin(self, whose: str) -> None:
        away, confirm, budget, plausible = self._settings
        self._whose, self._view = whose, View(live_reader(budget, plausible), Tracker(away, confirm))

    def _look_at(self, picture: bytes, at: int) -> list[Found]:
        header = read_header(picture)
        if header is not None and header.width * header.height > LARGEST:
            message = f"a frame of {header.width} x {header.height} pixels, at most {LARGEST // 1_000_000} million"
            raise DriverError(Reason.PROTOCOL, message, "Take it at a lower resolution.")
        return self._view.see(decode_gray(picture), at)

    def _heard(self) -> None:
        if self._closing.is_set():
            return
        if self._silence is not None:
            self._silence.cancel()
        self._silence = asyncio.get_running_loop().call_later(SILENCE, self._fall_silent)
        if self.status.state is not State.READY:
            self.set_status(State.READY)

    def _fall_silent(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if self.status.state is not State.CLOSED:
            self.set_status(State.CLOSED, Reason.CLOSED, "no frames come")
