"""Rows to value objects and back, and the one statement that both databases need spelled differently: the upsert."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite

from scanstation.stock.model import Item, Location, Tracking
from scanstation.store.watch import Watch

T = TypeVar("T")

BATCH = 5_000
"""Rows a statement: large enough to be quick, small enough to keep memory low."""


class StockTables:
    """What every part of the stock store has: the engine of the stock file, and who tells of changes."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.watch = engine, Watch(engine)


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut ``rows`` into lists of at most ``size``."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say ON CONFLICT on the database of ``connection``."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows`` (all with the same columns); a row whose key exists takes the new values of those columns."""
    if not rows:
        return
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, list(rows))


def item_of(row: Any, packs: Mapping[int, int]) -> Item:
    """Make an `Item` of its row and its pack sizes."""
    return Item(
        item=row.item,
        name=row.name,
        gtin=row.gtin,
        base_unit=row.base_unit,
        unit_cost=row.unit_cost,
        price=row.price,
        abc_class=row.abc_class,
        tracking=Tracking(row.tracking),
        packs=dict(packs),
    )


def location_of(row: Any) -> Location:
    """Make a `Location` of its row."""
    return Location(location=row.location, site=row.site, zone=row.zone, gln=row.gln)
