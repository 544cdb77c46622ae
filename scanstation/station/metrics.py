"""The figures of a running station for Prometheus (docs/metrics.md).

Names follow its conventions: base units, ``_total`` for what only rises.  No label holds a payload: labels are device
names, states, verdicts, reasons and kinds.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from drivers.camera.read import pictures_lost
from drivers.device import Device, State
from scanstation import __version__
from scanstation.counting.whereabouts import Whereabouts
from scanstation.station.service import Station
from scanstation.station.watching import BOUNDS, DeviceWatch, Durations


class Effort(Protocol):
    """What a camera looked at, and what it gave up for lack of time; each only rises while its stream lasts."""

    frames: int
    regions: int
    given_up: int


@runtime_checkable
class HasEffort(Protocol):
    """A device that looks at frames within a time budget."""

    @property
    def spent(self) -> Effort:
        """Its counters."""


class StationMetrics(Collector):
    """Collects the figures of one station whenever they are asked for; it adds itself to ``registry``.

    The journal's commits are counted from now on.
    """

    def __init__(self, station: Station, registry: CollectorRegistry) -> None:
        self._station = station
        self._commits = Durations()
        self._stored = 0
        station.journal.on_commit = self._committed
        registry.register(self)

    def _committed(self, events: int, seconds: float) -> None:
        self._commits.add(seconds)
        self._stored += events

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the names do not depend on the moment."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The figures now."""
        station = self._station
        yield InfoMetricFamily(
            "scanstation", "The station.", value={"station": station.settings.station, "version": __version__}
        )
        yield _gauge(
            "scanstation_counting", "1 while counts are taken, 0 when counting has stopped.", not station.alarm
        )
        yield from self._journal()
        watches = station.watches
        yield _histogram(
            "scanstation_read_handling_seconds",
            "From the receipt of a read that is no tag to its verdict, durable.",
            watches.handling,
        )
        yield _counter("scanstation_rfid_sweeps_started", "RFID sweeps begun.", watches.sweeps_started)
        yield _counter("scanstation_rfid_sweeps_settled", "RFID sweeps counted.", watches.sweeps_settled)
        tags = len(station.sweep) if station.sweep else 0
        yield _gauge("scanstation_rfid_open_sweep_tags", "Different tags of the open sweep, strays included.", tags)
        yield from _fixed(station.fixed.where)
        yield _silent(station)
        yield from _reads(watches.by_name)
        yield from _states(station.devices)
        yield _captures(station.devices)
        yield from _cameras(station.devices)

    def _journal(self) -> Iterator[Metric]:
        journal = self._station.journal
        yield _histogram("scanstation_journal_commit_seconds", "Commits to the journal, with the fsync.", self._commits)
        yield _counter("scanstation_journal_events", "Events made durable since the start.", self._stored)
        yield _gauge("scanstation_journal_queue_events", "Events that wait for their commit.", journal.waiting)
        yield _gauge("scanstation_journal_head_sequence", "Number of the last durable event.", journal.head[0])


def _fixed(where: Whereabouts) -> Iterator[Metric]:
    yield _gauge("scanstation_rfid_present_tags", "Tags that are at fixed antennas.", len(where.all()))
    rejected = CounterMetricFamily(
        "scanstation_rfid_rejected_tags", "Tags before fixed antennas that never came.", labels=["reason"]
    )
    rejected.add_metric(["ghost"], where.ghosts)
    rejected.add_metric(["stray"], where.strays)
    yield rejected


def _silent(station: Station) -> Metric:
    family = GaugeMetricFamily(
        "scanstation_rfid_silent_reader", "1 where nothing says that a connected reader reads.", labels=["device"]
    )
    for name in station.fixed.readers:
        family.add_metric([name], float(name in station.silent))
    return family


def _reads(watches: dict[str, DeviceWatch]) -> Iterator[Metric]:
    named = sorted(watches.items())
    reads = CounterMetricFamily("scanstation_device_reads", "Reads that a device delivered.", labels=["device"])
    last = GaugeMetricFamily(
        "scanstation_device_last_read_timestamp_seconds", "When a device delivered last.", labels=["device"]
    )
    back = CounterMetricFamily("scanstation_device_reconnects", "How often a device came back.", labels=["device"])
    for name, watch in named:
        reads.add_metric([name], watch.reads)
        back.add_metric([name], watch.reconnects)
        if watch.last_read is not None:
            last.add_metric([name], watch.last_read / 1e6)
    yield from (reads, last, back)
    yield _counted("scanstation_verdicts", "How reads were judged.", "verdict", ((n, w.verdicts) for n, w in named))
    yield _counted(
        "scanstation_device_losses", "How often a device was lost.", "reason", ((n, w.losses) for n, w in named)
    )
    yield _counted(
        "scanstation_device_notices", "What a wire said that is no read.", "kind", ((n, w.notices) for n, w in named)
    )


def _counted(name: str, text: str, label: str, counts: Iterable[tuple[str, Counter[str]]]) -> Metric:
    family = CounterMetricFamily(name, text, labels=["device", label])
    for device, counter in counts:
        for key in sorted(counter):
            family.add_metric([device, key], counter[key])
    return family


def _states(devices: Mapping[str, Device]) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "scanstation_device_state", "1 for the state that a device is in.", labels=["device", "state"]
    )
    for name, device in devices.items():
        for state in State:
            family.add_metric([name, state.value], float(device.status.state is state))
    yield family


def _captures(devices: Mapping[str, Device]) -> Metric:
    family = CounterMetricFamily(
        "scanstation_capture_lines_dropped", "Lines of a capture that were lost.", labels=["device"]
    )
    for name, device in devices.items():
        family.add_metric([name], device.capture_dropped)
    return family


def _cameras(devices: Mapping[str, Device]) -> Iterator[Metric]:
    frames = CounterMetricFamily("scanstation_camera_frames", "Frames looked at.", labels=["device"])
    regions = CounterMetricFamily("scanstation_camera_regions", "Regions that looked like a code.", labels=["device"])
    given_up = CounterMetricFamily(
        "scanstation_camera_regions_given_up", "Regions left unread: the time for a frame ran out.", labels=["device"]
    )
    for name, device in devices.items():
        if isinstance(device, HasEffort):
            frames.add_metric([name], device.spent.frames)
            regions.add_metric([name], device.spent.regions)
            given_up.add_metric([name], device.spent.given_up)
    yield from (frames, regions, given_up)
    yield _counter(
        "scanstation_camera_zbar_lost", "Pictures on which zbar died or took too long.", float(pictures_lost())
    )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=float(value))


def _histogram(name: str, text: str, durations: Durations) -> Metric:
    counts, total, below = list(durations.counts), durations.total, 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), counts, strict=True):
        below += count
        buckets.append((bound, below))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=total)
