"""The same text is the same catalogue key by picture, by wire and by `decode`, whatever its characters are coded in."""

import random
from typing import Any

import pytest

from drivers.camera import read_frame
from drivers.protocols import decode, honeywell
from drivers.protocols.eci import CODECS, WITHOUT, text_of, without_eci
from scanstation.identity import identify
from scanstation.identity.text import text_of as identity_text

TEXTS = {
    3: "Grüße 5",
    4: "Łódź",
    20: "棚卸ラベル",
    21: "źdźbło",
    22: "Привет",
    26: "Größe €5 棚",
    29: "标签",
    30: "라벨",
}
MATRIX = {"QRCODE": "]Q2", "DATAMATRIX": "]d4", "AZTEC": "]z3", "PDF417": "]L1"}


def key(payload: bytes, aim: str) -> str:
    data, plain = without_eci(payload, aim)
    return identify(data, aim=plain).key


@pytest.mark.parametrize("symbology", MATRIX)
@pytest.mark.parametrize("eci", TEXTS)
def test_a_symbol_that_says_its_characters(zint: Any, symbology: str, eci: int) -> None:
    text = TEXTS[eci] + ("" if eci in (20, 29, 30) else "\\ and\\000003 7")
    [found] = read_frame(zint(symbology, text, 3.0, eci=eci))
    assert (found.text, key(found.payload, found.aim)) == (text, text)
    wire = b"\\%06d" % eci + text.encode(CODECS[eci]).replace(b"\\", b"\\\\")
    assert key(wire, MATRIX[symbology]) == text
    [fields] = decode("honeywell-spp-msgget", honeywell.message(MATRIX[symbology], wire, b"s"))
    assert fields["data"] == text


@pytest.mark.parametrize("symbology", [*MATRIX, "CODE128"])
def test_a_symbol_that_does_not_say_them_keeps_its_bytes(zint: Any, symbology: str) -> None:
    for data in ("Größe 5".encode("latin-1"), "Größe 5".encode(), "źdźbło".encode("cp1250"), "棚卸".encode("cp932")):
        if symbology == "CODE128" and data != "Größe 5".encode("latin-1"):
            continue
        drawn: Any = "Größe 5" if symbology == "CODE128" else data
        [found] = read_frame(zint(symbology, drawn, 3.0))
        assert found.payload == data
        assert found.text == key(data, found.aim) == key(found.payload, found.aim) == text_of(data)


def test_the_station_makes_of_bytes_what_the_drivers_make_of_them() -> None:
    rng = random.Random(1)
    some = ["Größe", "źdźbło", "棚卸", "Preis 5 €", "“Zitat”", "łódź", "モバイル"]
    known = [
        one.encode(codec, "replace") for one in some for codec in ("utf-8", "latin-1", "cp1252", "cp1250", "cp932")
    ]
    for data in [*known, *(rng.randbytes(rng.randint(1, 12)) for _ in range(2000))]:
        assert identity_text(data) == text_of(data)
    assert [text_of(one.encode("cp932")) for one in ("棚卸", "モバイル")] == ["棚卸", "モバイル"]


def test_an_umlaut_in_latin_1_by_wire_and_by_picture_is_one_key(zint: Any) -> None:
    [found] = read_frame(zint("QRCODE", "Tür".encode("latin-1"), 3.0))
    [fields] = decode("honeywell-spp-msgget", honeywell.message("]Q1", "Tür".encode("latin-1"), b"s"))
    assert key(found.payload, found.aim) == fields["data"] == found.text == "Tür"
    assert key("Tür".encode(), "]Q1") == "Tür"


def test_any_text_in_any_character_set_comes_back() -> None:
    rng = random.Random(2)
    for aim, plain in WITHOUT.items():
        for number, codec in CODECS.items():
            letters = [chr(n) for n in (*range(32, 127), *range(0xA0, 0x180), *range(0x410, 0x450), 0x68DA, 0xB77C)]
            usable = [one for one in letters if one.encode(codec, "ignore").decode(codec) == one]
            text = "".join(rng.choices(usable, k=20)) + "\\"
            if codec.startswith(("utf-16", "utf-32")):
                continue  # a byte of a character may be a backslash: doubled by some, by others not
            body = text.encode(codec)
            if codec in ("cp932", "big5", "gb18030", "gbk", "cp949"):
                text = text.replace("\\", "/")
                body = text.encode(codec)
                if b"\\" in body:
                    continue
            data = b"\\%06d" % number + body.replace(b"\\", b"\\\\")
            assert without_eci(data, aim) == (text.encode(), plain), (aim, codec)
