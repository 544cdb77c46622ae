"""Symbologies that the camera does not offer: nothing of them is taken for something else."""

import random
import string
from typing import Any

import pytest

from drivers.camera import look_at

CAPITALS = string.ascii_uppercase + string.digits
FOREIGN = {
    "CODE11": string.digits, "C25STANDARD": string.digits, "C25IATA": string.digits, "C25LOGIC": string.digits,
    "C25IND": string.digits, "CODE16K": CAPITALS, "CODE49": CAPITALS, "FLAT": string.digits,
    "TELEPEN": string.printable[:90], "TELEPEN_NUM": string.digits, "MSI_PLESSEY": string.digits,
    "PLESSEY": string.digits, "CODABLOCKF": CAPITALS, "DOTCODE": CAPITALS, "HANXIN": CAPITALS,
    "GRIDMATRIX": CAPITALS, "CODEONE": CAPITALS, "BC412": "ABCDEFGH23456", "ULTRA": CAPITALS,
}  # fmt: skip
"""Name in zint -> letters of its texts."""

MEANT = {"PZN": 7, "CODE32": 8}
"""Code 39 with a meaning of its own: read as drawn."""


@pytest.mark.parametrize("symbology", FOREIGN)
def test_it_gives_nothing(zint: Any, full: bool, symbology: str) -> None:
    rng = random.Random(symbology)
    for _ in range(20 if full else 2):
        letters = rng.choices(FOREIGN[symbology], k=2 * rng.randint(4, 6))
        picture = zint(symbology, "".join(letters), rng.choice([1.0, 1.5, 2.0]))
        assert look_at(picture).found == [], letters


@pytest.mark.parametrize("symbology", MEANT)
def test_a_code_39_of_medicines_is_read_as_drawn(zint: Any, symbology: str) -> None:
    rng = random.Random(symbology)
    read = 0
    for _ in range(20):
        try:
            picture = zint(symbology, "".join(rng.choices(string.digits, k=MEANT[symbology])))
        except (ValueError, RuntimeError):
            continue  # not every PZN has a check digit
        [found] = look_at(picture).found
        assert (found.symbology, found.aim) == ("Code 39", "]A0")
        assert found.text.startswith("-") if symbology == "PZN" else len(found.text) == 6
        read += 1
    assert read > 10
