"""What zbar makes of valid symbols, and what of that the station believes."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
import pytest

from drivers.camera.judge import Bench
from drivers.camera.zbar import Zbar


@pytest.fixture(scope="module")
def engine(lacking: Callable[[str], NoReturn]) -> Iterator[Zbar]:
    zbar = Zbar()
    if not zbar.read(np.full((8, 8), 255, np.uint8)) and zbar.missing:
        lacking("libzbar is not installed: apt-get install libzbar0")
    yield zbar
    zbar.close()


def believed(found: Any) -> list[str]:
    bench = Bench()
    bench.hear(found)
    return [one.text for one in bench.verdict()]


@pytest.mark.parametrize("symbology", ["DBAR_EXP", "DBAR_EXPSTK"])
def test_it_is_not_asked_for_databar_expanded(zint: Any, engine: Zbar, symbology: str) -> None:
    import zint as library

    picture = zint(symbology, b"[01]09521141123454[10]2A21B1", input_mode=library.InputMode.GS1)
    assert engine.read(picture) == []


@pytest.mark.parametrize(("text", "eci"), [("Größe", 0), ("łódź", 21), ("棚卸", 20)])
def test_a_qr_code_beyond_ascii_is_none(zint: Any, engine: Zbar, text: str, eci: int) -> None:
    data: Any = text if eci else text.encode("latin-1")
    assert engine.read(zint("QRCODE", data, eci=eci)) == []
    assert [one.text for one in engine.read(zint("QRCODE", "Groesse"))] == ["Groesse"]


def test_a_code_128_is_not_believed_to_it_alone(zint: Any, engine: Zbar) -> None:
    import zint as library

    umlaut, plain = engine.read(zint("CODE128", "Größe")), engine.read(zint("CODE128", "GROESSE"))
    gs1 = engine.read(zint("GS1_128", b"[01]09521141123454", input_mode=library.InputMode.GS1))
    assert [one.text for one in plain] == ["GROESSE"]
    assert [one.text for one in gs1] == ["0109521141123454"]
    assert [one.text for one in umlaut] == ["Gr" + chr(ord("ö") - 128) + chr(ord("ß") - 128) + "e"]
    assert [believed(found) for found in (umlaut, plain, gs1)] == [[], [], []]


def test_a_part_of_a_text_costs_neither_the_process_nor_what_stands_beside_it(zint: Any, engine: Zbar) -> None:
    import zint as library

    part = zint("QRCODE", "HELLO WORLD", structapp=library.StructApp(1, 2, b"99"))
    beside = zint("EANX", "952114112345")
    both = np.full((part.shape[0] + beside.shape[0], max(part.shape[1], beside.shape[1])), 255, np.uint8)
    both[: part.shape[0], : part.shape[1]], both[part.shape[0] :, : beside.shape[1]] = part, beside
    lost = engine.lost
    assert [one.text for one in engine.read(both)] == ["9521141123454"]
    assert engine.lost == lost
