import asyncio
import random
import shutil
import socket
import time
from contextlib import asynccontextmanager

import pytest

from drivers.camera import camera_device
from drivers.device import State
from drivers.errors import Reason
from drivers.simulators.base import Delivery
from drivers.simulators.frames import camera_simulator, write_folder, write_video

LABELS = [Delivery(b"BIN-%02d" % n, "]C0") for n in range(3)] + [Delivery(b"4006381333931", "]E0")]


def now():
    return time.time_ns() // 1000


class Watch:
    """A device that is being read, what it delivered and how it fared."""

    def __init__(self, url, **keywords):
        self.device = camera_device(url, name="cam", clock=now, rng=random.Random(1), **keywords)
        self.reads, self.states = [], []
        self.device.on_status(self.states.append)
        self.task = asyncio.create_task(self._collect())

    async def _collect(self):
        async for read in self.device.reads():
            self.reads.append(read)

    @property
    def payloads(self):
        return [read.payload for read in self.reads]

    async def until(self, condition, timeout=20):
        async with asyncio.timeout(timeout):
            while not condition(self):
                await asyncio.sleep(0.01)

    async def ready(self):
        await self.until(lambda w: w.device.status.state is State.READY)


@asynccontextmanager
async def watching(url, **keywords):
    watch = Watch(url, **keywords)
    try:
        yield watch
    finally:
        await watch.device.close()
        async with asyncio.timeout(10):
            await watch.task


@pytest.fixture
async def simulator(tmp_path):
    simulator = camera_simulator(random.Random(7), tmp_path)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.mark.parametrize("name", ["none", "none.mp4", "none.png", "text.mp4"])
async def test_a_file_that_cannot_be_read_is_told_and_not_tried_again(tmp_path, name):
    (tmp_path / "text.mp4").write_text("no video")
    device = camera_device(f"camera://{tmp_path}/{name}", name="cam", clock=now, rng=random.Random(1))
    async with asyncio.timeout(30):
        assert [read async for read in device.reads()] == []
    assert device.status.state is State.LOST
    assert device.status.reason is (Reason.PROTOCOL if name == "text.mp4" else Reason.NOT_FOUND)
    assert name in device.status.message and device.status.remedy
    await device.close()


async def test_a_watched_folder_may_come_later(tmp_path):
    async with watching(f"camera://{tmp_path}/later?watch=1") as watch:
        await watch.until(lambda w: w.device.status.state is State.LOST)
        assert watch.device.status.reason is Reason.NOT_FOUND
        write_folder(tmp_path / "later", LABELS[:1], random.Random(5))
        await watch.until(lambda w: w.payloads == [LABELS[0].payload])


async def test_labels_shown_to_a_live_camera_come_once_in_order(simulator):
    async with watching(simulator.url) as watch:
        for delivery in LABELS:
            await simulator.deliver(delivery)
        await watch.until(lambda w: len(w.reads) == len(LABELS))
        assert watch.payloads == [delivery.payload for delivery in LABELS]
        assert [read.aim for read in watch.reads] == [delivery.aim for delivery in LABELS]
        assert all(read.device == "cam" and len(read.region) == 4 for read in watch.reads)


async def test_the_same_label_shown_again_later_is_read_again(simulator):
    async with watching(simulator.url) as watch:
        await simulator.deliver(LABELS[0])
        await simulator.deliver(LABELS[0])
        await watch.until(lambda w: len(w.reads) == 2)


async def test_a_camera_that_breaks_off_and_returns_goes_on_by_itself(simulator):
    async with watching(simulator.url) as watch:
        await simulator.deliver(LABELS[0])
        await simulator.break_off(LABELS[1])
        await watch.until(lambda w: w.device.status.state is State.LOST)
        lost = watch.device.status
        assert lost.reason in (Reason.UNPLUGGED, Reason.REFUSED)
        assert lost.remedy
        await simulator.plug()
        await watch.ready()
        await simulator.garbage(random.Random(3).randbytes(100_000))
        await simulator.deliver(LABELS[2])
        await watch.until(lambda w: len(w.reads) == 2)
        assert watch.payloads == [LABELS[0].payload, LABELS[2].payload]


async def test_a_busy_host_loses_no_label_that_passed_by(simulator):
    """The device goes on looking while the host holds a read."""
    device = camera_device(simulator.url, name="cam", clock=now, rng=random.Random(1))
    reads = device.reads()
    first = asyncio.create_task(anext(reads))
    try:
        async with asyncio.timeout(120):
            await held_until_looked_at(simulator, device, LABELS[0])
            got = [await first]
            for delivery in LABELS[1:]:
                await held_until_looked_at(simulator, device, delivery)
            await device.close()  # what was read is still there; nothing is looked at any more
            got += [read async for read in reads]
    finally:
        await device.close()
    assert [read.payload for read in got] == [delivery.payload for delivery in LABELS]


