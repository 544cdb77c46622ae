"""A film of labels passing a camera: each physical label is one read, whatever blur, glare and tilt do to frames."""

import asyncio
import random
import time
from collections import Counter

import cv2
import numpy as np
import pytest

from drivers.camera import camera_device
from drivers.simulators.rendering import draw_label

SIZE, FPS, AWAY = (1280, 720), 25, 1.0
STEP = 14.0
"""Pixels by which the belt moves from frame to frame."""

PITCH = 700.0


def belt(count, rng):
    """Return (place on the belt, text) of ``count`` labels: every fifth has its equal beside it, every seventh comes
    back after it was out of view for longer than ``AWAY``."""
    labels, place, returning = [], 0.0, []
    while len(labels) < count:
        number = len(labels)
        if returning and place >= returning[0][0]:
            text = returning.pop(0)[1]
        else:
            text = f"BIN-{number:04}" if number % 2 else ean(rng)
            if number % 7 == 3:
                returning.append((place + SIZE[0] + 900 + STEP * FPS * AWAY * 1.5, text))
        labels.append((place, text))
        if number % 5 == 2 and len(labels) < count:
            labels.append((place + 570.0, text))
            place += 570.0
        place += PITCH
    return labels


def ean(rng):
    stem = f"9521{rng.randrange(10**8):08}"
    odd, even = sum(map(int, stem[::2])), sum(map(int, stem[1::2]))
    return f"{stem}{-(odd + 3 * even) % 10}"


def film(path, labels, rng):
    """Write the film: the camera looks down at the belt from a slant, motion smears it, a lamp shines on it."""
    noise = np.random.default_rng(rng.getrandbits(32))
    drawn = {
        text: cv2.resize(draw_label(text.encode()), (540, 180), interpolation=cv2.INTER_AREA) for _, text in labels
    }
    width, height = SIZE
    slant = cv2.getPerspectiveTransform(
        np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32),
        np.array([(40, 12), (width - 25, 0), (width, height), (0, height - 15)], np.float32),
    )
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    lamp = 70 * np.exp(-((x - 500) ** 2 + (y - 300) ** 2) / (2 * 150.0**2))
    grain = [noise.normal(0, 4, (height, width)).astype(np.float32) for _ in range(4)]
    smear = np.full((1, 3), 1 / 3, np.float32)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE, isColor=False)
    assert writer.isOpened()
    frames = int((labels[-1][0] + width + 500) / STEP)
    for n in range(frames):
        frame = np.full((height, width), 110, np.uint8)
        for place, text in labels:
            left = round(width + place - n * STEP)
            if -540 < left < width:
                part = drawn[text][:, max(0, -left) : min(540, width - left)]
                frame[280:460, max(0, left) : max(0, left) + part.shape[1]] = part
        seen = cv2.warpPerspective(cv2.filter2D(frame, -1, smear), slant, SIZE, borderValue=110)
        seen = 25 + 0.75 * seen.astype(np.float32) + lamp + grain[n % 4]
        writer.write(np.clip(seen, 0, 255).astype(np.uint8))
    writer.release()


@pytest.mark.timeout(3000)
async def test_every_label_of_a_film_counts_exactly_once(tmp_path, full):
    rng = random.Random(20)
    labels = belt(200 if full else 12, rng)
    film(tmp_path / "belt.mp4", labels, rng)
    url = f"camera://{tmp_path}/belt.mp4?away={AWAY}"
    device = camera_device(url, name="cam", clock=lambda: time.time_ns() // 1000, rng=rng)
    async with asyncio.timeout(2900):
        reads = [read async for read in device.reads()]
    assert Counter(read.payload.decode() for read in reads) == Counter(text for _, text in labels)
    assert all(read.region is not None and len(read.region) == 4 for read in reads)
