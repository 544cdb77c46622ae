"""The shared photographs changed at random: what was tuned to the pictures as they are shows here as a misread.

A changed picture may be missed; it must not be misread.  The seed of a picture is its row and the change.
"""

import csv
import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.images import load_gray
from drivers.camera.read import Reader
from drivers.camera.zbar import Zbar

ROOT = Path(__file__).resolve().parents[4]


def blurred(gray, rng):
    return cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.5, 2.0))


def smeared(gray, rng):
    """Moved during the exposure, in any direction."""
    size = int(rng.choice([3, 5, 9]))
    kernel = np.zeros((size, size), np.float32)
    angle, middle = rng.uniform(0, np.pi), (size - 1) / 2
    x, y = middle * np.cos(angle), middle * np.sin(angle)
    start, end = (round(middle - x), round(middle - y)), (round(middle + x), round(middle + y))
    cv2.line(kernel, start, end, 1)
    return cv2.filter2D(gray, -1, kernel / kernel.sum())


def noisy(gray, rng):
    return np.clip(gray + rng.normal(0, rng.uniform(3, 30), gray.shape), 0, 255).astype(np.uint8)


def relit(gray, rng):
    return (255 * (gray / 255.0) ** rng.uniform(0.4, 2.5)).astype(np.uint8)


def pale(gray, rng):
    return noisy((128 + (gray.astype(float) - 128) * rng.uniform(0.2, 0.5)).astype(np.uint8), rng)


def glaring(gray, rng):
    """A lamp mirrored somewhere in the picture."""
    height, width = gray.shape
    x, y = rng.uniform(0.2, 0.8, 2) * [width, height]
    rows, columns = np.mgrid[:height, :width]
    size = rng.uniform(0.05, 0.2) * max(height, width)
    light = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * size**2))
    return np.clip(gray + light, 0, 255).astype(np.uint8)


def turned(gray, rng):
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-180, 180), 1)
    return cv2.warpAffine(gray, turn, (width, height), borderMode=cv2.BORDER_REFLECT)


def tilted(gray, rng):
    height, width = gray.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = (corners + rng.uniform(-0.12, 0.12, (4, 2)) * [width, height]).astype(np.float32)
    warp = cv2.getPerspectiveTransform(corners, moved)
    return cv2.warpPerspective(gray, warp, (width, height), borderMode=cv2.BORDER_REFLECT)


def bent(gray, rng):
    """As on a bottle: narrower towards both sides, or the other way round."""
    height, width = gray.shape
    u = np.linspace(-1, 1, width, dtype=np.float32)
    x = (u + np.float32(rng.uniform(-0.25, 0.25)) * (u**3 - u) + 1) / 2 * (width - 1)
    rows = np.mgrid[:height, :width][0].astype(np.float32)
    return cv2.remap(gray, np.broadcast_to(x, (height, width)).copy(), rows, cv2.INTER_LINEAR)


def resized(gray, rng):
    by = rng.choice([0.5, 0.7, 1.5])
    size = (max(1, round(gray.shape[1] * by)), max(1, round(gray.shape[0] * by)))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC)


def cropped(gray, rng):
    height, width = gray.shape
    top, bottom, left, right = rng.uniform(0, 0.3, 4)
    part = gray[int(top * height) : height - int(bottom * height), int(left * width) : width - int(right * width)]
    return np.ascontiguousarray(part)


def compressed(gray, rng):
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(8, 40))]
    return cv2.imdecode(cv2.imencode(".jpg", gray, quality)[1], cv2.IMREAD_GRAYSCALE)


def at_once(gray, rng):
    return compressed(noisy(tilted(resized(gray, rng), rng), rng), rng)


CHANGES = [blurred, smeared, noisy, relit, pale, glaring, turned, tilted, bent, resized, cropped, compressed, at_once]


@pytest.fixture(scope="module")
def reader():
    zbar = Zbar()
    yield Reader(zbar)
    zbar.close()


@pytest.fixture(scope="module")
def rows(shared):
    with (shared / "data/barcodes/manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def judged():
    """How bench/camera.py compares what was read with what is in the picture."""
    spec = importlib.util.spec_from_file_location("bench_camera", ROOT / "bench" / "camera.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judged


@pytest.mark.timeout(1800)
def test_a_changed_picture_is_not_misread(shared, full, reader, rows, judged):
    """Every fifth picture with one change; at full count each picture with every change."""
    read, pictures, misread = 0, 0, []
    for number, row in enumerate(rows):
        if not full and number % 5:
            continue
        gray = load_gray(shared / "data/barcodes" / row["file"])
        for turn, change in enumerate(CHANGES):
            if not full and turn != number // 5 % len(CHANGES):
                continue
            found = reader.read(change(gray, np.random.default_rng([number, turn])), thorough=True)
            right, wrong = judged(row, [(one.text, one.symbology) for one in found])
            read, pictures = read + right, pictures + 1
            if wrong:
                misread.append((row["file"], change.__name__, row["expected_text"], found))
    assert len(misread) <= pictures // 1000, misread
    assert read > 0.6 * pictures  # else nothing was put to the test


@pytest.mark.timeout(1800)
def test_where_the_code_was_painted_over_or_cut_up_nothing_is_read(shared, full, reader, rows):
    """Bars that are no symbol: the place of each code in even grey, its columns mixed up, and its blocks moved.

    Of some 1,400 such pictures at full count two may be read: where blocks of a retail number change places, what
    stands there can be another number with its right check digit.
    """
    misread = []
    for number, row in enumerate(rows):
        if not full and number % 8:
            continue
        gray = load_gray(shared / "data/barcodes" / row["file"])
        if not (found := reader.read(gray, thorough=True)):
            continue
        known = {one.text for one in found} | {row["expected_text"], *row["also_present"].split("|")}
        for spoil in (painted, mixed, moved):
            spoilt = spoil(gray, found, np.random.default_rng(number))
            misread += [
                (row["file"], spoil.__name__, one)
                for one in reader.read(spoilt, thorough=True)
                if one.text not in known  # bars run on beyond the place of a reading
            ]
    assert len(misread) <= (2 if full else 0), misread


def around(gray, found):
    """The box around all that was found, with the bars above and below a thin reading."""
    places = np.array([place for one in found for place in one.quad])
    left, top = places.min(axis=0)
    right, bottom = places.max(axis=0)
    beside = 0.12 * max(right - left, bottom - top) + 4
    above = max(beside, 0.5 * (right - left) if bottom - top < 0.2 * (right - left) else 0)
    rows = slice(int(max(0, top - above)), int(bottom + above))
    return rows, slice(int(max(0, left - beside)), int(right + beside))


def painted(gray, found, _rng):
    spoilt = gray.copy()
    spoilt[around(gray, found)] = int(np.median(gray))
    return spoilt


def mixed(gray, found, rng):
    spoilt = gray.copy()
    part = spoilt[around(gray, found)]
    columns = np.array_split(part.copy(), 13, axis=1)
    rng.shuffle(columns)
    part[:] = np.hstack(columns)
    return spoilt


def moved(gray, found, rng):
    spoilt = gray.copy()
    part = spoilt[around(gray, found)]
    blocks = np.array_split(part.copy(), 5, axis=1)
    part[:] = np.hstack([np.roll(block, rng.integers(0, len(block)), axis=0) for block in blocks])[:, ::-1]
    return spoilt
