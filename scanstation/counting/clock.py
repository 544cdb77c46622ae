"""The station's clock: microseconds UTC that never go backwards, and a watch over the system's clock.

All times of events are the station's receive time; expected stock at count depends on them.  A system clock that
somebody sets, or that time synchronisation moves in one leap, is therefore told (the station journals CLOCK_STEPPED)
and never hidden.
"""

import threading
import time
from collections import deque
from collections.abc import Callable


class StationClock:
    """`now` gives microseconds since 1970-01-01 UTC; `take_step` tells of steps, once each.

    ``wall`` is the system's clock, ``monotonic`` one that nobody can set, both in microseconds.  When both advanced
    by amounts that differ by more than ``tolerance_us`` since the last call, the wall clock was stepped.  A step
    forward is followed; after a step backward time stands still until the wall clock has caught up, since that is the
    nearest to the truth that does not go backwards.  ``not_before`` is the time of the last journaled event: a wall
    clock that starts before it was stepped while the station was down.
    """

    def __init__(
        self,
        wall: Callable[[], int],
        monotonic: Callable[[], int],
        *,
        tolerance_us: int = 2_000_000,
        not_before: int = 0,
    ) -> None:
        self._wall, self._monotonic, self._tolerance = wall, monotonic, tolerance_us
        self._wall_then, self._monotonic_then = wall(), monotonic()
        self._now = max(not_before, self._wall_then)
        self._steps: deque[int] = deque()
        self._lock = threading.Lock()
        if self._wall_then < not_before - tolerance_us:
            self._steps.append(self._wall_then - not_before)

    @classmethod
    def system(cls, *, tolerance_us: int = 2_000_000, not_before: int = 0) -> "StationClock":
        """The clock of this machine; where the system offers it, time asleep is not mistaken for a step."""
        asleep_too = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return cls(
            lambda: time.time_ns() // 1_000,
            lambda: time.clock_gettime_ns(asleep_too) // 1_000,
            tolerance_us=tolerance_us,
            not_before=not_before,
        )

    def now(self) -> int:
        """The time now: never less than before.  Safe to ask from several threads."""
        with self._lock:
            wall, monotonic = self._wall(), self._monotonic()
            by = (wall - self._wall_then) - (monotonic - self._monotonic_then)
            self._wall_then, self._monotonic_then = wall, monotonic
            self._now = max(self._now, wall)
            if abs(by) > self._tolerance:
                self._steps.append(by)
            return self._now

    def take_step(self) -> int | None:
        """By how many microseconds the system clock leapt (negative: backwards): the oldest step not yet told."""
        self.now()
        return self._steps.popleft() if self._steps else None
