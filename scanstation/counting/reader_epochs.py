"""The time of a reader, in epochs: how long has it been reading, so that its silence says something?"""

from typing import Generic, TypeVar

GAP_EPOCHS = 8
"""After a silence longer than this, so long is waited for reads of that time before the silence counts."""

SILENCE_US = 45_000_000
"""Two signs of life further apart than this: nobody knows whether the reader read between them."""

Key = TypeVar("Key")


class ReaderEpochs(Generic[Key]):
    """The epochs of a reader, numbered from its first sign of life; they stand still while it does not read.

    ``now`` is the epoch up to which its silence is evidence; `expect` has `advance` return a key when ``now`` gets
    there, and ``restored`` holds keys that it returns at the next sign of life.  Times are microseconds.
    """

    def __init__(self, epoch_us: int, silence_us: int) -> None:
        self.now = 0
        self.restored: dict[Key, None] = {}
        self._length, self._silence = epoch_us, silence_us
        self._zero: int | None = None
        self._heard = 0  # the last sign of life
        self._resumed = 0  # the first one after a gap
        self._before = 0  # the epoch in which that gap began
        self._deaf = False
        self._asked: int | None = None
        self._due: dict[int, list[Key]] = {}

    def epoch(self, ts: int) -> int:
        """The epoch of a time; what is earlier than everything before belongs to the first."""
        return 0 if self._zero is None else max(0, (ts - self._zero) // self._length)

    def hear(self, ts: int) -> None:
        """It was reading at ``ts``."""
        if self._zero is None:
            self._zero = self._heard = self._resumed = ts
        gap = ts - self._heard
        slept = self._asked is not None and ts - self._asked > GAP_EPOCHS * self._length
        if gap > GAP_EPOCHS * self._length:
            self._before, self._resumed = self.epoch(self._heard), ts
        if gap > self._silence or ((self._deaf or slept) and gap > self._length):
            self._zero += gap - self._length
        self._heard = max(self._heard, ts)
        self._deaf = False

    def expect(self, epoch: int, watched: Key) -> None:
        """Look at this tag again then."""
        self._due.setdefault(max(epoch, self.now + 1), []).append(watched)

    def advance(self, ts: int, heard: int | None) -> list[Key]:
        """Go on towards ``ts``, to the last sign of life ``heard``; return what was to be looked at until then."""
        then, due = self.now, list[Key]()
        if heard is None:
            self._deaf = True
        else:
            self.hear(min(heard, ts))
            due, self.restored = list(self.restored), {}
        self._asked = ts if self._asked is None else max(self._asked, ts)
        waited = ts - self._resumed >= GAP_EPOCHS * self._length
        self.now = max(then, self.epoch(self._heard) if waited else self._before)
        for epoch in range(then + 1, self.now + 1):
            due += self._due.pop(epoch, ())
        return due
