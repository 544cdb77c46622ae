"""A row of a Codablock F is a sound Code 128 by its bars, and only a piece of a text: never delivered as one."""

import random
from typing import Any

import cv2
import numpy as np
import pytest

from drivers.camera import look_at
from drivers.camera.codablock import WHY, is_row
from drivers.camera.engines import zxing_read

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-abc"


def texts(count: int, letters: str, seed: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(letters, k=rng.randint(8, 60))) for _ in range(count)]


def turned(picture: Any, rng: random.Random) -> Any:
    height, width = picture.shape
    angle = rng.uniform(-4, 4) + rng.choice([0, 180])
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    picture = cv2.warpAffine(picture, turn, (width, height), borderValue=255, flags=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.0))


@pytest.mark.parametrize("letters", [LETTERS, "0123456789", "abc \x01\x02\x1d"])
@pytest.mark.parametrize("symbology", ["CODABLOCKF", "CODE16K"])
def test_a_stacked_symbol_gives_nothing(zint: Any, full: bool, letters: str, symbology: str) -> None:
    rng = random.Random(11)
    refused = 0
    for text in texts(12 if full else 2, letters, 4):
        picture = zint(symbology, text, rng.choice([1.0, 1.5, 2.0]))
        for seen in (picture, turned(picture, rng)):
            sight = look_at(seen)
            assert sight.found == [], text
            refused += any(one.why == WHY for one in sight.refused)
    assert refused > 0 or symbology == "CODE16K"  # no engine takes its rows for anything


def test_a_single_row_is_known_by_its_bars(zint: Any) -> None:
    picture = zint("CODABLOCKF", "PICK 7 OF 12, SHELF A-03, ROW 2")
    rows = zxing_read(picture)
    assert len(rows) > 2
    for row in rows:
        (_, top), _, (_, bottom), _ = row.quad
        alone = np.pad(picture[int(top) + 1 : int(bottom)], ((30, 30), (0, 0)), constant_values=255)
        assert [one.text for one in zxing_read(alone)] == [row.text]
        assert look_at(alone).found == []


@pytest.mark.parametrize("letters", [LETTERS, "0123456789", "abc\x01\x02", "\x01\x02\x1dAB"])
def test_a_code_128_is_no_row_whatever_it_begins_with(zint: Any, letters: str) -> None:
    rng = random.Random(5)
    for text in texts(8, letters, 9):
        picture = turned(zint("CODE128", text[:30]), rng)
        [found] = zxing_read(picture)
        assert found.payload == text[:30].encode()
        assert not is_row(picture, found.quad)
