"""What the devices of a station did so far: reads, verdicts, losses.  The command line, the office and the metrics
show the same counters; nothing in here knows a payload."""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from drivers import Verdict
from drivers.device import Device, State, Status
from drivers.url import masked
from scanstation.station.readers import SILENT, Silence

MINUTE = 60
"""Seconds over which the rate of reads is taken."""

OTHERS = "others"
"""Where reads are counted whose device name is one too many: names may come from outside."""

MOST_NAMES = 200
"""Device names that are told apart."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds in seconds of the classes in which durations are counted."""


@dataclass(slots=True)
class Durations:
    """A histogram of durations in seconds: how many fell into each class of `BOUNDS`, and beyond the last."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; by one thread."""
        self.counts[next((place for place, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))] += 1
        self.total += seconds


UNREAD = ("no_end", "unreadable", "overflow", "noise")
"""Kinds of notices that tell of what should have been a read, or may have been one."""


@dataclass(slots=True)
class DeviceWatch:
    """What one device did since the station started.  Times are microseconds since 1970."""

    reads: int = 0
    last_read: int | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)  # by kind
    losses: Counter[str] = field(default_factory=Counter)  # by reason
    reconnects: int = 0
    last_notice: str = ""
    last_unread: str = ""
    lost_at: int | None = None
    """Since when it is lost, whatever was tried meanwhile; None while it is there."""
    _seconds: deque[tuple[int, int]] = field(default_factory=deque)  # (second, reads in it), of the last minute

    def note_read(self, at: int, verdict: Verdict) -> None:
        """Count a read that was received at ``at`` and judged."""
        self.reads += 1
        self.last_read = at
        self.verdicts[verdict.value] += 1
        second = at // 1_000_000
        if self._seconds and self._seconds[-1][0] >= second:
            self._seconds[-1] = (self._seconds[-1][0], self._seconds[-1][1] + 1)
        else:
            self._seconds.append((second, 1))
            self._forget(second)

    def note_status(self, status: Status) -> None:
        """Count a loss when the device goes, whatever is tried until it is back, and its return."""
        if status.state is State.LOST and self.lost_at is None:
            self.lost_at = status.since
            self.losses[status.reason.value if status.reason else "unknown"] += 1
        elif status.state is State.READY and self.lost_at is not None:
            self.lost_at = None
            self.reconnects += 1

    def note_notice(self, kind: str, text: str) -> None:
        """Remember what the wire said that is no read."""
        self.notices[kind] += 1
        self.last_notice = text or kind
        if kind in UNREAD:
            self.last_unread = self.last_notice

    @property
    def unread(self) -> int:
        """How often something came that is no read and should have been one, or may have been."""
        return sum(self.notices[kind] for kind in UNREAD)

    def per_minute(self, now: int) -> int:
        """Reads of the last minute."""
        self._forget(now // 1_000_000)
        return sum(reads for _, reads in self._seconds)

    def _forget(self, second: int) -> None:
        while self._seconds and self._seconds[0][0] <= second - MINUTE:
            self._seconds.popleft()


class Watches:
    """A `DeviceWatch` for each device name; see `MOST_NAMES`."""

    def __init__(self) -> None:
        self.by_name: dict[str, DeviceWatch] = {}
        self.handling = Durations()
        """Seconds from the receipt of a read that is no tag to its verdict, when what it caused is durable."""
        self.sweeps_started = self.sweeps_settled = 0

    def of(self, name: str) -> DeviceWatch:
        """The watch of a device, made when it is new."""
        watch = self.by_name.get(name)
        if watch is None:
            name = name if len(self.by_name) < MOST_NAMES else OTHERS
            watch = self.by_name.setdefault(name, DeviceWatch())
        return watch

    def follow(self, device: Device) -> DeviceWatch:
        """Count what ``device`` says of itself from now on."""
        watch = self.of(device.name)
        device.on_status(watch.note_status)
        device.on_notice(lambda notice: watch.note_notice(notice.kind, notice.text))
        return watch


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLife:
    """One device as supervisors see it; ``since``, ``last_read`` in microseconds, ``url`` without secrets.

    ``errors`` counts how often the device was lost and how many of its reads could not be used; ``unread`` what came
    and could not be understood, ``last_unread`` says what that was.
    """

    name: str
    url: str
    state: str
    since: int
    reads: int
    per_minute: int
    last_read: int | None
    errors: int
    losses: int
    reconnects: int
    reason: str
    message: str
    remedy: str
    notice: str
    unread: int
    last_unread: str


def lives(
    devices: Mapping[str, Device], watches: Watches, silent: Mapping[str, Silence], clock: Callable[[], int]
) -> list[DeviceLife]:
    """Every device of the station, in the order of its configuration; ``silent`` are those that only seem to read."""
    now = clock()
    found = [_life(device, watches.of(device.name), now) for device in devices.values()]
    return [_silenced(life, silent[life.name]) if life.name in silent else life for life in found]


def _silenced(life: DeviceLife, silence: Silence) -> DeviceLife:
    return replace(life, state=SILENT, since=silence.since, message=silence.message, remedy=silence.remedy)


def _life(device: Device, watch: DeviceWatch, now: int) -> DeviceLife:
    status, losses = device.status, watch.losses.total()
    return DeviceLife(
        name=device.name,
        url=masked(device.url),
        state=status.state.value,
        since=status.since if watch.lost_at is None else watch.lost_at,
        reads=watch.reads,
        per_minute=watch.per_minute(now),
        last_read=watch.last_read,
        errors=losses + watch.verdicts[Verdict.ERROR.value],
        losses=losses,
        reconnects=watch.reconnects,
        reason=status.reason.value if status.reason else "",
        message=status.message,
        remedy=status.remedy,
        notice=watch.last_notice,
        unread=watch.unread,
        last_unread=watch.last_unread,
    )
