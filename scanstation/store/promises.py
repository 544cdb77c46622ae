"""What is promised and published: order lines, reservations, channel listings, purchase orders."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, delete, select

from scanstation.stock.model import Listing, ListingState, OrderLine, PurchaseOrderLine, Reservation
from scanstation.store import schema
from scanstation.store.engine import reading, writing
from scanstation.store.tables import StockTables, batches, upsert


class PromiseTables(StockTables):
    """Order lines, reservations, listings and purchase orders of the stock file."""

    def orders(self, *, item: str | None = None, status: str | None = "open") -> Iterator[OrderLine]:
        """Order lines in the order in which stock is promised: due, priority (low first), age, number."""
        table = schema.orders
        query = select(table).order_by(
            table.c.due, table.c.priority, table.c.placed_at.nulls_last(), table.c.order_id, table.c.item
        )
        if status is not None:
            query = query.where(table.c.status == status)
        if item is not None:
            query = query.where(table.c.item == item)
        for row in self._rows(query):
            yield OrderLine(**row)

    def reservations(self, *, item: str | None = None) -> Iterator[Reservation]:
        """All reservations, or those of one item."""
        table = schema.reservations
        query = select(table.c.item, table.c.qty, table.c.order_id, table.c.location).order_by(table.c.id)
        if item is not None:
            query = query.where(table.c.item == item)
        for row in self._rows(query):
            yield Reservation(**row)

    def listings(self, *, item: str | None = None) -> Iterator[Listing]:
        """All channel listings, or those of one item."""
        table = schema.listings
        query = select(table).order_by(table.c.channel, table.c.item)
        if item is not None:
            query = query.where(table.c.item == item)
        for row in self._rows(query):
            yield Listing(**{**row, "state": ListingState(row["state"])})

    def purchase_orders(self, *, item: str | None = None) -> Iterator[PurchaseOrderLine]:
        """All purchase order lines, or those of one item."""
        table = schema.purchase_orders
        query = select(table).order_by(table.c.po, table.c.line)
        if item is not None:
            query = query.where(table.c.item == item)
        for row in self._rows(query):
            yield PurchaseOrderLine(**row)

    def put_orders(self, orders: Iterable[OrderLine]) -> None:
        """Add order lines or change them; the key is (order, item)."""
        self._put(schema.orders, orders)

    def put_listings(self, listings: Iterable[Listing]) -> None:
        """Add listings or change them; the key is (channel, item)."""
        self._put(schema.listings, listings)

    def put_purchase_orders(self, lines: Iterable[PurchaseOrderLine]) -> None:
        """Add purchase order lines or change them; the key is (purchase order, line)."""
        self._put(schema.purchase_orders, lines)

    def set_reservations(self, reservations: Iterable[Reservation]) -> None:
        """Replace all reservations: they have no key of their own, so the list is always the whole list."""
        table = schema.reservations
        with writing(self.engine) as connection:
            connection.execute(delete(table))
            for batch in batches(reservations):
                connection.execute(table.insert(), [asdict(reservation) for reservation in batch])

    def _rows(self, query: Any) -> Iterator[dict[str, Any]]:
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield row._asdict()

    def _put(self, table: Table, values: Iterable[Any]) -> None:
        with writing(self.engine) as connection:
            for batch in batches(values):
                upsert(connection, table, [_plain(asdict(value)) for value in batch])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    if "state" in row:
        row["state"] = str(row["state"])
    return row
