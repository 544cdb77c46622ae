"""The staged reader on real photographs, and what each stage is for."""

import csv
import random
from dataclasses import replace

import cv2
import numpy as np
import pytest

from drivers.camera import read_frame
from drivers.camera.engines import UPRIGHT_BARS, zxing_read
from drivers.camera.images import load_gray
from drivers.camera.judge import Bench, Opinion
from drivers.camera.locate import locate
from drivers.camera.quads import meet, sides
from drivers.camera.read import Reader
from drivers.camera.rectify import rectify
from drivers.camera.stripes import stripes
from drivers.camera.work import FrameInWork
from drivers.camera.zbar import Zbar
from drivers.simulators.rendering import Sight, compose, draw_label

RETAIL = {"EAN-13", "EAN-8", "UPC-A", "UPC-E"}


def frame_of(*payloads, sight=None, size=(960, 540), seed=4):
    return compose([draw_label(payload) for payload in payloads], size, random.Random(seed), sight)


def test_a_region_of_bars_is_located_and_stood_upright():
    frame = frame_of(b"4006381333931")
    turned = cv2.warpAffine(frame, cv2.getRotationMatrix2D((480, 270), 33, 1), (960, 540), borderValue=120)
    (quad,) = locate(turned)
    crop = rectify(turned, quad)
    (found,) = zxing_read(crop.pixels)
    assert found.text == "4006381333931"
    back = crop.back(found.quad)
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    margin = 0.2 * sides(quad)[0]
    assert all(min(xs) - margin < x < max(xs) + margin and min(ys) - margin < y < max(ys) + margin for x, y in back)


@pytest.mark.parametrize("shape", [(1, 1), (15, 900), (200, 200)])
def test_nothing_is_located_in_nothing(shape):
    assert locate(np.full(shape, 128, np.uint8)) == []
    assert stripes(np.full(shape, 128, np.uint8)) == []


@pytest.mark.parametrize("angle", [0, 33, 90, 151])
def test_stripes_are_found_where_they_are_and_stood_upright(angle):
    frame = frame_of(b"4006381333931")
    place = np.array([zxing_read(frame)[0].quad])
    turn = cv2.getRotationMatrix2D((480, 270), angle, 1)
    turned = cv2.warpAffine(frame, turn, (960, 540), borderValue=120)
    where = cv2.transform(place, turn)[0].tolist()
    quad = next(quad for quad in stripes(turned) if meet(quad, where))
    texts = {one.text for one in zxing_read(rectify(turned, quad).pixels, UPRIGHT_BARS)}
    assert texts == {"4006381333931"}


def test_an_engine_may_give_a_point_for_a_place():
    frame = frame_of(b"4006381333931")
    (right,) = zxing_read(frame)
    point = replace(right, quad=(right.quad[0],) * 4, engine="zbar")
    assert FrameInWork(frame, None).opinion(point) is not Opinion.CONTRADICTS


def test_the_fit_refutes_a_thin_misread_and_confirms_the_number_that_is_there():
    frame = frame_of(b"4006381333931")
    (right,) = zxing_read(frame)
    work = FrameInWork(frame, None)
    wrong = replace(right, text="4006387333973", payload=b"4006387333973")
    assert work.opinion(right) is Opinion.AGREES
    assert work.opinion(wrong) is Opinion.CONTRADICTS
    (ax, ay), (bx, by), *_ = right.quad
    thin = replace(wrong, quad=((ax, ay), (bx, by), (bx, by + 1), (ax, ay + 1)))
    bench = Bench(None, work.opinion)
    bench.hear([thin])
    bench.hear([replace(thin, engine="zbar")])
    assert bench.verdict() == []


def test_a_thin_reading_without_a_fit_needs_a_second_engine():
    (right,) = zxing_read(frame_of(b"4006381333931"))
    (ax, ay), (bx, by), *_ = right.quad
    thin = replace(right, quad=((ax, ay), (bx, by), (bx, by + 1), (ax, ay + 1)))
    bench = Bench()
    bench.hear([thin])
    assert bench.verdict() == []
    bench.hear([replace(thin, stage="again")])
    assert bench.verdict() == []
    bench.hear([replace(thin, engine="zbar")])
    assert [one.text for one in bench.verdict()] == ["4006381333931"]


def test_a_shelf_is_searched_for_every_label():
    """One label is easy, the other so blurred that only the regions' passes read it."""
    easy = frame_of(b"BIN-A-01-02", size=(640, 540))
    hard = frame_of(b"4006381333931", size=(640, 540), sight=Sight(blur=3.6, noise=2.0, glare=0))
    shelf = np.hstack([easy, hard])
    assert [one.text for one in read_frame(shelf)] == ["BIN-A-01-02"]
    assert sorted(one.text for one in read_frame(shelf, every=True)) == ["4006381333931", "BIN-A-01-02"]


def test_a_very_large_picture_is_read_and_its_places_are_those_of_the_picture():
    frame = np.full((6000, 8000), 200, np.uint8)
    label = cv2.resize(draw_label(b"4006381333931"), None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    frame[3000 : 3000 + label.shape[0], 4000 : 4000 + label.shape[1]] = label
    (found,) = read_frame(frame)
    assert found.text == "4006381333931"
    assert all(4000 <= x <= 4000 + label.shape[1] and 3000 <= y <= 3000 + label.shape[0] for x, y in found.quad)


def test_noise_holds_no_label(full):
    rng = np.random.default_rng(5)
    for n in range(60 if full else 10):
        size = (int(rng.integers(20, 400)), int(rng.integers(20, 600)))
        stripes = np.tile(rng.integers(0, 256, size[1], np.uint8), (size[0], 1))
        cells = rng.integers(0, 256, size, np.uint8)
        assert read_frame(stripes if n % 2 else cells, every=True) == []


@pytest.mark.parametrize("second", [True, False])
def test_photographs_are_read_far_better_than_by_one_engine_and_without_misreads(shared, full, second):
    """Every fourth picture in the quick run; without zbar too, which is not everywhere."""
    folder = shared / "data/barcodes"
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:: 1 if full else 4]
    zbar = Zbar() if second else None
    reader = Reader(zbar)
    right = alone = coded = wrong = 0
    for row in rows:
        gray = load_gray(folder / row["file"])
        known = {plain(text, row["symbology"]) for text in (row["expected_text"], *row["also_present"].split("|"))}
        texts = {plain(one.text, one.symbology) for one in reader.read(gray, thorough=True)}
        if row["symbology"] == "none":
            wrong += bool(texts)
        elif row["symbology"] in RETAIL:
            coded += 1
            right += plain(row["expected_text"], row["symbology"]) in texts
            alone += plain(row["expected_text"], row["symbology"]) in {
                plain(one.text, one.symbology) for one in zxing_read(gray)
            }
            wrong += bool(texts - known)
    if zbar:
        zbar.close()
    assert wrong <= (1 if full else 0)
    assert right / coded > 0.84
    assert right - alone > 0.12 * coded


def plain(text, symbology):
    from drivers.camera.retail import expand_upc_e

    digits = text.strip()
    if symbology == "UPC-E" and len(digits) == 8:
        digits = expand_upc_e(digits)
    return digits.zfill(14) if digits.isdigit() else digits
