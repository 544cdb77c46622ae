"""What comes into the view of one stream: labels to deliver, each once, and what is refused, told once a minute."""

from collections.abc import Iterable
from typing import Any

from drivers.camera.found import Found
from drivers.camera.live import LiveReader
from drivers.camera.sequences import Refused, Sequences
from drivers.camera.track import Tracker
from drivers.protocols.base import Notice

REFUSED = "refused"
"""Kind of the notice that a symbol was read and not delivered."""

AGAIN = 60_000_000
"""Microseconds after which the same refusal is told again."""


class View:
    """One stream of frames: read, followed from frame to frame, parts of a text joined.  Not to be shared."""

    def __init__(self, reader: LiveReader, tracker: Tracker) -> None:
        self.reader = reader
        self._tracker = tracker
        self._sequences = Sequences()
        self._refusals = Refusals()

    def see(self, pixels: Any, now: int) -> list[Found]:
        """Return the labels that came into view with the frame of time ``now`` (microseconds)."""
        fresh = self._tracker.see(self.reader.read(pixels), now)
        found, refused = self._sequences.take(fresh, now)
        self._refusals.note((*refused, *self.reader.refused), now)
        return found

    def end(self, now: int) -> None:
        """Give up the parts of texts whose others did not come: the stream is at its end."""
        self._refusals.note(self._sequences.rest(), now)

    @property
    def group(self) -> str:
        """What is in view together has one name: a new one begins when nothing that was delivered is in view."""
        return str(self._tracker.group)

    def notices(self) -> list[Notice]:
        """Return what is to be told of refused symbols since the last call."""
        return self._refusals.notices()


class Refusals:
    """What is refused, to be told: the same not again for a while, for it may stand in every frame."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], int] = {}
        self._fresh: list[Refused] = []

    def note(self, refused: Iterable[Refused], now: int) -> None:
        """Take what was refused at time ``now`` (microseconds)."""
        for one in refused:
            key = (one.found.symbology, one.why)
            if now - self._told.get(key, -AGAIN) >= AGAIN:
                self._told[key] = now
                self._fresh.append(one)

    def notices(self) -> list[Notice]:
        """Return what is to be told since the last call."""
        fresh, self._fresh = self._fresh, []
        return [
            Notice(kind=REFUSED, text=f"not counted: {one.why}", fields={"symbology": one.found.symbology})
            for one in fresh
        ]
