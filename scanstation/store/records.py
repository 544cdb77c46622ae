"""Stock records and the movements that change them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from scanstation.stock.model import Movement, StockRecord, StockStatus
from scanstation.store import schema
from scanstation.store.engine import reading, writing
from scanstation.store.tables import StockTables, batches, insert_into, upsert

_KEY = ("item", "location", "lot", "status")


class RecordTables(StockTables):
    """What is recorded where, and what changed it."""

    def records(self, *, location: str | None = None, item: str | None = None) -> Iterator[StockRecord]:
        """Stock records by key, of one location or item where given."""
        table = schema.stock_records
        query = select(table).order_by(*table.primary_key)
        if location is not None:
            query = query.where(table.c.location == location)
        if item is not None:
            query = query.where(table.c.item == item)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield StockRecord(
                    item=row.item,
                    location=row.location,
                    lot=row.lot or None,
                    qty=row.qty,
                    status=StockStatus(row.status),
                )

    def recorded(self, item: str, location: str, lot: str | None) -> int:
        """What is recorded of a lot of an item at a location, of every status; without a lot of all its lots."""
        table = schema.stock_records
        query = select(func.coalesce(func.sum(table.c.qty), 0)).where(
            table.c.item == item, table.c.location == location
        )
        with reading(self.engine) as connection:
            found = connection.execute(query if lot is None else query.where(table.c.lot == lot)).scalar_one()
        return int(found)

    def put_records(self, records: Iterable[StockRecord]) -> None:
        """Set the quantity of the listed records; the others stay as they are."""
        with writing(self.engine) as connection:
            for batch in batches(records):
                upsert(connection, schema.stock_records, [_record_row(record) for record in batch])

    def movements(self, *, after: int | None = None, item: str | None = None) -> Iterator[Movement]:
        """Movements with ``ts`` > ``after`` (microseconds), of one item where given, by time and order of booking."""
        table = schema.movements
        query = select(table).order_by(table.c.ts, table.c.id)
        if after is not None:
            query = query.where(table.c.ts > after)
        if item is not None:
            query = query.where(table.c.item == item)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield _movement_of(row)

    def book(self, movements: Iterable[Movement], *, history: bool = False) -> int:
        """Book movements and change the stock records by them, all in one transaction; return how many were new.

        A movement whose key is booked already is left out (the first one of a key stands).  With ``history`` the
        movements are kept and the records stay: for movements that the records contain already.
        """
        with writing(self.engine) as connection:
            return sum(
                book_rows(connection, list(map(_movement_row, batch)), not history) for batch in batches(movements)
            )


def book_rows(connection: Connection, rows: Sequence[dict[str, Any]], applied: bool) -> int:
    """Insert the movements whose key is new, apply them to the records, return how many there were."""
    fresh = _insert_new(connection, [{**row, "applied": applied} for row in rows])
    if applied:
        apply_deltas(connection, fresh)
    return len(fresh)


def _insert_new(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    table = schema.movements
    loose = [row for row in rows if row["key"] is None]
    keyed: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["key"] is not None:
            keyed.setdefault(row["key"], row)
    if loose:
        connection.execute(table.insert(), loose)
    if not keyed:
        return loose
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=["key"]).returning(table.c.key)
    return loose + [keyed[key] for key in connection.scalars(statement, list(keyed.values()))]


def apply_deltas(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Change the stock records by the ``delta`` of each row; a record that does not exist begins at 0."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        sums[tuple(row[name] for name in _KEY)] += row["delta"]
    changes = [{**dict(zip(_KEY, key, strict=True)), "qty": delta} for key, delta in sums.items()]
    if not changes:
        return
    table = schema.stock_records
    statement = insert_into(connection, table)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(_KEY), set_={"qty": table.c.qty + statement.excluded["qty"]}
        ),
        changes,
    )


def _record_row(record: StockRecord) -> dict[str, Any]:
    return {
        "item": record.item,
        "location": record.location,
        "lot": record.lot or "",
        "status": record.status.value,
        "qty": record.qty,
    }


def _movement_row(movement: Movement) -> dict[str, Any]:
    return {
        "key": movement.key,
        "item": movement.item,
        "location": movement.location,
        "lot": movement.lot or "",
        "status": movement.status.value,
        "delta": movement.delta,
        "ts": movement.ts,
        "reason": movement.reason,
        "document": movement.document,
        "line": movement.line,
    }


def _movement_of(row: Any) -> Movement:
    return Movement(
        item=row.item,
        location=row.location,
        lot=row.lot or None,
        delta=row.delta,
        ts=row.ts,
        reason=row.reason,
        document=row.document,
        line=row.line,
        key=row.key,
        status=StockStatus(row.status),
    )
