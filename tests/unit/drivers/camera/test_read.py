import random
import subprocess
import sys

import pytest

from drivers.camera import read_frame
from drivers.camera.found import Found
from drivers.camera.judge import has_gs1_check_digit, look_alike, trusted
from drivers.simulators.rendering import compose, draw_label

QUAD = ((0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0))


def found(text, symbology="EAN-13", aim="]E0", quad=QUAD):
    return Found(text, text.encode(), aim, symbology, quad)


@pytest.mark.parametrize(
    ("payload", "aim", "symbology"),
    [
        (b"4006381333931", "]E0", "EAN-13"),
        (b"0036000291452", "]E0", "EAN-13"),
        (b"96385074", "]E4", "EAN-8"),
        (b"010400638133393110AB12\x1d21X77", "]C1", "GS1-128"),
        (b"BIN-A-01-02", "]C0", "Code 128"),
        (b"PART 12", "]A0", "Code 39"),
        (b"30712345000010", "]I1", "ITF"),
        (b"A80125178B", "]F0", "Codabar"),
        (b"https://example.com/01/04006381333931", "]Q1", "QR"),
        (b"TOTE 7", "]d1", "DataMatrix"),
    ],
)
def test_payload_aim_identifier_and_place_of_every_symbology(payload, aim, symbology):
    frame = compose([draw_label(payload, aim)], (960, 540), random.Random(4))
    (one,) = read_frame(frame)
    assert (one.payload, one.aim, one.symbology) == (payload, aim, symbology)
    assert all(0 <= x <= 960 and 0 <= y <= 540 for x, y in one.quad)


def test_several_labels_of_one_frame():
    payloads = [b"4006381333931", b"BIN-A-01-02", b"96385074"]
    frame = compose([draw_label(payload) for payload in payloads], (1280, 540), random.Random(4))
    assert sorted(one.payload for one in read_frame(frame)) == sorted(payloads)


def test_what_the_host_finds_implausible_is_not_delivered():
    frame = compose([draw_label(b"4006381333931"), draw_label(b"BIN-A-01-02")], (960, 540), random.Random(4))
    seen = []

    def plausible(text, symbology):
        seen.append((text, symbology))
        return text.startswith("BIN")

    assert [one.text for one in read_frame(frame, plausible=plausible)] == ["BIN-A-01-02"]
    assert ("4006381333931", "EAN-13") in seen


def test_a_wrong_check_digit_is_dropped():
    assert trusted([found("4006381333932")]) == []
    assert trusted([found("30712345000011", "ITF", "]I1")]) == []
    assert trusted([found("96385075", "EAN-8", "]E4")]) == []


def test_the_weaker_of_two_look_alikes_is_dropped():
    right, wrong = found("5030159003930"), found("7034759003930")
    assert look_alike(right, wrong)
    assert trusted([right, wrong]) == [right]


def test_a_short_itf_and_a_part_of_a_longer_one_are_dropped():
    whole = found("30712345000010", "ITF", "]I1")
    line = ((0.0, 10.0), (100.0, 10.0), (100.0, 12.0), (0.0, 12.0))
    assert trusted([found("1234", "ITF", "]I0", line)]) == []
    assert trusted([whole, found("123450", "ITF", "]I0")]) == [whole]


def test_two_readings_of_one_place_are_one_and_of_two_places_two():
    elsewhere = tuple((x + 400, y) for x, y in QUAD)
    assert len(trusted([found("4006381333931"), found("4006381333931")])) == 1
    assert len(trusted([found("4006381333931"), found("4006381333931", quad=elsewhere)])) == 2


@pytest.mark.parametrize("digits", ["4006381333931", "96385074", "012345678905", "30712345000010", "00000000000000"])
def test_check_digits(digits):
    assert has_gs1_check_digit(digits)
    for place in range(len(digits)):
        for digit in "0123456789":
            if digit != digits[place]:
                assert not has_gs1_check_digit(digits[:place] + digit + digits[place + 1 :])


def test_importing_the_camera_loads_neither_opencv_nor_a_decoder():
    program = "import sys, drivers.camera; print({'cv2', 'zxingcpp', 'numpy', 'pyzbar'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
