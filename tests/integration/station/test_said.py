"""What a label said of quantity, and what was made of it: on the card, and in the journal for good."""

from collections.abc import Callable

import pytest

from drivers import Read, Verdict
from scanstation.counting.events import EventKind
from scanstation.counting.question import Answer
from scanstation.station.service import Station
from scanstation.stock.model import Item

GEL = "9521141000502"
Scan = Callable[..., Read]


@pytest.fixture
async def counting(station: Station) -> Station:
    station.stock.put_items([Item(item="GEL", name="Gel", gtin=f"0{GEL}", base_unit="gram")])
    await station.sign_in("C01")
    await station.choose_audit("AU1")
    return station


def said(station: Station) -> list[str | None]:
    """What the journal keeps, count by count."""
    return [event.data.get("said") for event in station.journal.events() if event.kind is EventKind.COUNTED]


async def test_the_card_and_the_journal_tell_what_a_label_said(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    await counting.take(scan("[)>\x1e06\x1d1PLAMP\x1dQ 0250\x1e\x04", "]d1"))
    assert counting.view().last.said == "Q 0250 → 250 pieces"  # type: ignore[union-attr]
    await counting.set_quantity(3)
    await counting.take(scan("01095211410005023103001250", "]C1"))
    assert counting.view().last.said == "310n: 1.250 kg → 1250 g; 3 × 1250 = 3750"  # type: ignore[union-attr]
    await counting.take(scan("9521141123454", "]E0"))
    assert counting.view().last.said == ""  # type: ignore[union-attr]
    assert said(counting) == ["Q 0250 → 250 pieces", "310n: 1.250 kg → 1250 g; 3 × 1250 = 3750", None]


async def test_what_a_person_adds_stands_beside_it(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    assert await counting.take(scan("01095211410005023153001250", "]C1")) is Verdict.ASKED
    assert counting.view().last.said == "315n: 1.250 l"  # type: ignore[union-attr]
    await counting.answer(Answer(qty=1300))
    assert counting.view().last.said == "315n: 1.250 l; answered → 1300 g"  # type: ignore[union-attr]
    assert said(counting) == ["315n: 1.250 l; answered → 1300 g"]


async def test_a_delivery_that_comes_again_tells_it_again(counting: Station, scan: Scan) -> None:
    await counting.take(scan("LOC-A-01"))
    label = scan("01095211411234543012", "]C1", read_id="one")
    for _ in range(2):
        assert await counting.take(label) is Verdict.OK
        assert counting.view().last.said == "30: 12 → 12 pieces"  # type: ignore[union-attr]
    assert said(counting) == ["30: 12 → 12 pieces"]
