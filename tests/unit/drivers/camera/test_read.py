import random
import subprocess
import sys

import pytest

from drivers.camera import read_frame
from drivers.camera.found import Found
from drivers.camera.judge import Bench, Opinion, has_gs1_check_digit, trusted
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


def line(y, slope=0.0):
    """The corners of a reading of a single scan line, 100 pixels wide."""
    return (0.0, y), (100.0, y + slope), (100.0, y + slope), (0.0, y)


@pytest.mark.parametrize("wrong", ["7034759003930", "4174234738476"])
def test_one_place_holds_one_linear_symbol_whichever_was_heard_first(wrong):
    right = found("5030159003930")
    thin = found(wrong, quad=line(20.0))
    assert trusted([right, found(wrong)]) == [right]
    for order in ([right, thin], [thin, right]):
        bench = Bench(fitter=lambda _one: Opinion.AGREES)
        bench.hear(order)
        assert bench.verdict() == [right]


def test_strips_of_one_symbol_hold_one_number_and_labels_above_each_other_two():
    right, wrong = found("5030159003930"), found("7034759003930", quad=line(80.0))
    for one_symbol, expected in ((True, [right]), (False, [right, wrong])):
        bench = Bench(fitter=lambda _one: Opinion.AGREES, one_symbol=lambda _one, _other, same=one_symbol: same)
        bench.hear([right, wrong])
        assert bench.verdict() == expected


def test_products_of_one_company_beside_each_other_are_two():
    beside = tuple((x + 150, y) for x, y in QUAD)
    both = [found("5030159003930"), found("5030159003947", quad=beside)]
    assert trusted(both) == both


def test_labels_at_a_slant_do_not_meet_although_their_upright_boxes_do():
    one = ((0.0, 100.0), (100.0, 0.0), (120.0, 20.0), (20.0, 120.0))
    other = tuple((x + 60, y + 60) for x, y in one)
    both = [found("5030159003930", quad=one), found("4006381333931", quad=other)]
    assert trusted(both) == both
    assert len(trusted([both[0], found("5030159003930", quad=other)])) == 2


def test_a_number_of_many_scan_lines_is_refuted_by_the_fit_on_a_still_alone():
    for doubting, expected in ((True, []), (False, ["5030159003930"])):
        bench = Bench(fitter=lambda _one: Opinion.CONTRADICTS, doubting=doubting)
        bench.hear([found("5030159003930")])
        assert [one.text for one in bench.verdict()] == expected


def test_upc_e_of_number_system_1_is_the_left_half_of_an_ean_13():
    assert trusted([found("0178050000049", "UPC-E")]) == []
    assert trusted([found("0049000006582", "UPC-E")]) != []


@pytest.mark.parametrize("symbology", ["ITF", "Codabar", "Code 39"])
def test_without_a_check_many_scan_lines_or_two_engines_are_needed(symbology):
    def heard(*readings):
        bench = Bench()
        bench.hear(Found("1234567890", b"1234567890", "", symbology, quad, *how) for quad, *how in readings)
        return len(bench.verdict())

    assert heard((line(5.0), "zxing", "frame"), (line(6.0), "zxing", "crop")) == 0
    assert heard((QUAD, "zbar", "crop"), (QUAD, "zbar", "frame")) == 0
    assert heard((line(5.0), "zxing", "frame"), (QUAD, "zbar", "frame")) == 1
    assert heard((QUAD, "zxing", "crop")) == 1


def test_a_code_128_on_few_scan_lines_of_a_sharpened_picture_needs_a_second_engine():
    bench = Bench()
    bench.hear([Found("33c6%780", b"33c6%780", "]C0", "Code 128", line(5.0), "zxing", "crop sharpened")])
    assert bench.verdict() == []
    bench.hear([Found("33c6%780", b"33c6%780", "", "Code 128", QUAD, "zbar", "frame")])
    assert [one.text for one in bench.verdict()] == ["33c6%780"]


def test_a_pdf417_read_only_in_a_changed_picture_must_be_read_so_twice():
    bench = Bench()
    bench.hear([Found("LOT 7", b"LOT 7", "]L2", "PDF417", QUAD, "zxing", "doubled")])
    assert bench.verdict() == []
    bench.hear([Found("LOT 8", b"LOT 8", "]L2", "PDF417", QUAD, "zxing", "sharpened")])
    assert bench.verdict() == []
    bench.hear([Found("LOT 7", b"LOT 7", "]L2", "PDF417", QUAD, "zxing", "equalised")])
    assert [one.text for one in bench.verdict()] == ["LOT 7"]


def test_a_short_itf_and_a_part_of_a_longer_one_are_dropped():
    whole = found("30712345000010", "ITF", "]I1")
    beside = tuple((x + 110, y) for x, y in QUAD)
    assert trusted([found("1234", "ITF", "]I0", line(10.0))]) == []
    assert trusted([found("123450", "ITF", "]I0", beside), whole]) == [whole]


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
