"""What is counted about a device: reads and their rate, losses and returns, and no secret of its URL."""

import random

import pytest

from drivers import Reason, Verdict
from drivers.device import State, Status
from drivers.registry import open_device
from drivers.url import masked
from scanstation.station.watching import BOUNDS, MOST_NAMES, OTHERS, DeviceWatch, Durations, Watches, lives

SECOND = 1_000_000


def test_the_rate_is_that_of_the_last_minute() -> None:
    watch = DeviceWatch()
    for second in (0, 0, 10, 59):
        watch.note_read(second * SECOND, Verdict.OK)
    assert watch.per_minute(59 * SECOND) == 4
    assert watch.per_minute(60 * SECOND) == 2
    assert watch.per_minute(118 * SECOND) == 1
    assert watch.per_minute(119 * SECOND) == 0
    assert (watch.reads, watch.last_read, watch.verdicts["ok"]) == (4, 59 * SECOND, 4)


def test_a_read_with_an_older_time_is_counted_all_the_same() -> None:
    watch = DeviceWatch()
    for second in (5, 4, 6):
        watch.note_read(second * SECOND, Verdict.UNKNOWN)
    assert watch.per_minute(6 * SECOND) == 3


def test_one_loss_however_often_it_is_tried_again() -> None:
    watch = DeviceWatch()
    story = [
        (State.CONNECTING, None), (State.READY, None), (State.LOST, Reason.UNPLUGGED), (State.LOST, Reason.NOT_FOUND),
        (State.CONNECTING, None), (State.LOST, Reason.BUSY), (State.READY, None), (State.LOST, Reason.TIMEOUT),
    ]  # fmt: skip
    since = []
    for at, (state, reason) in enumerate(story):
        watch.note_status(Status(state=state, since=at, reason=reason))
        since.append(watch.lost_at)
    assert watch.losses == {"unplugged": 1, "timeout": 1}
    assert watch.reconnects == 1
    assert since == [None, None, 2, 2, 2, 2, None, 7]


def test_names_from_outside_do_not_grow_without_bound() -> None:
    watches = Watches()
    for number in range(MOST_NAMES + 50):
        watches.of(f"device {number}").note_read(0, Verdict.OK)
    assert len(watches.by_name) == MOST_NAMES + 1
    assert watches.by_name[OTHERS].reads == 50


def test_durations_fall_into_their_class() -> None:
    durations = Durations()
    for seconds in (0.0005, 0.001, 0.03, 99.0):
        durations.add(seconds)
    assert sum(durations.counts) == 4
    assert (durations.counts[0], durations.counts[BOUNDS.index(0.05)], durations.counts[-1]) == (2, 1, 1)
    assert durations.total == pytest.approx(99.0315)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("serial:///dev/ttyACM0?protocol=lines", "serial:///dev/ttyACM0?protocol=lines"),
        ("mqtt://ann:s3cr:et@broker/tags?format=impinj", "mqtt://ann:***@broker/tags?format=impinj"),
        ("camera://rtsp://u:p@ss@10.0.0.4/live", "camera://rtsp://u:***@10.0.0.4/live"),
        ("http://h/x?api_key=AB&PASSWORD=x%20y&fps=5", "http://h/x?api_key=***&PASSWORD=***&fps=5"),
        ("llrp://reader?keepalive=2&every=1", "llrp://reader?keepalive=2&every=1"),
        ("'mqtt://a:b@h?token=t': option pin=1 is wrong", "'mqtt://a:***@h?token=***': option pin=*** is wrong"),
    ],
)  # fmt: skip
def test_secrets_of_a_url_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_device_shows_no_secret_wherever_it_speaks() -> None:
    device = open_device(
        "tcp://127.0.0.1:9?protocol=lines", name="gate", clock=lambda: 7 * SECOND, rng=random.Random(1)
    )
    device.url = "tcp://ann:s3cret@127.0.0.1:9"
    watches = Watches()
    watches.follow(device)
    device.set_status(State.LOST, Reason.REFUSED, f"{device.url}: refused", f"look at {device.url}")
    watches.of("gate").note_read(7 * SECOND, Verdict.ERROR)
    [life] = lives({"gate": device}, watches, {}, lambda: 8 * SECOND)
    assert "s3cret" not in repr(life)
    assert (life.state, life.since, life.errors, life.per_minute, life.reason) == ("lost", 7 * SECOND, 2, 1, "refused")
