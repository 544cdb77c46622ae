"""Streams within a budget: where a frame is looked at, how hard, and what was given up."""

import random

import numpy as np
import pytest

from drivers.camera.interest import Memory, boxes_of_interest, merged
from drivers.camera.live import ANEW_EVERY, LiveReader
from drivers.camera.url import parse
from drivers.simulators.rendering import Sight, compose, draw_label

SIZE = (1280, 720)


def frame_of(*payloads, sight=None, seed=4):
    return compose([draw_label(payload) for payload in payloads], SIZE, random.Random(seed), sight)


@pytest.mark.parametrize("noise", [0.0, 4.0, 15.0])
def test_an_empty_bench_holds_nothing_of_interest(noise):
    assert boxes_of_interest(frame_of(sight=Sight(noise=noise))) == []


@pytest.mark.parametrize("sight", [Sight(), Sight(noise=15), Sight(blur=3, noise=2)])
def test_the_box_of_a_label_holds_the_whole_of_it(sight):
    clear = LiveReader(None, 1.0).read(frame_of(b"4006381333931"))[0].quad
    (box,) = boxes_of_interest(frame_of(b"4006381333931", sight=sight))
    assert all(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in clear)


def test_boxes_that_touch_become_one_and_stay_in_the_frame():
    assert merged([(-9, 0, 20, 20), (10, 10, 40, 30), (60, 60, 70, 70)], 400, 100) == [(0, 0, 40, 30), (60, 60, 70, 70)]
    assert merged([(0, 0, 90, 90)], 100, 100) == [(0, 0, 100, 100)]
    assert merged([(500, 0, 600, 90)], 100, 100) == []


def test_what_stands_still_is_left_alone_and_what_changes_is_looked_at():
    memory = Memory()
    empty, label = frame_of(), frame_of(b"4006381333931")
    assert boxes_of_interest(label, memory, all_anew=False)
    assert boxes_of_interest(label, memory, all_anew=False) == []
    assert boxes_of_interest(empty, memory, all_anew=False) == []
    assert boxes_of_interest(label, memory, all_anew=False)
    assert boxes_of_interest(label, memory, all_anew=True)


def test_a_label_is_read_in_every_frame_it_stands_in_and_at_its_place():
    reader = LiveReader(None, 1.0)
    label = frame_of(b"4006381333931", b"BIN-A-01-02")
    reader.read(frame_of())
    seen = [{(one.text, round(one.quad[0][0], -1)) for one in reader.read(label)} for _ in range(2 * ANEW_EVERY)]
    assert all(texts == seen[0] and len(texts) == 2 for texts in seen)


def test_a_label_of_a_tenth_of_the_contrast_still_stands_out():
    faint = (120 + (frame_of(b"4006381333931", sight=Sight(noise=0, glare=0)) - 120.0) / 10).astype(np.uint8)
    assert [one.text for one in LiveReader(None, 1.0).read(faint)] == ["4006381333931"]
    assert len(boxes_of_interest(faint)) == 1


def test_without_time_only_the_fast_passes_run_and_what_was_given_up_is_counted():
    hard = frame_of(b"4006381333931", sight=Sight(blur=3.6, noise=2.0, glare=0))
    patient, hasty = LiveReader(None, 5.0), LiveReader(None, 0.0)
    assert [one.text for one in patient.read(hard)] == ["4006381333931"]
    assert patient.spent.given_up == 0
    assert hasty.read(hard) == []
    assert (hasty.spent.frames, hasty.spent.regions, hasty.spent.given_up) == (1, 1, 1)
    assert [one.text for one in hasty.read(frame_of(b"4006381333931"))] == ["4006381333931"]


def test_the_size_of_the_frames_may_change():
    reader = LiveReader(None, 1.0)
    for shape in ((720, 1280), (1, 1), (480, 640), (63, 4000)):
        assert reader.read(np.full(shape, 90, np.uint8)) == []


def test_the_budget_is_milliseconds_in_the_url():
    assert parse("camera://0?budget=25").budget == 0.025
    assert parse("camera://0").budget is None
