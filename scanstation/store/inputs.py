"""The stock side of a reconciliation, as Arrow tables with the columns that the engine reads.

Every whole number is int64, money is 1/10000, a missing lot is null.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    union,
    union_all,
)

from scanstation.stock.walk import walk
from scanstation.store import schema
from scanstation.store.audits import AuditTables
from scanstation.store.engine import StoreError, StoreReason, reading

if TYPE_CHECKING:
    import pyarrow as pa

WHOLE = (
    schema.listings,
    schema.purchase_orders,
    schema.suppliers,
    schema.demand,
    schema.returns,
    schema.planning,
    schema.lots,
)
"""Tables that the engine takes as they are."""

FETCH = 50_000
"""Rows that are held as Python objects at a time."""


class ReconcileInputs(AuditTables):
    """Hands an audit's stock side to the reconciliation engine."""

    def reconcile_inputs(self, audit: str, items: Collection[str] | None = None) -> "dict[str, pa.Table]":
        """Return the tables of one audit, all from one state of the database; with ``items`` only what concerns them.

        ``recorded`` holds the records at t0, one row a status.  ``movements`` holds the history and what came after t0,
        without the adjustments of this audit: they are its answer, so they must not change the question when it is
        looked at again after it was posted.  ``orders``, ``reservations``, ``listings``, ``items``, ``packs``,
        ``locations``, ``purchase_orders``, ``suppliers``, ``demand``, ``returns``, ``planning`` and ``lots`` are as the
        stock file has them now.  A stock file without any order line gives no ``orders``: nothing is known of them.

        The records at t0 are the snapshot, corrected by what was booked late (after the snapshot, with a time at or
        before t0) or early (before it, with a later time): a booking belongs to the time of its movement.
        Raises `StoreError`: UNKNOWN_AUDIT; WRONG_STATE while there is no snapshot.
        """
        found = self.audit(audit)
        if found is None:
            raise StoreError(StoreReason.UNKNOWN_AUDIT, f"there is no audit {audit}", "List the audits.")
        if found.t0 is None:
            raise StoreError(StoreReason.WRONG_STATE, f"audit {audit} has no snapshot", "Open the audit first.")
        queries = {
            "recorded": _recorded(audit, found.t0),
            "movements": _movements(audit),
            "orders": _orders(),
            "reservations": _reservations(),
            "items": _items(),
            "packs": _packs(),
            "locations": select(schema.locations.c.location, schema.locations.c.site, schema.locations.c.zone),
            **{table.name: select(table) for table in WHOLE},
        }
        with reading(self.engine) as connection:
            if items is not None:
                queries = {name: _only(query, items) for name, query in queries.items()}
            if not connection.scalar(select(exists().select_from(schema.orders))):
                del queries["orders"]
            return {name: _table(connection, query) for name, query in queries.items()}

    def items_of(self, audit: str, locations: Collection[str]) -> set[str]:
        """The items that the books know at these locations: in the snapshot, or moved there since."""
        found = self.audit(audit)
        copied, moved = schema.snapshot, schema.movements
        t0 = (found.t0 if found else None) or 0
        query = union(
            select(copied.c.item).where(copied.c.audit == audit, copied.c.location.in_(locations)),
            select(moved.c.item).where(moved.c.ts > t0, moved.c.location.in_(locations)),
        )
        with reading(self.engine) as connection:
            return set(connection.scalars(query))

    def near(self, location: str) -> tuple[str, ...]:
        """The bins before and after a location in its zone, in the order in which they stand."""
        table = schema.locations
        here = select(table.c.site, table.c.zone).where(table.c.location == location).subquery()
        zone = select(table.c.location).join(here, and_(here.c.site == table.c.site, here.c.zone == table.c.zone))
        with reading(self.engine) as connection:
            bins = sorted(connection.scalars(zone), key=walk)
        at = bins.index(location) if location in bins else 0
        return tuple(place for place in bins[max(at - 1, 0) : at + 2] if place != location)


