"""A picture of a shelf: every label once, at its place."""

import random
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera import read_frame
from drivers.camera.judge import has_gs1_check_digit
from drivers.camera.profiles import same_bars
from drivers.simulators.rendering import Sight, compose, draw_label

ROWS, COLUMNS, ROW = 6, 6, (3600, 400)


def number(rng):
    """A random EAN-13."""
    stem = f"9521{rng.randrange(10**8):08}"
    return next(stem + str(check) for check in range(10) if has_gs1_check_digit(stem + str(check)))


def shelf(seed, sight):
    """Return a picture of 36 labels of two symbologies and its truth; the last two of each row are equal."""
    rng = random.Random(seed)
    truth = [[number(rng) if c % 2 else f"BIN-{r:02}-{c:02}" for c in range(COLUMNS)] for r in range(ROWS)]
    for row in truth:
        row[-1] = row[-2] = number(rng)
    rows = [compose([draw_label(text.encode()) for text in row], ROW, rng, sight) for row in truth]
    return np.vstack(rows), truth


@pytest.mark.parametrize("sight", [Sight(), Sight(tilt=0.04, blur=1.2, noise=6)], ids=["fair", "blurred"])
def test_every_label_of_a_shelf_is_read_once_and_at_its_place(sight, full, monkeypatch):
    monkeypatch.setattr("drivers.camera.read.STILL_BUDGET", 300.0)  # on a busy machine too
    for seed in range(5 if full else 1):
        picture, truth = shelf(seed, sight)
        found = read_frame(picture, every=True)
        assert Counter(one.text for one in found) == Counter(text for row in truth for text in row)
        for one in found:
            x, y = (sum(corner) / 4 for corner in zip(*one.quad, strict=True))
            assert truth[int(y * ROWS / picture.shape[0])][int(x * COLUMNS / picture.shape[1])] == one.text


def test_bars_run_on_within_a_label_and_not_between_two():
    label = draw_label(b"BIN-A-01-02")
    height, width = label.shape
    two = np.vstack([label, label])
    line = lambda y: ((60.0, y), (width - 60.0, y))  # noqa: E731
    assert same_bars(two, line(30.0), line(height - 30.0))
    assert not same_bars(two, line(height / 2), line(1.5 * height))
    assert not same_bars(np.full_like(two, 200), line(30.0), line(60.0))


@pytest.mark.parametrize("name", ["upce_33762f34acfb.webp", "upce_3c8867ba8a52.png"])
def test_a_symbol_that_metal_mirrors_in_part_is_one_label(shared: Path, name: str) -> None:
    """Photographs of a can: the upper half of the label looks inverted, and half-way its bars fade away."""
    frame = cv2.imread(str(shared / "data" / "barcodes" / "images" / name))
    assert [one.text for one in read_frame(frame, every=True)] == ["0049000006582"]
