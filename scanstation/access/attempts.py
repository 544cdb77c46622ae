"""How often somebody may be wrong: five times, then a pause that doubles with every five more."""

from collections import OrderedDict
from dataclasses import dataclass

ATTEMPTS = 5
FIRST_LOCK_S = 60
LONGEST_LOCK_S = 900  # at this pace the 10,000 PINs of four digits take three weeks, and every try is in the log
_REMEMBERED = 1_000  # names that do not exist, tried by somebody: bounded, the oldest are forgotten


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong attempts since the last right one; ``locked_until`` in microseconds since the epoch."""

    failed: int = 0
    locked_until: int = 0

    def wait_s(self, now: int) -> int:
        """Whole seconds until the next attempt is allowed; 0 when it is allowed now."""
        return max(0, -(-(self.locked_until - now) // 1_000_000))

    def after_failure(self, now: int) -> "Attempts":
        """The count after one more wrong attempt, with a new lock at every fifth."""
        failed = self.failed + 1
        if failed % ATTEMPTS:
            return Attempts(failed, self.locked_until)
        pause = min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(failed // ATTEMPTS - 1, 10))
        return Attempts(failed, now + pause * 1_000_000)


class AttemptsByName:
    """Attempts on names that the book does not have (an unknown badge, the set-up code), in memory and bounded."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[str, Attempts] = OrderedDict()

    def of(self, name: str) -> Attempts:
        """The attempts so far."""
        return self._by_name.get(name, Attempts())

    def fail(self, name: str, now: int) -> Attempts:
        """Count a wrong attempt."""
        attempts = self.of(name).after_failure(now)
        self._by_name[name] = attempts
        self._by_name.move_to_end(name)
        while len(self._by_name) > _REMEMBERED:
            self._by_name.popitem(last=False)
        return attempts
