"""The statements that read the stock side of a reconciliation, one a table: whole, or only what concerns some items.

Each is rendered once for a database; the audit, its cut-off, the items and the places are bound when it runs.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.compiler import SQLCompiler

from scanstation.store import schema

AS_THEY_ARE = (
    schema.listings,
    schema.purchase_orders,
    schema.suppliers,
    schema.demand,
    schema.returns,
    schema.planning,
    schema.lots,
)
"""Tables that the engine takes as they are."""

AUDIT, T0 = bindparam("audit", type_=Text), bindparam("t0", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver of its database takes it, and the columns that it gives, with their types."""

    columns: Mapping[str, type]
    compiled: SQLCompiler

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return what the driver binds: ``audit``, ``t0`` and what `narrowed` gives, in its own form."""
        known = self.compiled.construct_params({name: values.get(name) for name in _BOUND})
        return [known[name] for name in self.compiled.positiontup or ()] if self.compiled.positional else known


_BOUND = ("audit", "t0", "items", "places")


@lru_cache(maxsize=8)
def statements(dialect: Dialect, *, narrow: bool) -> Mapping[str, Statement]:
    """Return the statement of each table; where they ``narrow``, ``items`` and ``places`` must be bound."""
    items, places = (_Among(dialect, name, narrow) for name in ("items", "places"))
    table = schema.locations
    queries: dict[str, Select[Any]] = {
        "recorded": _recorded(items),
        "movements": _movements(items),
        "orders": _orders(items),
        "reservations": _reservations(items),
        "items": _items(items),
        "packs": _packs(items),
        "locations": select(table.c.location, table.c.site, table.c.zone).where(*places(table.c.location)),
        **{table.name: select(table).where(*items(table.c.item)) for table in AS_THEY_ARE},
    }
    return {name: _rendered(query, dialect) for name, query in queries.items()}


def narrowed(dialect: Dialect, items: Collection[str], places: Collection[str]) -> dict[str, Any]:
    """Return the values to bind where statements narrow: lists as one value, however long."""
    values = {"items": sorted(items), "places": sorted(places)}
    return {name: json.dumps(value) for name, value in values.items()} if dialect.name == "sqlite" else dict(values)


def _rendered(query: Select[Any], dialect: Dialect) -> Statement:
    compiled = query.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    columns = {column.key or "": column.type.python_type for column in query.selected_columns}
    return Statement(columns=columns, compiled=compiled)


@dataclass(frozen=True, slots=True)
class _Among:
    """Makes the condition that a column is one of a bound list; none where nothing is narrowed."""

    dialect: Dialect
    name: str
    narrow: bool

    def __call__(self, column: Column[Any]) -> Iterator[ColumnElement[bool]]:
        if self.narrow and self.dialect.name == "sqlite":
            yield column.in_(select(func.json_each(bindparam(self.name, type_=Text)).table_valued("value").c.value))
        elif self.narrow:
            yield column == func.any(bindparam(self.name, type_=ARRAY(Text)))


def _recorded(among: _Among) -> Select[Any]:
    """Snapshot and corrections as one list of (key, status, qty, unit_cost), narrowed before they are brought together:
    SQLite would not do it by itself."""
    copied, moved, items, audits = schema.snapshot, schema.movements, schema.items, schema.audits
    mark = select(audits.c.booked).where(audits.c.audit == AUDIT).scalar_subquery()
    late = and_(moved.c.id > mark, moved.c.ts <= T0)
    early = and_(moved.c.id <= mark, moved.c.ts > T0)
    rows = union_all(
        select(copied.c.item, copied.c.location, copied.c.lot, copied.c.status, copied.c.qty, copied.c.unit_cost).where(
            copied.c.audit == AUDIT, *among(copied.c.item)
        ),
        select(
            moved.c.item,
            moved.c.location,
            moved.c.lot,
            moved.c.status,
            case((late, moved.c.delta), else_=-moved.c.delta),
            items.c.unit_cost,
        )
        .join(items, items.c.item == moved.c.item)
        .where(moved.c.applied, or_(late, early), *among(moved.c.item)),
    ).subquery()
    key = (rows.c.item, rows.c.location, rows.c.lot, rows.c.status)
    return select(
        rows.c.item,
        rows.c.location,
        _null_lot(rows.c.lot),
        _int(func.sum(rows.c.qty)).label("qty"),
        func.max(rows.c.unit_cost).label("unit_cost"),
        rows.c.status,
    ).group_by(*key)


def _movements(among: _Among) -> Select[Any]:
    table = schema.movements
    names = ("delta", "ts", "reason", "document", "line", "status")
    own = and_(table.c.reason == "adjustment", table.c.document == AUDIT)
    return (
        select(table.c.item, table.c.location, _null_lot(table.c.lot), *(table.c[name] for name in names))
        .where(not_(own), *among(table.c.item))
        .order_by(table.c.id)
    )


def _orders(among: _Among) -> Select[Any]:
    table = schema.orders
    order = (table.c.due, table.c.priority, table.c.placed_at.nulls_last(), table.c.order_id, table.c.item)
    return select(table).where(*among(table.c.item)).order_by(*order)


def _reservations(among: _Among) -> Select[Any]:
    table = schema.reservations
    columns = (table.c.item, table.c.qty, table.c.order_id)
    return select(*columns).where(*among(table.c.item)).order_by(table.c.id)


def _items(among: _Among) -> Select[Any]:
    table = schema.items
    names = ("item", "name", "gtin", "unit_cost", "price", "abc_class", "tracking")
    return select(*(table.c[name] for name in names)).where(*among(table.c.item)).order_by(table.c.item)


def _packs(among: _Among) -> Select[Any]:
    """Pack sizes of the GTIN-14 indicators and of other codes, each once."""
    packs, codes = schema.packs, schema.codes
    return (
        union_all(
            select(packs.c.item, packs.c.quantity.label("units")).where(packs.c.quantity > 1, *among(packs.c.item)),
            select(codes.c.item, codes.c.quantity).where(codes.c.quantity > 1, *among(codes.c.item)),
        )
        .subquery()
        .select()
        .distinct()
    )


def _null_lot(column: Any) -> Any:
    return func.nullif(column, literal(""), type_=Text).label("lot")


def _int(expression: Any) -> Any:
    """A sum of BIGINT is NUMERIC on PostgreSQL."""
    return cast(expression, BigInteger)
