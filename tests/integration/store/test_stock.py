"""Items, records, movements and promises in a real stock file."""

import pytest
from sqlalchemy.exc import IntegrityError

from scanstation.stock.catalogue import Catalogue, Code
from scanstation.stock.model import (
    Item,
    Listing,
    ListingState,
    Location,
    Movement,
    OrderLine,
    PurchaseOrderLine,
    Reservation,
    StockRecord,
    StockStatus,
    Tracking,
)
from scanstation.store.stock import StockStore, open_stock


def recorded(store: StockStore) -> dict[tuple[str, str, str | None, str], int]:
    return {(row.item, row.location, row.lot, row.status.value): row.qty for row in store.records()}


def moved(delta: int, *, key: str | None = None, item: str = "TEA", location: str = "L1", **more: object) -> Movement:
    return Movement(
        item=item, location=location, lot=None, delta=delta, ts=100, reason="issue", key=key, **more  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_store_is_a_catalogue(warehouse: StockStore) -> None:
    catalogue: Catalogue = warehouse
    item = catalogue.item("TEA")
    assert item == Item(item="TEA", name="Tea", gtin="04006381333931", unit_cost=25_000, packs={1: 6})
    assert catalogue.item("NONE") is None
    assert catalogue.codes("04006381333931") == (Code(code="04006381333931", item="TEA"),)
    assert catalogue.codes("nothing") == ()


def test_a_code_of_several_items_has_all_of_them(warehouse: StockStore) -> None:
    warehouse.put_codes([Code(code="X", item="TEA", quantity=2), Code(code="X", item="RICE")])
    assert [(code.item, code.quantity) for code in warehouse.codes("X")] == [("RICE", 1), ("TEA", 2)]
    warehouse.put_codes([Code(code="04006381333931", item="TEA", quantity=3)])
    assert warehouse.codes("04006381333931") == (Code(code="04006381333931", item="TEA", quantity=3),)
    assert warehouse.item_codes("TEA") == ("04006381333931", "X")


def test_location_by_code_or_by_its_only_gln(warehouse: StockStore) -> None:
    warehouse.put_locations(
        [Location(location="G1", gln="4006381000000"), Location(location="G2", gln="4006381000017")]
    )
    assert warehouse.location("4006381000000") == Location(location="G1", gln="4006381000000")
    warehouse.put_locations([Location(location="G3", gln="4006381000000")])
    assert warehouse.location("4006381000000") is None
    assert [place.location for place in warehouse.locations(site="HAM")] == ["L1", "L2", "L3"]


def test_items_change_and_keep_their_order(warehouse: StockStore) -> None:
    warehouse.put_items([Item(item="TEA", name="Green tea", tracking=Tracking.LOT, packs={2: 24})])
    assert [(item.item, item.name, dict(item.packs)) for item in warehouse.items()] == [
        ("RICE", "Rice", {}),
        ("TEA", "Green tea", {2: 24}),
    ]
    assert warehouse.names(["TEA", "RICE", "NONE"]) == {"TEA": "Green tea", "RICE": "Rice"}


def test_names_of_more_items_than_a_statement_takes(store: StockStore) -> None:
    numbers = [f"I{n:05d}" for n in range(12_000)]
    store.put_items(Item(item=number, name=number.lower()) for number in numbers)
    assert store.names(numbers) == {number: number.lower() for number in numbers}


def test_booking_changes_records_once_a_key(warehouse: StockStore) -> None:
    batch = [moved(-3, key="a"), moved(-3, key="a"), moved(+1), moved(5, location="L3")]
    assert warehouse.book(batch) == 3
    assert recorded(warehouse)["TEA", "L1", None, "available"] == 8
    assert recorded(warehouse)["TEA", "L3", None, "available"] == 5
    assert warehouse.book([moved(-3, key="a")]) == 0
    assert warehouse.book([moved(-9, key="a")]) == 0
    assert recorded(warehouse)["TEA", "L1", None, "available"] == 8


def test_a_status_is_a_key_of_its_own(warehouse: StockStore) -> None:
    warehouse.book([moved(-2), moved(2, status=StockStatus.DAMAGED)])
    assert recorded(warehouse)["TEA", "L1", None, "available"] == 8
    assert recorded(warehouse)["TEA", "L1", None, "damaged"] == 2
    assert [row.status for row in warehouse.movements()] == [StockStatus.AVAILABLE, StockStatus.DAMAGED]


def test_history_leaves_the_records_alone(warehouse: StockStore) -> None:
    before = recorded(warehouse)
    assert warehouse.book([moved(-3, key="old")], history=True) == 1
    assert recorded(warehouse) == before
    assert [row.delta for row in warehouse.movements(item="TEA")] == [-3]
    assert list(warehouse.movements(after=100)) == []


def test_a_wrong_movement_books_nothing(warehouse: StockStore) -> None:
    before = recorded(warehouse)
    with pytest.raises(IntegrityError):
        warehouse.book([moved(-3, key="good"), moved(-3, item="NONE")])
    assert recorded(warehouse) == before
    assert list(warehouse.movements()) == []


def test_promises_come_back_as_they_went_in(warehouse: StockStore) -> None:
    lines = [
        OrderLine(order_id="O3", item="TEA", qty=1, due=10, priority=1),
        OrderLine(order_id="O2", item="TEA", qty=2, due=10, priority=0, placed_at=9),
        OrderLine(order_id="O1", item="TEA", qty=2, due=10, priority=0, placed_at=None),
        OrderLine(order_id="O4", item="TEA", qty=3, due=9, priority=5, allow_backorder=True, customer="C"),
        OrderLine(order_id="O4", item="RICE", qty=3, due=9, status="shipped", available_at_order=0),
    ]
    warehouse.put_orders(lines)
    assert [line.order_id for line in warehouse.orders()] == ["O4", "O2", "O1", "O3"]
    assert set(warehouse.orders(status=None)) == set(lines)
    listing = Listing(channel="web", item="TEA", state=ListingState.PREORDER, published_qty=3, share=50, buffer=2)
    warehouse.put_listings([listing])
    assert list(warehouse.listings(item="TEA")) == [listing]
    line = PurchaseOrderLine(po="P", line="1", supplier="S", item="TEA", qty_ordered=5, due=3, received_at=8)
    warehouse.put_purchase_orders([line])
    assert list(warehouse.purchase_orders()) == [line]
    promised = [Reservation(item="TEA", qty=1), Reservation(item="TEA", qty=1, order_id="O1", location="L1")]
    warehouse.set_reservations(promised)
    warehouse.set_reservations(promised)
    assert list(warehouse.reservations()) == promised


def test_the_database_refuses_words_that_nobody_knows(warehouse: StockStore) -> None:
    with pytest.raises(IntegrityError):
        warehouse.put_orders([OrderLine(order_id="O", item="TEA", qty=1, due=1, status="lost")])
    with pytest.raises(IntegrityError):
        warehouse.put_records([StockRecord(item="NONE", location="L1", lot=None, qty=1)])


def test_an_iterator_sees_one_state(warehouse: StockStore, address: str) -> None:
    records = warehouse.records()
    first = next(records)
    with open_stock(address) as other:
        other.put_records([StockRecord(item="TEA", location="L1", lot=None, qty=99)])
    rest = [first, *records]
    assert sum(row.qty for row in rest) == 21
    assert sum(row.qty for row in warehouse.records()) == 110


def test_hostile_text_is_text(warehouse: StockStore) -> None:
    evil = "'; DROP TABLE items; -- <b>=1+1"
    warehouse.put_items([Item(item=evil, name=evil)])
    assert warehouse.names([evil]) == {evil: evil}
    assert warehouse.counts()["items"] == 3
