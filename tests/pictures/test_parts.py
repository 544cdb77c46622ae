"""A part of a text is never taken for the whole: joined when all parts are seen, else refused with the reason."""

import random
from functools import reduce
from operator import xor
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import look_at
from drivers.camera.found import Found, Part
from drivers.camera.parts import part_of
from drivers.camera.sequences import WAIT, Sequences

WORDS = ("PART-1-OF-THE-TEXT", "and the second", "0123456789")
PARITY = reduce(xor, "".join(WORDS).encode())


def appended(index: int, count: int, group: bytes) -> Any:
    import zint

    return zint.StructApp(index, count, group)


def side_by_side(pictures: list[Any]) -> Any:
    height = max(picture.shape[0] for picture in pictures)
    return np.hstack(
        [np.pad(one, ((0, height - one.shape[0]), (0, 0)), constant_values=255) for one in pictures]
    )  # fmt: skip


def qr_parts(zint: Any, which: tuple[int, ...] = (1, 2, 3), parity: int = PARITY) -> list[Any]:
    group = str(parity).encode()
    return [zint("QRCODE", WORDS[n - 1], structapp=appended(n, 3, group)) for n in which]


def test_the_parts_of_a_qr_code_in_one_picture_are_one_text(zint: Any) -> None:
    for order in ((1, 2, 3), (3, 1, 2)):
        sight = look_at(side_by_side(qr_parts(zint, order)))
        assert [(one.text, one.symbology, one.aim) for one in sight.found] == [("".join(WORDS), "QR", "]Q1")]
        assert sight.refused == []


@pytest.mark.parametrize("which", [(1,), (2,), (3,), (1, 3)])
def test_a_qr_code_whose_other_parts_are_not_seen_is_refused(zint: Any, which: tuple[int, ...]) -> None:
    sight = look_at(side_by_side(qr_parts(zint, which)))
    assert sight.found == []
    [refused] = sight.refused
    numbers = " and ".join(map(str, which))
    assert refused.why == f"part {numbers} of 3 symbols that hold one text: show all of them at once"


def test_parts_whose_common_check_fails_are_refused(zint: Any) -> None:
    sight = look_at(side_by_side(qr_parts(zint, parity=PARITY ^ 1)))
    assert sight.found == []
    assert [one.why for one in sight.refused] == ["3 parts whose check of the whole text fails: print the label anew"]


def test_a_qr_code_that_stands_alone_is_read_beside_a_part(zint: Any) -> None:
    sight = look_at(side_by_side([*qr_parts(zint, (2,)), zint("QRCODE", "alone")]))
    assert [one.text for one in sight.found] == ["alone"]


def test_the_parts_of_a_datamatrix_are_one_text(zint: Any) -> None:
    parts = [zint("DATAMATRIX", WORDS[n - 1], structapp=appended(n, 3, b"017213")) for n in (1, 2, 3)]
    assert [one.text for one in look_at(side_by_side(parts)).found] == ["".join(WORDS)]
    assert look_at(parts[1]).found == []


@pytest.mark.parametrize(("symbology", "group"), [("AZTEC", b""), ("PDF417", b"123"), ("PDF417", b"")])
def test_parts_of_other_symbologies_are_refused(zint: Any, symbology: str, group: bytes) -> None:
    sight = look_at(zint(symbology, WORDS[1], structapp=appended(2, 3, group)))
    assert sight.found == []
    assert "which is not known which" in sight.refused[0].why
    assert [one.text for one in look_at(zint(symbology, WORDS[1])).found] == [WORDS[1]]


def test_every_part_of_a_pdf417_is_known_for_one(zint: Any, full: bool) -> None:
    rng = random.Random(8)
    read = 0
    for _ in range(60 if full else 8):
        text = "".join(rng.choices("ABCDEFabc123-/", k=rng.randint(1, 90)))
        settings = {"option_1": rng.randint(0, 4), "option_2": rng.randint(2, 7)}
        macro = settings | {"structapp": appended(rng.randint(1, 3), 3, b"")}
        for chosen, texts in ((settings, [text]), (macro, [])):
            picture = zint(rng.choice(["PDF417", "PDF417COMP"]), text, rng.choice([1.0, 1.5, 2.0]), **chosen)
            picture = cv2.GaussianBlur(np.ascontiguousarray(np.rot90(picture, rng.choice([0, 0, 1, 2]))), (0, 0), 0.6)
            sight = look_at(picture)
            assert [one.text for one in sight.found] == texts
            read += bool(sight.found or sight.refused)
    assert read >= (117 if full else 14)


