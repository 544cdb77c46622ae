"""The transaction of an import: implements `scanstation.exchange.ports` on the stock file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, select

from scanstation.store import schema
from scanstation.store.engine import writing
from scanstation.store.records import book_rows
from scanstation.store.tables import StockTables, batches, insert_into, upsert

_TABLES: dict[str, Table] = {
    "items": schema.items,
    "codes": schema.codes,
    "contents": schema.contents,
    "locations": schema.locations,
    "stock": schema.stock_records,
    "orders": schema.orders,
    "reservations": schema.reservations,
    "listings": schema.listings,
    "purchase_orders": schema.purchase_orders,
    "suppliers": schema.suppliers,
    "demand": schema.demand,
    "returns": schema.returns,
    "planning": schema.planning,
    "lots": schema.lots,
}

_MOVEMENT = {"lot": "", "status": "available", "reason": "", "document": "", "line": ""}


class ImportTransaction:
    """Writes rows of an import on one connection."""

    def __init__(self, connection: Connection, *, history: bool) -> None:
        self._connection = connection
        self._history = history
        self._listed: set[str] = set()  # logistic units whose contents this import lists
        self._placed: set[str] = set()  # those of which it says where they stand

    def known_items(self, items: Iterable[str]) -> set[str]:
        """Those of ``items`` that exist."""
        return self._known(schema.items.c.item, items)

    def known_locations(self, locations: Iterable[str]) -> set[str]:
        """Those of ``locations`` that exist."""
        return self._known(schema.locations.c.location, locations)

    def clear(self, table: str) -> None:
        """Remove all rows of ``table``."""
        self._connection.execute(delete(_TABLES[table]))

    def write(self, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> int:
        """Add or change rows in the columns ``names``; return how many."""
        if table == "movements":
            booked = [{**_MOVEMENT, **dict(zip(names, row, strict=True))} for row in rows]
            return book_rows(self._connection, booked, not self._history)
        if "packs" in names:
            place = names.index("packs")
            bare = [row[:place] + row[place + 1 :] for row in rows]
            self._upsert(schema.items, [*names[:place], *names[place + 1 :]], bare)
            self._set_packs({row[names.index("item")]: row[place] for row in rows})
        else:
            if table == "contents":
                names, rows = self._pack(names, rows)
            self._upsert(_TABLES[table], names, rows)
        return len(rows)

    def _pack(
        self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> tuple[Sequence[str], Sequence[tuple[Any, ...]]]:
        """Put units into units, and return what they hold themselves."""
        unit = names.index("unit")
        if "inside" not in names:
            self.repack((row[unit] for row in rows), {})
            return names, rows
        place = names.index("inside")
        self.repack((row[unit] for row in rows), {row[unit]: row[place] for row in rows if row[place] is not None})
        bare = [row[:place] + row[place + 1 :] for row in rows]
        return [*names[:place], *names[place + 1 :]], bare

    def repack(self, units: Iterable[str], inside: Mapping[str, str]) -> None:
        """Note in which unit each stands, once it is forgotten what they held before this import, and where they stood.

        A notice lists the whole content of a unit, also of one that is only named as the one around.
        """
        placed, packed = self._fresh(self._placed, units), schema.packed
        holding = self._fresh(self._listed, [*placed, *inside.values()])
        for batch in batches(placed):
            self._connection.execute(delete(packed).where(packed.c.unit.in_(batch)))
        for batch in batches(holding):
            self._connection.execute(delete(packed).where(packed.c.inside.in_(batch)))
            self._connection.execute(delete(schema.contents).where(schema.contents.c.unit.in_(batch)))
        upsert(self._connection, packed, [{"unit": unit, "inside": outer} for unit, outer in inside.items()])

    def _fresh(self, known: set[str], units: Iterable[str]) -> list[str]:
        """Those of the units that this import did not name before, sorted."""
        fresh = set(units) - known
        known |= fresh
        return sorted(fresh)

    def _set_packs(self, packs: Mapping[str, Mapping[int, int]]) -> None:
        """Give items exactly these pack sizes."""
        self._connection.execute(delete(schema.packs).where(schema.packs.c.item.in_(list(packs))))
        sizes = [
            {"item": item, "indicator": indicator, "quantity": quantity}
            for item, sizes in packs.items()
            for indicator, quantity in sizes.items()
        ]
        upsert(self._connection, schema.packs, sizes)

    def _upsert(self, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """As `upsert`, from tuples: the driver takes them as they are, which halves the time of a large import."""
        statement = insert_into(self._connection, table).values({name: bindparam(name) for name in names})
        keys = [column.name for column in table.primary_key]
        changed = {name: statement.excluded[name] for name in names if name not in keys}
        if changed and set(keys) - {"id"}:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
        elif not changed:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        if self._connection.dialect.name != "sqlite":
            self._connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
            return
        compiled = statement.compile(dialect=self._connection.dialect)
        order = [names.index(name) for name in compiled.positiontup or ()]
        if order != list(range(len(names))):
            rows = [tuple(row[place] for place in order) for row in rows]
        self._connection.exec_driver_sql(str(compiled), list(rows))

    def _known(self, column: Column[str], values: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for batch in batches(values):
            found.update(self._connection.scalars(select(column).where(column.in_(batch))))
        return found


class ImportTables(StockTables):
    """Lets an importer write into the stock file."""

    @contextmanager
    def importing(self, *, history: bool = False) -> Iterator[ImportTransaction]:
        """Begin the transaction of an import; with ``history`` its movements leave the stock records alone."""
        with writing(self.engine) as connection, _large_cache(connection):
            yield ImportTransaction(connection, history=history)


@contextmanager
def _large_cache(connection: Connection) -> Iterator[None]:
    """Let SQLite keep 64 MB of pages meanwhile: keys in the file's order touch the whole table (1.5 times as fast)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql("PRAGMA cache_size=-65536")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={before}")