async def held_until_looked_at(simulator, device, delivery):
    """Show a label for so many frames that were looked at, however few of those sent that are on a busy machine."""
    async with simulator.held(delivery):
        enough = device.frames_seen + 12
        while device.frames_seen < enough:
            await asyncio.sleep(0.01)


async def test_nobody_at_the_address_is_told_with_a_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with watching(f"camera://http://127.0.0.1:{taken.getsockname()[1]}/stream") as watch:
            await watch.until(lambda w: w.device.status.state is State.LOST)
            assert watch.device.status.reason is Reason.REFUSED
            assert watch.device.status.remedy


async def test_a_camera_that_is_not_there_is_told_with_a_remedy():
    async with watching("camera://97") as watch:
        await watch.until(lambda w: w.device.status.state is State.LOST)
        assert watch.device.status.reason is Reason.NOT_FOUND
        assert "/dev/video97" in watch.device.status.message


async def test_a_folder_of_pictures_is_read_in_name_order_each_its_own_view(tmp_path):
    write_folder(tmp_path / "photos", [*LABELS, LABELS[0]], random.Random(2))
    async with watching(f"camera://{tmp_path}/photos") as watch:
        await asyncio.wait_for(watch.task, 30)
        assert watch.payloads == [delivery.payload for delivery in (*LABELS, LABELS[0])]
        assert watch.device.status.state is State.CLOSED
        assert "5 frames" in watch.device.status.message


async def test_a_picture_that_cannot_be_read_is_left_out_and_told(tmp_path):
    write_folder(tmp_path, LABELS, random.Random(2))
    (tmp_path / "00001.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "notes.txt").write_text("no picture")
    async with watching(f"camera://{tmp_path}") as watch:
        await asyncio.wait_for(watch.task, 30)
        assert watch.payloads == [LABELS[0].payload, LABELS[2].payload, LABELS[3].payload]
        (told,) = [status for status in watch.states if status.reason is Reason.PROTOCOL]
        assert "00001.png" in told.message


async def test_a_watched_folder_gives_what_comes_later_even_if_it_comes_slowly(tmp_path):
    folder, outside = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    write_folder(outside, LABELS, random.Random(2))
    async with watching(f"camera://{folder}?watch=1") as watch:
        await watch.ready()
        shutil.copy(outside / "00000.png", folder / "a.png")
        await watch.until(lambda w: len(w.reads) == 1)
        data = (outside / "00001.png").read_bytes()
        with (folder / "b.png").open("wb") as file:
            for start in range(0, len(data), 40_000):
                file.write(data[start : start + 40_000])
                file.flush()
                await asyncio.sleep(0.03)
        await watch.until(lambda w: len(w.reads) == 2)
        shutil.copy(outside / "00003.png", folder / "b.png")
        await watch.until(lambda w: len(w.reads) == 3)
        assert watch.payloads == [LABELS[0].payload, LABELS[1].payload, LABELS[3].payload]


async def test_every_frame_of_a_video_is_read_and_each_label_counts_once(tmp_path):
    video = tmp_path / "walk.mp4"
    scenes = [[LABELS[0]], [], [LABELS[1], LABELS[1]], [], [LABELS[3]]]
    write_video(video, scenes, random.Random(2), frames=6)
    async with watching(f"camera://{video}") as watch:
        await asyncio.wait_for(watch.task, 60)
        assert watch.payloads == [LABELS[0].payload, LABELS[1].payload, LABELS[1].payload, LABELS[3].payload]
        assert watch.device.frames_seen == 30


async def test_a_file_that_is_no_video_is_told(tmp_path):
    (tmp_path / "walk.mp4").write_bytes(random.Random(1).randbytes(10_000))
    async with watching(f"camera://{tmp_path}/walk.mp4") as watch:
        await watch.until(lambda w: w.device.status.state is State.LOST)
        assert watch.device.status.reason is Reason.PROTOCOL


async def test_it_can_be_closed_while_it_connects():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        watch = Watch(f"camera://http://127.0.0.1:{mute.getsockname()[1]}/stream")
        await watch.until(lambda w: w.device.status.state is State.CONNECTING)
        await watch.device.close()
        await asyncio.wait_for(watch.task, 10)
    assert watch.device.status.state is State.CLOSED


async def test_a_camera_that_answers_nothing_is_told():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        async with watching(f"camera://http://127.0.0.1:{mute.getsockname()[1]}/stream") as watch:
            await watch.until(lambda w: w.device.status.state is State.LOST)
            assert watch.device.status.reason is Reason.TIMEOUT
