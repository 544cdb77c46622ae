"""The clock of a simulated device: the system's, until it jumps."""

import time

from drivers.device import Clock


def system_clock() -> int:
    """Microseconds UTC of this machine."""
    return time.time_ns() // 1000


class DeviceClock:
    """Microseconds UTC as a device believes."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._offset = 0

    def __call__(self) -> int:
        """The time now, never before 1970."""
        return max(0, self._clock() + self._offset)

    def jump(self, seconds: float) -> None:
        """Go forward, or back if negative."""
        self._offset += int(seconds * 1_000_000)


class Clocked:
    """A simulator whose device tells times by a clock of its own."""

    clock: DeviceClock

    def jump(self, seconds: float) -> None:
        """The clock of the device jumps."""
        self.clock.jump(seconds)
