from collections.abc import Sequence

import pytest

from scanstation.stock.catalogue import Code, Content
from scanstation.stock.model import Item, Location, Tracking

TEA = Item(item="TEA", name="Tea", gtin="04006381333931", packs={1: 6, 2: 24}, tracking=Tracking.LOT)
MUG = Item(item="MUG", name="Mug", gtin="09521141123454")
CHEESE = Item(item="CHEESE", name="Cheese", gtin="94006381333934", base_unit="gram")
OIL = Item(item="OIL", name="Oil", gtin="94006381333941", base_unit="millilitre")
MEAT = Item(item="MEAT", name="Meat", base_unit="gram")
RICE = Item(item="RICE", name="Rice", base_unit="gram")


class ListedCatalogue:
    """A catalogue of a handful of items held in memory, which answers as the stock file does."""

    def __init__(self, items: Sequence[Item], codes: Sequence[Code], contents: dict[str, list[Content]]) -> None:
        self._contents = contents
        self._items = {item.item: item for item in items}
        own = [Code(code=item.gtin, item=item.item) for item in items if item.gtin]
        self._codes = [*codes, *own]

    def codes(self, code: str) -> Sequence[Code]:
        return [entry for entry in self._codes if entry.code == code]

    def item(self, item: str) -> Item | None:
        return self._items.get(item)

    def location(self, location: str) -> Location | None:
        return None

    def contents(self, unit: str) -> Sequence[Content]:
        return self._contents.get(unit, [])

    def packed_in(self, unit: str) -> str | None:
        return None

    def packed_units(self, unit: str) -> Sequence[str]:
        return ()


@pytest.fixture(scope="session")
def catalogue() -> ListedCatalogue:
    return ListedCatalogue(
        [TEA, MUG, CHEESE, OIL, MEAT, RICE],
        [
            Code(code="OLD-TEA", item="TEA", quantity=2),
            Code(code="TWICE", item="TEA"),
            Code(code="TWICE", item="RICE", quantity=500),
            Code(code="34006381333932", item="TEA", quantity=100),
            Code(code="2000001000007", item="MEAT"),
            Code(code="02100003000002", item="TEA"),
            Code(code="340063810000000018", item="TEA", quantity=480),
            Code(code="RICE-1KG", item="RICE", quantity=1000),
        ],
        {
            "340063810000000049": [
                Content(item="TEA", lot="A", quantity=24),
                Content(item="TEA", lot=None, quantity=6),
                Content(item="RICE", lot=None, quantity=9000),
            ],
            "340063810000000056": [
                Content(item="TEA", lot=None, quantity=6),
                Content(item="GONE", lot=None, quantity=1),
            ],
        },
    )
