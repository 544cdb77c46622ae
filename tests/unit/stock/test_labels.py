"""Which symbol a label gets, and that every symbol is what a decoder reads."""

import random
import string

import numpy as np
import pytest
import zxingcpp

from scanstation.stock.code128 import code128_modules, code128_values
from scanstation.stock.labels import (
    Choice,
    Label,
    LabelError,
    LabelReason,
    command_label,
    item_label,
    location_label,
    operator_label,
    resolver_of,
    symbol_of,
)
from scanstation.stock.model import Item, Location
from scanstation.stock.symbols import Symbology

GTIN8, GTIN12, GTIN13, GTIN14 = "00000096385074", "00012345678905", "04006381333931", "14006381333938"


def decoded(modules: str) -> list[tuple[str, str]]:
    row = np.array([int(module) for module in "0" * 12 + modules + "0" * 12], np.uint8)
    image = np.tile(np.repeat(255 * (1 - row), 3).astype(np.uint8), (40, 1))
    return [(found.text, found.symbology_identifier) for found in zxingcpp.read_barcodes(image, try_rotate=False)]


@pytest.mark.parametrize(
    "text", ["9901", "99-01-A", "9999", "99", "a99", "0099", "99a99", "9", "~^>_\\", " x ", "a1234b"]
)
def test_code128_says_what_it_was_given(text: str) -> None:
    assert decoded(code128_modules(code128_values(text))) == [(text, "]C0")]
    assert decoded(code128_modules(code128_values(text, gs1=True)))[0][1] == "]C1" or not text.isdigit()


def test_code128_is_nowhere_wider_than_another_generator_makes_it(full: bool) -> None:
    choose = random.Random(1)
    signs = string.digits * 6 + "".join(map(chr, range(32, 127)))
    for _ in range(20_000 if full else 300):
        text = "".join(choose.choice(signs) for _ in range(choose.randint(1, 64)))
        modules = code128_modules(code128_values(text))
        other = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
        bars = zxingcpp.write_barcode_to_image(other, scale=1, add_quiet_zones=False)
        assert len(modules) <= np.array(bars).shape[1], text


@pytest.mark.parametrize(
    ("gtin", "choice", "symbology", "code", "shown"),
    [
        (GTIN8, Choice.AUTO, Symbology.EAN8, "96385074", "96385074"),
        (GTIN12, Choice.AUTO, Symbology.UPCA, "012345678905", "012345678905"),
        (GTIN13, Choice.AUTO, Symbology.EAN13, "4006381333931", "4006381333931"),
        (GTIN14, Choice.AUTO, Symbology.ITF14, GTIN14, GTIN14),
        (GTIN13, Choice.GS1_128, Symbology.GS1_128, "0104006381333931", "(01)04006381333931"),
        (GTIN8, Choice.GS1_DATA_MATRIX, Symbology.GS1_DATA_MATRIX, f"01{GTIN8}", f"(01){GTIN8}"),
        (GTIN13, Choice.DIGITAL_LINK, Symbology.QR, f"https://id.gs1.org/01/{GTIN13}", f"(01){GTIN13}"),
        (GTIN13, Choice.CODE128, Symbology.CODE128, "TEA-1", "TEA-1"),
        (GTIN13, Choice.QR, Symbology.QR, "TEA-1", "TEA-1"),
        (None, Choice.AUTO, Symbology.CODE128, "TEA-1", "TEA-1"),
        (None, Choice.GS1_128, Symbology.CODE128, "TEA-1", "TEA-1"),
        (None, Choice.DATA_MATRIX, Symbology.DATA_MATRIX, "TEA-1", "TEA-1"),
    ],
)
def test_an_item_is_printed_in_the_symbol_of_its_gtin_or_the_chosen_one(
    gtin: str | None, choice: Choice, symbology: Symbology, code: str, shown: str
) -> None:
    label = item_label(Item(item="TEA-1", name="Tea", gtin=gtin), choice)
    assert (label.symbologies[0], label.code, label.text) == (symbology, code, shown)
    assert symbol_of(label, symbology).text == code


def test_places_people_and_commands_carry_their_prefix() -> None:
    assert location_label(Location(location="A-01", site="HAM", zone="A"), "LOC-") == Label(
        code="LOC-A-01", title="A-01", detail="HAM / A"
    )
    assert operator_label("1001", "Ada", "OPR-") == Label(code="OPR-1001", title="Ada", detail="1001")
    assert command_label("UNDO", "Undo", "CMD-").code == "CMD-UNDO"


def test_the_domain_of_links_is_the_sites() -> None:
    item = Item(item="TEA-1", name="Tea", gtin=GTIN13)
    assert item_label(item, Choice.DIGITAL_LINK, "https://example.com/x/").code == f"https://example.com/x/01/{GTIN13}"
    for wrong in ("example.com", "ftp://example.com", "https://", "https://example.com?x=1", "https://bücher.example"):
        with pytest.raises(LabelError) as caught:
            resolver_of(wrong)
        assert caught.value.reason is LabelReason.LINK


@pytest.mark.parametrize(
    ("code", "symbology", "reason"),
    [
        ("", Symbology.CODE128, LabelReason.EMPTY),
        ("  ", Symbology.CODE128, LabelReason.EMPTY),
        ("x" * 81, Symbology.DATA_MATRIX, LabelReason.TOO_LONG),
        ("Größe", Symbology.CODE128, LabelReason.CHARACTER),
        ("A\x00B", Symbology.CODE128, LabelReason.CHARACTER),
        ("A\x1dB", Symbology.QR, LabelReason.CHARACTER),
        ("4006381333932", Symbology.EAN13, LabelReason.CHECK_DIGIT),
        ("4006381333931", Symbology.EAN8, LabelReason.CHECK_DIGIT),
        ("0104006381333932", Symbology.GS1_128, LabelReason.CHECK_DIGIT),
    ],
)
def test_unprintable_labels_are_refused(code: str, symbology: Symbology, reason: LabelReason) -> None:
    with pytest.raises(LabelError) as caught:
        symbol_of(Label(code=code, title=""), symbology)
    assert caught.value.reason is reason
    assert caught.value.remedy
