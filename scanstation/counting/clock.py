"""The station's clock: microseconds UTC that never go backwards, and a watch over the system's clock.

All times of events are the station's receive time; expected stock at count depends on them.  A system clock that
somebody sets, or that time synchronisation moves in one leap, is therefore told (the station journals CLOCK_STEPPED)
and never hidden.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The system clock leapt ``by`` microseconds (negative: backwards); ``at`` is the station's time afterwards."""

    by: int
    at: int


class StationClock:
    """Callable that returns microseconds since 1970-01-01 UTC.

    ``wall`` is the system's clock, ``monotonic`` one that nobody can set, both in microseconds.  When both advanced
    by amounts that differ by more than ``tolerance`` since the last call, the wall clock was stepped.  A step forward
    is followed; after a step backward time stands still until the wall clock has caught up, since that is the
    nearest to the truth that does not go backwards.  ``not_before`` is the time of the last journaled event: a wall
    clock that starts before it was stepped while the station was down.
    """

    def __init__(
        self, wall: Callable[[], int], monotonic: Callable[[], int], *, tolerance: int = 2_000_000, not_before: int = 0
    ) -> None:
        self._wall, self._monotonic, self._tolerance = wall, monotonic, tolerance
        self._wall_then, self._monotonic_then = wall(), monotonic()
        self._now = max(not_before, self._wall_then)
        self._steps: list[ClockStep] = []
        if self._wall_then < not_before - tolerance:
            self._steps.append(ClockStep(self._wall_then - not_before, self._now))

    @classmethod
    def system(cls, *, tolerance: int = 2_000_000, not_before: int = 0) -> "StationClock":
        """The clock of this machine; where the system offers it, time asleep is not mistaken for a step."""
        asleep_too = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
        return cls(
            lambda: time.time_ns() // 1_000,
            lambda: time.clock_gettime_ns(asleep_too) // 1_000,
            tolerance=tolerance,
            not_before=not_before,
        )

    def __call__(self) -> int:
        """The time now: never less than before."""
        wall, monotonic = self._wall(), self._monotonic()
        by = (wall - self._wall_then) - (monotonic - self._monotonic_then)
        self._wall_then, self._monotonic_then = wall, monotonic
        self._now = max(self._now, wall)
        if abs(by) > self._tolerance:
            self._steps.append(ClockStep(by, self._now))
        return self._now

    def take_steps(self) -> tuple[ClockStep, ...]:
        """The steps noticed since the last time this was asked."""
        steps, self._steps = tuple(self._steps), []
        return steps
