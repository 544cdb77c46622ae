"""Pictures made to harm, in a folder, in a stream and for the page: each is told or holds nothing; the next is read."""

import asyncio
import io
import random
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.camera import PushedCamera, camera_device
from drivers.errors import DriverError, Reason
from drivers.simulators.base import Delivery
from drivers.simulators.frames import camera_simulator
from drivers.simulators.rendering import compose, draw_label

FIRST, LAST = b"4006381333931", b"BIN-A-01-02"


def now():
    return time.time_ns() // 1000


def picture(payload, suffix=".png"):
    frame = compose([draw_label(payload)], (640, 480), random.Random(1))
    return bytes(cv2.imencode(suffix, frame)[1])


def animated(kind):
    frames = [Image.fromarray(np.full((480, 640), 40 * n, np.uint8)) for n in range(5)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], duration=40)
    return stream.getvalue()


def png(width, height, pixels=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def jpeg_of(width, height):
    """A whole JPEG whose header then says another size."""
    data = bytearray(picture(FIRST, ".jpg"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def grey(pixels):
    return bytes(cv2.imencode(".png", pixels)[1])


REFUSED = {
    "empty": b"",
    "random": random.Random(4).randbytes(60_000),
    "cut off": picture(FIRST)[:-500],
    "cut jpeg": picture(FIRST, ".jpg")[:9000],
    "huge png": png(30_000, 30_000, bytes(1_000_000)),
    "huge jpeg": jpeg_of(30_000, 30_000),
    "no pixels": png(0, 0),
    "noise as jpeg": b"\xff\xd8" + random.Random(5).randbytes(9_000),
}
HARMLESS = {
    "animated gif": animated("GIF"),
    "animated webp": animated("WEBP"),
    "animated png": animated("PNG"),
    "one pixel": grey(np.zeros((1, 1), np.uint8)),
    "one row": grey(np.zeros((1, 4000), np.uint8)),
    "chequered": grey((np.indices((600, 800)).sum(0) % 2 * 255).astype(np.uint8)),
    "bars": grey(np.tile(np.random.default_rng(2).integers(0, 2, 800, np.uint8) * 255, (600, 1))),
}


def test_each_of_them_is_what_its_name_says():
    assert Image.open(io.BytesIO(HARMLESS["animated gif"])).n_frames == 5
    assert Image.open(io.BytesIO(HARMLESS["animated webp"])).n_frames == 5
    assert Image.open(io.BytesIO(HARMLESS["animated png"])).n_frames == 5


async def test_a_folder_of_them_between_two_labels(tmp_path):
    between = {**REFUSED, **HARMLESS}
    (tmp_path / "00.png").write_bytes(picture(FIRST))
    for number, data in enumerate(between.values()):
        (tmp_path / f"{number + 1:02}.png").write_bytes(data)
    (tmp_path / "99.png").write_bytes(picture(LAST))
    device = camera_device(f"camera://{tmp_path}", name="cam", clock=now, rng=random.Random(1))
    told = []
    device.on_status(lambda status: told.append(status) if status.reason is Reason.PROTOCOL else None)
    async with asyncio.timeout(120):
        reads = [read.payload async for read in device.reads()]
    assert reads == [FIRST, LAST]
    refused = [number for number, name in enumerate(between, 1) if name in REFUSED]
    assert [status.message.count(f"/{number:02}.png") for status, number in zip(told, refused, strict=True)] == [1] * 8
    assert all(status.remedy for status in told)


async def test_a_stream_of_them_goes_on(tmp_path):
    simulator = camera_simulator(random.Random(7), tmp_path)
    await simulator.start()
    device = camera_device(simulator.url, name="cam", clock=now, rng=random.Random(1))
    reads = device.reads()
    first = asyncio.create_task(anext(reads))
    try:
        async with asyncio.timeout(120):
            await simulator.deliver(Delivery(FIRST, "]E0"))
            assert (await first).payload == FIRST
            for data in (*REFUSED.values(), *HARMLESS.values()):
                await simulator.hostile(data)
            last = asyncio.create_task(anext(reads))
            await simulator.deliver(Delivery(LAST, "]C0"))
            assert (await last).payload == LAST
    finally:
        await device.close()
        await simulator.stop()
        assert [read async for read in reads] == []


@pytest.mark.parametrize("name", REFUSED)
async def test_brought_by_a_page_it_is_refused_in_words_and_the_next_one_is_read(name):
    camera = PushedCamera(name="page", clock=now, confirm=1)
    with pytest.raises(DriverError) as caught:
        await camera.look(REFUSED[name])
    assert caught.value.reason is Reason.PROTOCOL
    assert caught.value.remedy
    assert [read.payload for read in await camera.look(picture(LAST, ".jpg"))] == [LAST]
    await camera.close()
