"""The stock side of a reconciliation, as Arrow tables with the columns that the engine reads.

Every whole number is int64, money is 1/10000, a missing lot is null.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, exists, select, union

from scanstation.stock.walk import walk
from scanstation.store import schema
from scanstation.store.audits import AuditTables
from scanstation.store.engine import StoreError, StoreReason, reading
from scanstation.store.input_statements import Statement, narrowed, statements

if TYPE_CHECKING:
    import pyarrow as pa

FETCH = 50_000
"""Rows that are held as Python objects at a time."""


class ReconcileInputs(AuditTables):
    """Hands an audit's stock side to the reconciliation engine."""

    def reconcile_inputs(
        self,
        audit: str,
        items: Collection[str] | None = None,
        places: Collection[str] = (),
        tables: Collection[str] | None = None,
    ) -> "dict[str, pa.Table]":
        """Return the tables of one audit, all from one state of the database; with ``items`` only what concerns them,
        and of the locations only ``places``; with ``tables`` only these.

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
        values: dict[str, Any] = {"audit": audit, "t0": found.t0}
        with reading(self.engine) as connection:
            known = statements(connection.dialect, narrow=items is not None)
            asked = {name: statement for name, statement in known.items() if tables is None or name in tables}
            if items is not None:
                values |= narrowed(connection.dialect, items, places)
            if "orders" in asked and not connection.scalar(select(exists().select_from(schema.orders))):
                del asked["orders"]
            return {name: _table(connection, statement, values) for name, statement in asked.items()}

    def inputs_version(self) -> int | None:
        """A number that is the same as before only where `reconcile_inputs` would give the same again: nobody but the
        steps of audits, which write nothing that it reads, has changed the stock file.  None: it cannot be told."""
        return self.watch.version()

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


def _table(connection: Connection, statement: Statement, values: Mapping[str, Any]) -> "pa.Table":
    """Fetch in chunks into Arrow, so that at most `FETCH` rows are Python objects.

    From the driver's own cursor: a million `Row` objects would take half of the time.
    """
    import pyarrow as pa

    kinds: dict[type, pa.DataType] = {int: pa.int64(), bool: pa.bool_(), float: pa.float64(), str: pa.string()}
    arrow = pa.schema([pa.field(name, kinds[kind]) for name, kind in statement.columns.items()])
    cursor = _cursor(connection, statement, values)
    chunks: list[pa.RecordBatch] = []
    while rows := cursor.fetchmany(FETCH):
        chunks.append(_batch(rows, arrow))
    cursor.close()
    return pa.Table.from_batches(chunks, schema=arrow)


def _cursor(connection: Connection, statement: Statement, values: Mapping[str, Any]) -> Any:
    """Execute a statement on a cursor of the driver; on PostgreSQL a named one, which the server feeds in portions."""
    sqlite = connection.dialect.name == "sqlite"
    cursor: Any = connection.connection.cursor() if sqlite else connection.connection.cursor("reconcile_inputs")
    cursor.execute(str(statement.compiled), statement.parameters(values))
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
