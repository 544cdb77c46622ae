"""Items, their codes and pack sizes, and locations: the look-ups of the resolver, and writing them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlalchemy import delete, func, select, union

from scanstation.stock.catalogue import Code, Content
from scanstation.stock.model import Item, Location
from scanstation.store import schema
from scanstation.store.engine import reading, writing
from scanstation.store.tables import StockTables, batches, item_of, location_of, upsert

_EPOCH = date(1970, 1, 1)
_ITEM_COLUMNS = ("item", "name", "gtin", "base_unit", "unit_cost", "price", "abc_class", "tracking")


class CatalogueTables(StockTables):
    """Implements `scanstation.stock.catalogue.Catalogue` on the stock file."""

    def codes(self, code: str) -> Sequence[Code]:
        """Every meaning of ``code``: rows of the code table, and items whose own GTIN it is."""
        codes, items = schema.codes, schema.items
        own = select(items.c.gtin, items.c.item).where(items.c.gtin == code)
        with reading(self.engine) as connection:
            listed = connection.execute(select(codes).where(codes.c.code == code).order_by(codes.c.item)).all()
            found = {row.item: Code(code=code, item=row.item, quantity=row.quantity) for row in listed}
            for row in connection.execute(own.order_by(items.c.item)):
                found.setdefault(row.item, Code(code=code, item=row.item))
        return tuple(found.values())

    def item(self, item: str) -> Item | None:
        """The item of this number, with its pack sizes."""
        items, packs = schema.items, schema.packs
        with reading(self.engine) as connection:
            row = connection.execute(select(items).where(items.c.item == item)).one_or_none()
            if row is None:
                return None
            sizes = connection.execute(select(packs.c.indicator, packs.c.quantity).where(packs.c.item == item)).all()
        return item_of(row, {size.indicator: size.quantity for size in sizes})

    def location(self, location: str) -> Location | None:
        """The location of this code, else the only one of this GLN."""
        table = schema.locations
        with reading(self.engine) as connection:
            row = connection.execute(select(table).where(table.c.location == location)).one_or_none()
            if row is None:
                rows = connection.execute(select(table).where(table.c.gln == location)).all()
                row = rows[0] if len(rows) == 1 else None
        return None if row is None else location_of(row)

    def contents(self, unit: str) -> Sequence[Content]:
        """What this logistic unit holds by its advance shipping notice, with what is packed in it, by item and lot."""
        table = schema.contents
        units = (unit, *self.packed_units(unit))
        total = func.sum(table.c.quantity).label("quantity")
        found: Counter[tuple[str, str]] = Counter()
        with reading(self.engine) as connection:
            for batch in batches(units):
                query = select(table.c.item, table.c.lot, total).where(table.c.unit.in_(batch))
                for row in connection.execute(query.group_by(table.c.item, table.c.lot)):
                    found[row.item, row.lot] += int(row.quantity)
        return tuple(Content(item=item, lot=lot or None, quantity=qty) for (item, lot), qty in sorted(found.items()))

    def packed_in(self, unit: str) -> str | None:
        """The logistic unit in which this one was sent."""
        with reading(self.engine) as connection:
            return connection.scalar(select(schema.packed.c.inside).where(schema.packed.c.unit == unit))

    def packed_units(self, unit: str) -> Sequence[str]:
        """The logistic units that were sent in this one, at any depth."""
        table = schema.packed
        found, level = {unit: None}, [unit]
        with reading(self.engine) as connection:
            while level:
                inner: list[str] = []
                for batch in batches(level):
                    inner += connection.scalars(select(table.c.unit).where(table.c.inside.in_(batch)))
                level = [name for name in sorted(inner) if name not in found]
                found |= dict.fromkeys(level)
        return tuple(found)[1:]

    def lot_expiry(self, item: str, lot: str) -> str | None:
        """The last day on which a lot may be sold, as an ISO date; None where it is not recorded."""
        table = schema.lots
        query = select(table.c.expires).where(table.c.item == item, table.c.lot == lot)
        with reading(self.engine) as connection:
            day = connection.execute(query).scalar_one_or_none()
        return None if day is None else (_EPOCH + timedelta(days=day)).isoformat()

    def names(self, items: Iterable[str]) -> dict[str, str]:
        """Names of the items that exist, by item."""
        table = schema.items
        found: dict[str, str] = {}
        with reading(self.engine) as connection:
            for batch in batches(items):
                rows = connection.execute(select(table.c.item, table.c.name).where(table.c.item.in_(batch)))
                found.update({row.item: row.name for row in rows})
        return found

    def items(self) -> Iterator[Item]:
        """All items by number."""
        table, packs = schema.items, schema.packs
        with reading(self.engine) as connection:
            sizes: dict[str, dict[int, int]] = {}
            for item, indicator, quantity in connection.execute(select(packs)):
                sizes.setdefault(item, {})[indicator] = quantity
            for row in connection.execution_options(yield_per=1_000).execute(select(table).order_by(table.c.item)):
                yield item_of(row, sizes.get(row.item, {}))

    def all_codes(self) -> Iterator[Code]:
        """All rows of the code table, by code and item."""
        table = schema.codes
        with reading(self.engine) as connection:
            query = select(table).order_by(table.c.code, table.c.item)
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield Code(code=row.code, item=row.item, quantity=row.quantity)

    def locations(self, *, site: str | None = None) -> Iterator[Location]:
        """All locations (of a site) by code."""
        table = schema.locations
        query = select(table).order_by(table.c.location)
        if site is not None:
            query = query.where(table.c.site == site)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield location_of(row)

    def item_codes(self, item: str) -> Sequence[str]:
        """Every code of an item, its own GTIN first."""
        own = select(schema.items.c.gtin).where(schema.items.c.item == item, schema.items.c.gtin.is_not(None))
        others = select(schema.codes.c.code).where(schema.codes.c.item == item)
        with reading(self.engine) as connection:
            first = list(connection.scalars(own))
            rest = sorted(set(connection.scalars(union(own, others))) - set(first))
        return (*first, *rest)

    def put_items(self, items: Iterable[Item]) -> None:
        """Add items or change them; an item's pack sizes become exactly those given."""
        with writing(self.engine) as connection:
            for batch in batches(items):
                rows = [{name: getattr(item, name) for name in _ITEM_COLUMNS} for item in batch]
                upsert(connection, schema.items, rows)
                numbers = [item.item for item in batch]
                connection.execute(delete(schema.packs).where(schema.packs.c.item.in_(numbers)))
                sizes = [
                    {"item": item.item, "indicator": indicator, "quantity": quantity}
                    for item in batch
                    for indicator, quantity in item.packs.items()
                ]
                upsert(connection, schema.packs, sizes)

    def put_codes(self, codes: Iterable[Code]) -> None:
        """Add codes or change their quantity."""
        with writing(self.engine) as connection:
            for batch in batches(codes):
                upsert(connection, schema.codes, [asdict(code) for code in batch])

    def put_locations(self, locations: Iterable[Location]) -> None:
        """Add locations or change them."""
        with writing(self.engine) as connection:
            for batch in batches(locations):
                upsert(connection, schema.locations, [asdict(location) for location in batch])
