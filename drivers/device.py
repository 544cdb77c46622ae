"""`Device`: one named source of reads, alive or lost, that takes the host's verdict back."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from drivers.errors import Reason
from drivers.protocols.base import Life, Notice
from drivers.read import Read, Verdict
from drivers.url import masked

Clock = Callable[[], int]
"""Microseconds since 1970-01-01 UTC."""


LAPSE_US = 60_000_000
"""After so long without a sign of life a reader must say anew that it looks for tags."""


class State(StrEnum):
    """Life of a device as people see it."""

    CONNECTING = "connecting"
    READY = "ready"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """State of a device at a time; ``remedy`` tells a person in words what to do when it is lost."""

    state: State
    since: int
    reason: Reason | None = None
    message: str = ""
    remedy: str = ""


class Device(ABC):
    """A scanner, reader or camera.

    ``async for read in device.reads(): ...; await device.ack(read, verdict)`` is the whole use.  `reads` connects,
    reconnects by itself and ends only after `close`, with the source, or at an error that only a person can mend: then
    `status` is LOST and says what.  `ack` must follow the journal: what is acknowledged is durable.
    """

    redelivers = False
    """Whether what is not acknowledged comes again by itself: then no read is acknowledged that could not be kept."""

    def __init__(self, name: str, url: str, clock: Clock) -> None:
        self.name = name
        self.url = url
        self.clock = clock
        self.status = Status(state=State.CLOSED, since=clock())
        self.heard_at: int | None = None
        """When a reader of tags gave its last sign of life, which no broker gives for it; None before the first."""
        self.reading: bool | None = None
        """Whether it looks for tags, as it said since it was connected; None where it has not said."""
        self.unplugged: set[int] = set()
        """Antennas of a reader of tags that are not connected to it, as it said, and that have read nothing since."""
        self._listeners: list[Callable[[Status], None]] = []
        self._notice_listeners: list[Callable[[Notice], None]] = []

    def on_status(self, listener: Callable[[Status], None]) -> None:
        """Call ``listener`` with every new status."""
        self._listeners.append(listener)

    def set_status(self, state: State, reason: Reason | None = None, message: str = "", remedy: str = "") -> None:
        """Change the status and tell the listeners; for drivers.  Secrets of a URL in the words are masked."""
        self.status = Status(
            state=state, since=self.clock(), reason=reason, message=masked(message), remedy=masked(remedy)
        )
        for listener in self._listeners:
            listener(self.status)

    def note_life(self, life: Life | None) -> None:
        """Take what the wire said of a reader of tags; for drivers."""
        if life is None:
            return
        heard_before, self.heard_at = self.heard_at, self.clock()
        if life is not Life.ALIVE:
            self.reading = life is Life.READING
        elif heard_before is not None and self.heard_at - heard_before > LAPSE_US:
            self.reading = None  # behind a broker it may have been started anew meanwhile

    def on_notice(self, listener: Callable[[Notice], None]) -> None:
        """Call ``listener`` with everything the wire said that is not a read: missed reads, noise thrown away."""
        self._notice_listeners.append(listener)

    def tell(self, notice: Notice) -> None:
        """Tell the listeners of ``notice``; for drivers.

        One with ``antenna`` and ``connected`` in its fields says so of an antenna.
        """
        antenna = notice.fields.get("antenna")
        if "connected" in notice.fields and isinstance(antenna, int):
            (self.unplugged.discard if notice.fields["connected"] else self.unplugged.add)(antenna)
        for listener in self._notice_listeners:
            listener(notice)

    def remember_in(self, path: Path) -> None:
        """Keep in the file ``path`` what must outlive the process, if anything; to be called before `reads`."""
        del path

    def capture_in(self, path: Path, most_bytes: int) -> None:
        """Keep what the wire says in the file ``path``, for ``replay:``, and no more than that; before `reads`.

        A device without such a wire says so in a notice.
        """
        del path, most_bytes
        self.tell(Notice(kind="capture", text="this device cannot be captured"))

    @property
    def capture_dropped(self) -> int:
        """Lines of the capture that were lost, by its bound or by the disk."""
        return 0

    @abstractmethod
    def reads(self) -> AsyncIterator[Read]:
        """Yield reads in order until `close`."""

    async def ack(self, read: Read, verdict: Verdict) -> None:
        """Tell the device that ``read`` is durable and how it was judged.  A device without feedback does nothing."""
        del read, verdict

    @abstractmethod
    async def close(self) -> None:
        """Stop: `reads` ends, the wire is released."""
