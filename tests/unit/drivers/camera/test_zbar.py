import random
import sys

import numpy as np
import pytest

from drivers.camera.zbar import DEATHS, Zbar
from drivers.simulators.rendering import compose, draw_label


@pytest.fixture
def frame():
    return compose([draw_label(b"4006381333931")], (640, 480), random.Random(1))


@pytest.fixture
def zbar(lacking):
    engine = Zbar()
    if not engine.read(np.full((8, 8), 255, np.uint8)) and engine.missing:
        lacking("libzbar is not installed: apt-get install libzbar0")
    yield engine
    engine.close()


def worker(tmp_path, body):
    path = tmp_path / "worker.py"
    path.write_text(f"import os, sys, time\nprint('ready', flush=True)\nhead = sys.stdin.buffer.read(8)\n{body}\n")
    return Zbar([sys.executable, str(path)])


@pytest.mark.parametrize(
    ("payload", "aim", "symbology"),
    [
        (b"4006381333931", "]E0", "EAN-13"),
        (b"0036000291452", "]E0", "EAN-13"),
        (b"96385074", "]E4", "EAN-8"),
        (b"30712345000010", "]I1", "ITF"),
        (b"PART-12", "]A0", "Code 39"),
    ],
)
def test_it_answers_as_the_first_engine_does(zbar, payload, aim, symbology):
    (one,) = zbar.read(compose([draw_label(payload, aim)], (960, 540), random.Random(3)))
    assert (one.payload, one.aim, one.symbology, one.engine) == (payload, aim, symbology, "zbar")


def test_whether_a_code_128_is_gs1_it_leaves_open(zbar):
    (one,) = zbar.read(compose([draw_label(b"BIN-A-01-02")], (960, 540), random.Random(3)))
    assert (one.payload, one.aim) == (b"BIN-A-01-02", "")


def test_it_answers_many_pictures_one_after_the_other(zbar, frame):
    for _ in range(20):
        assert [one.text for one in zbar.read(frame)] == ["4006381333931"]


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3)])
def test_odd_shapes(zbar, shape):
    assert zbar.read(np.zeros(shape, np.uint8)) == []


def test_a_killed_worker_is_started_again(zbar, frame):
    zbar.read(frame)
    zbar._process.kill()
    zbar._process.wait()
    assert [one.text for one in zbar.read(frame)] == ["4006381333931"]


def test_a_worker_that_loops_is_ended_and_one_line_says_so(tmp_path, frame, monkeypatch, caplog):
    monkeypatch.setattr("drivers.camera.zbar.READ_LIMIT", 0.2)
    engine = worker(tmp_path, "time.sleep(600)")
    assert engine.read(frame) == []
    assert engine._process is None
    assert engine.lost == 1
    (line,) = caplog.messages
    assert "zbar took longer than 0.4 s over a picture of 640 x 480 pixels" in line


def test_a_worker_that_dies_of_every_picture_is_left_alone_in_the_end(tmp_path, frame, caplog):
    log = tmp_path / "log"
    engine = worker(tmp_path, f"open({str(log)!r}, 'a').write('x')\nos.abort()")
    for _ in range(DEATHS + 5):
        assert engine.read(frame) == []
    assert len(log.read_text()) == DEATHS
    assert len(caplog.messages) == engine.lost == DEATHS
    assert "zbar died of a picture of 640 x 480 pixels" in caplog.messages[0]
    assert "left alone" in caplog.messages[-1]


def finders(side):
    """Nothing but finder patterns of QR codes, one pixel a module: zbar tries every three of them."""
    one = np.full((9, 9), 255, np.uint8)
    one[1:8, 1:8], one[2:7, 2:7], one[3:6, 3:6] = 0, 255, 0
    return np.tile(one, (side // 9, side // 9))


def texture(side):
    return np.random.default_rng(1).integers(0, 2, (side, side), np.uint8) * 255


def columns(side):
    return np.tile(np.random.default_rng(2).integers(0, 2, side, np.uint8) * 255, (side, 1))


@pytest.mark.parametrize("make", [texture, columns])
def test_pictures_made_to_hurt_it_cost_themselves_and_no_other(zbar, frame, make):
    assert isinstance(zbar.read(make(2700)), list)
    assert zbar.lost <= 1
    assert [one.text for one in zbar.read(frame)] == ["4006381333931"]


def test_a_picture_that_zbar_hangs_on_is_given_up(zbar, frame, monkeypatch):
    monkeypatch.setattr("drivers.camera.zbar.LIMIT_PER_PIXEL", 0.0)
    assert zbar.read(finders(2700)) == []
    assert zbar.lost == 1
    assert [one.text for one in zbar.read(frame)] == ["4006381333931"]


@pytest.mark.parametrize("answer", ["not json", "{}", "null", "12", '""'])
def test_a_worker_that_talks_nonsense_says_nothing(tmp_path, frame, answer):
    assert worker(tmp_path, f"print({answer!r}, flush=True)\ntime.sleep(1)").read(frame) == []


def test_without_libzbar_the_engine_says_nothing_and_is_not_asked_again(tmp_path, frame):
    path = tmp_path / "worker.py"
    log = tmp_path / "log"
    path.write_text(f"open({str(log)!r}, 'a').write('x')\nraise SystemExit(3)\n")
    engine = Zbar([sys.executable, str(path)])
    for _ in range(3):
        assert engine.read(frame) == []
    assert engine.missing
    assert log.read_text() == "x"