def _only(query: Select[Any], items: Collection[str]) -> Select[Any]:
    """Narrow a query to some items, where it names an item."""
    columns = {column.key: column for column in query.selected_columns}
    return query.where(columns["item"].in_(sorted(items))) if "item" in columns else query


def _recorded(audit: str, t0: int) -> Select[Any]:
    """Snapshot and corrections as one list of (key, status, qty, unit_cost)."""
    copied, moved, items, audits = schema.snapshot, schema.movements, schema.items, schema.audits
    mark = select(audits.c.booked).where(audits.c.audit == audit).scalar_subquery()
    late = and_(moved.c.id > mark, moved.c.ts <= t0)
    early = and_(moved.c.id <= mark, moved.c.ts > t0)
    rows = union_all(
        select(copied.c.item, copied.c.location, copied.c.lot, copied.c.status, copied.c.qty, copied.c.unit_cost).where(
            copied.c.audit == audit
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
        .where(moved.c.applied, or_(late, early)),
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


def _movements(audit: str) -> Select[Any]:
    table = schema.movements
    names = ("delta", "ts", "reason", "document", "line", "status")
    own = and_(table.c.reason == "adjustment", table.c.document == audit)
    return (
        select(table.c.item, table.c.location, _null_lot(table.c.lot), *(table.c[name] for name in names))
        .where(not_(own))
        .order_by(table.c.id)
    )


def _orders() -> Select[Any]:
    table = schema.orders
    return select(table).order_by(
        table.c.due, table.c.priority, table.c.placed_at.nulls_last(), table.c.order_id, table.c.item
    )


def _reservations() -> Select[Any]:
    table = schema.reservations
    return select(table.c.item, table.c.qty, table.c.order_id).order_by(table.c.id)


def _items() -> Select[Any]:
    table = schema.items
    names = ("item", "name", "gtin", "unit_cost", "price", "abc_class", "tracking")
    return select(*(table.c[name] for name in names)).order_by(table.c.item)


def _packs() -> Select[Any]:
    """Pack sizes of the GTIN-14 indicators and of other codes, each once."""
    packs, codes = schema.packs, schema.codes
    return (
        union_all(
            select(packs.c.item, packs.c.quantity.label("units")).where(packs.c.quantity > 1),
            select(codes.c.item, codes.c.quantity).where(codes.c.quantity > 1),
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


def _table(connection: Connection, query: Select[Any]) -> "pa.Table":
    """Fetch in chunks into Arrow, so that at most `FETCH` rows are Python objects.

    From the driver's own cursor: a million `Row` objects would take half of the time.
    """
    import pyarrow as pa

    kinds: dict[type, pa.DataType] = {int: pa.int64(), bool: pa.bool_(), float: pa.float64(), str: pa.string()}
    fields = [pa.field(column.key or "", kinds[column.type.python_type]) for column in query.selected_columns]
    arrow = pa.schema(fields)
    cursor = _cursor(connection, query)
    chunks: list[pa.RecordBatch] = []
    while rows := cursor.fetchmany(FETCH):
        chunks.append(_batch(rows, arrow))
    cursor.close()
    return pa.Table.from_batches(chunks, schema=arrow)


def _cursor(connection: Connection, query: Select[Any]) -> Any:
    """Execute a query on a cursor of the driver; on PostgreSQL a named one, which the server feeds in portions."""
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    if connection.dialect.name == "sqlite":
        cursor: Any = connection.connection.cursor()
        cursor.execute(str(compiled), [compiled.params[name] for name in getattr(compiled, "positiontup", None) or ()])
    else:
        cursor = connection.connection.cursor("reconcile_inputs")
        cursor.execute(str(compiled), compiled.params)
    return cursor


def _batch(rows: Sequence[Any], arrow: "pa.Schema") -> "pa.RecordBatch":
    import pyarrow as pa

    arrays = [
        # SQLite has no truth values: 0 and 1.
        pa.array(map(_truth, values) if field.type == pa.bool_() else values, type=field.type)
        for values, field in zip(zip(*rows, strict=True), arrow, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=arrow)


def _truth(value: Any) -> bool | None:
    return None if value is None else bool(value)