@pytest.mark.parametrize("mode", [1, 2, 3])
def test_a_gs1_composite_gives_its_bars_alone(zint: Any, mode: int) -> None:
    bars = {"GS1_128_CC": "[01]09521141123454", "EANX_CC": "952114112345", "DBAR_OMN_CC": "0952114112345"}
    for symbology, primary in bars.items():
        if mode == 3 and symbology != "GS1_128_CC":
            continue
        picture = zint(symbology, b"[10]LOT7[21]SER9", 1.5, primary=primary, option_1=mode)
        sight = look_at(picture)
        assert [one.payload[-13:] for one in sight.found] == [b"9521141123454"]
        assert [one.why for one in sight.refused] in ([], ["the upper half of a GS1 composite: only its bars are read"])


@pytest.mark.parametrize("mode", [2, 3, 4, 5])
def test_parts_of_a_maxicode_are_refused(zint: Any, mode: int) -> None:
    address = {2: b"152382802840001", 3: b"B1050 840001"}.get(mode, b"")
    settings = {"option_1": mode} | ({"primary": address.decode()} if address else {})
    sight = look_at(zint("MAXICODE", WORDS[1], structapp=appended(2, 3, b""), **settings))
    assert (sight.found, len(sight.refused)) == ([], 1)
    [found] = look_at(zint("MAXICODE", WORDS[1], **settings)).found
    assert found.text.endswith(WORDS[1])


@pytest.mark.parametrize("symbology", ["QRCODE", "DATAMATRIX"])
def test_a_damaged_part_is_known_for_one_as_long_as_it_is_read(zint: Any, symbology: str) -> None:
    rng = np.random.default_rng(7)
    group = b"42" if symbology == "QRCODE" else b"017213"
    seen = 0
    for _ in range(40):
        part = zint(symbology, WORDS[0], structapp=appended(1, 2, group), option_1=4 if symbology == "QRCODE" else 0)
        y, x = rng.integers(20, part.shape[0] - 40, 2)
        part[y : y + 14, x : x + 14] = 128 + rng.integers(-128, 127, (14, 14))
        sight = look_at(part)
        assert sight.found == []
        seen += len(sight.refused)
    assert seen > 10  # it was damaged, and read all the same


def test_every_size_says_whether_it_is_a_part(zint: Any, full: bool) -> None:
    import zxingcpp

    rng = np.random.default_rng(3)
    sizes = [("QRCODE", version, level) for version in range(1, 41) for level in (1, 2, 3, 4)]
    sizes += [("DATAMATRIX", version, 0) for version in range(2, 49)]
    known = 0
    for symbology, version, level in sizes if full else rng.permutation(np.array(sizes, object))[:12]:
        for part in (None, Part(int(rng.integers(1, 4)), 3, "4d" if symbology == "QRCODE" else "072a")):
            settings = {"option_2": version} | ({"option_1": level} if level else {})
            if part is not None:
                settings["structapp"] = appended(part.index, 3, b"77" if symbology == "QRCODE" else b"007042")
            picture = zint(symbology, "AB12" if symbology == "QRCODE" else "1", 1.0 if version > 3 else 2.0, **settings)
            mirrored = symbology == "QRCODE" and rng.random() < 0.3
            formats = zxingcpp.barcode_formats_from_str("QRCode|DataMatrix")
            barcodes = zxingcpp.read_barcodes(np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture, formats)
            known += len(barcodes)
            assert [part_of(barcode, picture) for barcode in barcodes] in ([part], []), (symbology, version, level)
    assert known > (380 if full else 20)


def found(payload: bytes, part: Part | None, symbology: str = "DataMatrix") -> Found:
    return Found(payload.decode(), payload, "]d1", symbology, ((0, 0), (9, 0), (9, 9), (0, 9)), part=part)


def test_parts_that_come_into_view_one_after_another_are_joined_while_they_are_waited_for() -> None:
    first, second = found(b"AB", Part(1, 2, "0101")), found(b"CD", Part(2, 2, "0101"))
    parts = Sequences()
    assert parts.take([second], 0) == ([], [])
    [whole], refused = parts.take([first], int(WAIT * 1e6))
    assert (whole.text, whole.part, refused) == ("ABCD", None, [])
    late = Sequences()
    late.take([second], 0)
    whole_list, refused = late.take([first], int(WAIT * 1e6) + 1)
    assert whole_list == []
    assert [one.why for one in refused] == ["part 2 of 2 symbols that hold one text: show all of them at once"]


def test_two_texts_for_one_part_are_refused() -> None:
    parts = Sequences()
    group = "0101"
    found_, refused = parts.take([found(b"AB", Part(1, 2, group)), found(b"XY", Part(1, 2, group))])
    assert found_ == []
    assert [one.why for one in refused] == ["two texts say that they are part 1 of 2: cover one of them"]
