"""Code 39 as drawn; full ASCII and Code 32 where somebody says so."""

import asyncio
import random
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import camera_device, look_at, read_frame
from drivers.camera.code39 import Code39, code_32, full_ascii
from drivers.simulators.rendering import draw_label


def drawn(text: str) -> Any:
    return np.pad(draw_label(text.encode(), "]A0"), 20, constant_values=255)


def test_each_of_120_bins_is_a_code_39_and_no_code_32() -> None:
    for number in range(100000, 100120):
        [found] = read_frame(drawn(str(number)))
        assert (found.text, found.symbology, found.aim) == (str(number), "Code 39", "]A0")


@pytest.mark.parametrize("text", ["+A/B%V", "BIN+A", "A/1", "$M%%", "-12345678", "-27580899"])
def test_pairs_and_a_dash_stay_as_they_are_drawn(text: str) -> None:
    [found] = read_frame(drawn(text))
    assert (found.text, found.symbology, found.aim) == (text, "Code 39", "]A0")


def test_what_code_39_means_beside_its_characters_is_a_setting() -> None:
    [full] = look_at(drawn("+A/B%V"), code39=Code39(full=True)).found
    assert (full.text, full.payload, full.symbology, full.aim) == ('a"@', b'a"@', "Code 39", "]A4")
    [pharmacy] = look_at(drawn("0DJTU6"), code39=Code39(code32=True)).found
    assert (pharmacy.text, pharmacy.payload, pharmacy.symbology) == ("A013133638", b"A013133638", "Code 32")
    both = Code39(full=True, code32=True)
    assert [look_at(drawn(text), code39=both).found[0].text for text in ("A+1", "PART-12")] == ["A+1", "PART-12"]


async def test_the_setting_stands_in_the_url_of_a_camera(tmp_path: Any) -> None:
    cv2.imwrite(str(tmp_path / "bin.png"), drawn("BIN+A"))
    for option, texts in (
        ("", ["BIN+A"]),
        ("?code39=full", ["BINa"]),
        ("?mode=stream&confirm=1&code39=full", ["BINa"]),
    ):
        camera = camera_device(f"camera://{tmp_path}{option}", name="shelf", clock=lambda: 1, rng=random.Random(1))
        async with asyncio.timeout(30):
            assert [read.payload.decode() async for read in camera.reads()] == texts
        await camera.close()


def test_every_pair_of_full_ascii_is_the_one_of_the_table() -> None:
    # zxing-cpp's own reading of the same characters, but for the pairs that the standard does not know.
    import zxingcpp

    pairs = [shift + letter for shift in "$%/+" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    for pair in pairs:
        meant = full_ascii(f"1{pair}2")
        if pair[0] == "/" and "P" <= pair[1] < "Z":
            assert meant is None
            continue
        [barcode] = zxingcpp.read_barcodes(drawn(f"1{pair}2"), zxingcpp.barcode_formats_from_str("Code39Ext"))
        assert meant is not None
        assert meant.encode() == barcode.bytes


def test_a_code_32_is_known_by_its_check_digit() -> None:
    assert code_32("0DJTU6") == "A013133638"
    assert [code_32(text) for text in ("0DJTUH", "0DJTU", "0DJTUA", "ZZZZZZ")] == [None] * 4
