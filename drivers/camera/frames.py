"""The shape of what delivers frames: `Source`.  All of it blocks and runs in a thread.

A file gives every frame.  A live source gives the latest frame: what the reader had no time for is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drivers.errors import DriverError

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

MICROSECONDS = 1_000_000
Clock = Callable[[], int]


class EndOfFrames(Exception):
    """A finite source gave all its frames."""


class UnreadableFrame(Exception):
    """One frame cannot be read; the source goes on.  ``error`` says why."""

    def __init__(self, error: DriverError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels, and the microsecond they belong to: of the station's clock when live, of the recording when not."""

    pixels: "Pixels"
    at: int
    name: str = ""


class Source(Protocol):
    """Frames in order; every failure is a `DriverError` with reason and remedy."""

    live: bool

    def open(self) -> None:
        """Connect, or raise `DriverError`."""

    def next(self, timeout: float) -> Frame | None:
        """Return the next frame, None when none came in ``timeout`` seconds.

        Raises `EndOfFrames`, `UnreadableFrame`, or `DriverError` when the source broke.
        """

    def close(self) -> None:
        """Release the source; never raises."""
