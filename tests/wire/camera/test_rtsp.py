"""A camera of RTSP, over its wire and FFmpeg: read, killed, hostile, silent; each time it is told and comes back."""

import asyncio
import random
import time
from contextlib import asynccontextmanager

import pytest

from drivers.camera import camera_device
from drivers.device import State
from drivers.simulators.base import Delivery
from drivers.simulators.rtsp import rtsp_simulator

FIRST, LAST = Delivery(b"4006381333931", "]E0"), Delivery(b"BIN-A-01-02", "]C0")
PATIENCE = 60


@pytest.fixture
async def camera(tmp_path):
    camera = rtsp_simulator(random.Random(7), tmp_path)
    await camera.start()
    yield camera
    await camera.stop()


class Watched:
    """The device and what it read."""

    def __init__(self, url):
        clock = lambda: time.time_ns() // 1000  # noqa: E731
        self.device = camera_device(url, name="cam", clock=clock, rng=random.Random(1))
        self.payloads, self.lost = [], []
        self.device.on_status(lambda status: status.state is State.LOST and self.lost.append(status))

    async def collect(self):
        async for read in self.device.reads():
            self.payloads.append(read.payload)

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.02)

    async def state(self, state):
        await self.until(lambda: self.device.status.state is state)

    async def reads(self, camera, delivery):
        async with asyncio.timeout(PATIENCE), camera.held(delivery):
            count = len(self.payloads)
            await self.until(lambda: len(self.payloads) > count)
        assert self.payloads[count:] == [delivery.payload]


@asynccontextmanager
async def watched(camera):
    watch = Watched(camera.url)
    task = asyncio.create_task(watch.collect())
    try:
        yield watch
    finally:
        await watch.device.close()
        await asyncio.wait_for(task, PATIENCE)


async def test_labels_are_read_and_a_camera_that_was_killed_comes_back(camera):
    async with watched(camera) as watch:
        assert camera.url.startswith("camera://rtsp://")
        await watch.reads(camera, FIRST)
        await camera.unplug()
        await watch.state(State.LOST)
        assert watch.lost[0].remedy
        await camera.plug()
        await watch.state(State.READY)
        await watch.reads(camera, LAST)


async def test_a_stream_of_garbage_is_lost_and_recovers(camera):
    async with watched(camera) as watch:
        await watch.reads(camera, FIRST)
        garbage, rng = True, random.Random(3)

        async def throw():
            while garbage:
                await camera.garbage(rng.randbytes(20_000))

        throwing = asyncio.create_task(throw())
        await watch.state(State.LOST)
        garbage = False
        assert watch.lost[0].remedy
        await watch.reads(camera, LAST)
        await asyncio.wait_for(throwing, PATIENCE)
