"""Audits in the stock file: plan, scope, snapshot, states, approvals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from scanstation.audit.model import Approval
from scanstation.plural import how_many
from scanstation.store import schema
from scanstation.store.engine import StoreError, StoreReason, hold_writers, reading, writing
from scanstation.store.tables import StockTables, batches, upsert

TRANSITIONS: dict[str, frozenset[str]] = {
    "planned": frozenset({"counting", "cancelled"}),
    "counting": frozenset({"reconciled", "cancelled"}),
    "reconciled": frozenset({"counting", "approved", "cancelled"}),  # back to counting: a recount
    "approved": frozenset({"counting", "posted"}),
    "posted": frozenset(),
    "cancelled": frozenset(),
}
"""Which state of an audit may follow which; the same state again is always allowed and changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An audit as stored.  ``t0`` (microseconds UTC) is the time of its snapshot, None while it is planned."""

    audit: str
    name: str
    site: str
    t0: int | None
    blind: bool
    state: str
    created_by: str
    created_at: int
    changed_at: int


class AuditTables(StockTables):
    """Audits, their scopes, snapshots and approvals."""

    def create_audit(
        self, audit: str, *, name: str, at: int, site: str = "", blind: bool = True, created_by: str = ""
    ) -> AuditRow:
        """Add a planned audit.  Raises `StoreError` (EXISTS) when there is one of this number."""
        row = {"audit": audit, "name": name, "site": site, "blind": blind, "created_by": created_by}
        with writing(self.engine) as connection:
            if _find(connection, audit) is not None:
                raise StoreError(StoreReason.EXISTS, f"audit {audit} exists already", "Choose another number.")
            connection.execute(insert(schema.audits), {**row, "created_at": at, "changed_at": at})
            return require_audit(connection, audit)

    def audit(self, audit: str) -> AuditRow | None:
        """The audit of this number."""
        with reading(self.engine) as connection:
            return _find(connection, audit)

    def audits(self, *, states: Sequence[str] = ()) -> Sequence[AuditRow]:
        """Audits, the oldest first, only those in ``states`` where given."""
        table = schema.audits
        query = select(table).order_by(table.c.created_at, table.c.audit)
        if states:
            query = query.where(table.c.state.in_(list(states)))
        with reading(self.engine) as connection:
            return tuple(_audit_of(row) for row in connection.execute(query))

    def set_audit_state(self, audit: str, state: str, *, at: int) -> AuditRow:
        """Move an audit to ``state``.

        Going back to counting drops its approvals: they were for other figures.  Raises `StoreError`
        (UNKNOWN_AUDIT, WRONG_STATE).
        """
        with self.watch.aside() as connection:
            _move(connection, audit, state, at)
            return require_audit(connection, audit)

    def take_snapshot(self, audit: str, t0: int, scope: Iterable[str]) -> int:
        """Begin counting: fix the scope, copy every stock record (of all locations), return how many there were.

        Reconciling needs an item's whole quantity, also where nobody counts.  All in one transaction.  Raises
        `StoreError`: UNKNOWN_AUDIT, WRONG_STATE when it is not planned, NOT_FOUND for unknown locations.
        """
        with writing(self.engine) as connection:
            found = require_audit(connection, audit)
            if found.state != "planned":
                raise _wrong(found, "counting")
            self._set_scope(connection, audit, sorted(set(scope)))
            # The records and the last movement they contain have to be of one moment.
            hold_writers(connection, schema.movements, schema.stock_records)
            highest = select(func.coalesce(func.max(schema.movements.c.id), 0)).scalar_subquery()
            connection.execute(
                update(schema.audits).where(schema.audits.c.audit == audit).values(t0=t0, booked=highest)
            )
            _move(connection, audit, "counting", t0)
            connection.execute(_copy_records(audit))
            size = select(func.count()).select_from(schema.snapshot).where(schema.snapshot.c.audit == audit)
            return connection.execute(size).scalar_one()

    def scope(self, audit: str) -> Sequence[str]:
        """The locations that an audit counts, sorted."""
        table = schema.audit_scope
        with reading(self.engine) as connection:
            query = select(table.c.location).where(table.c.audit == audit).order_by(table.c.location)
            return tuple(connection.scalars(query))

    def add_to_scope(self, audit: str, location: str) -> None:
        """Let an audit count one more location; one that it counts already stays.  The snapshot holds all locations.

        Raises `StoreError`: UNKNOWN_AUDIT, NOT_FOUND.
        """
        with writing(self.engine) as connection:
            require_audit(connection, audit)
            self._set_scope(connection, audit, [location])

    def audits_of(self, locations: Iterable[str]) -> Sequence[tuple[str, str]]:
        """(audit, location) of the audits that are being counted, reconciled or approved at these locations."""
        scope, audits = schema.audit_scope, schema.audits
        found: list[tuple[str, str]] = []
        with reading(self.engine) as connection:
            for batch in batches(locations):
                query = (
                    select(scope.c.audit, scope.c.location)
                    .join(audits, audits.c.audit == scope.c.audit)
                    .where(audits.c.state.in_(["counting", "reconciled", "approved"]), scope.c.location.in_(batch))
                )
                found.extend((row.audit, row.location) for row in connection.execute(query))
        return tuple(sorted(found))

    def approve(self, audit: str, approval: Approval) -> None:
        """Keep an approval; the same operator's later one replaces the earlier."""
        row = {"audit": audit, "operator": approval.operator, "at": approval.at}
        with self.watch.aside() as connection:
            require_audit(connection, audit)
            row = {**row, "reason_code": approval.reason_code, "amount": approval.amount}
            upsert(connection, schema.approvals, [row])

    def approvals(self, audit: str) -> Sequence[Approval]:
        """The approvals of an audit, the oldest first."""
        table = schema.approvals
        query = select(table).where(table.c.audit == audit).order_by(table.c.at, table.c.operator)
        with reading(self.engine) as connection:
            return tuple(
                Approval(operator=row.operator, at=row.at, reason_code=row.reason_code, amount=row.amount)
                for row in connection.execute(query)
            )

    @staticmethod
    def _set_scope(connection: Connection, audit: str, locations: Sequence[str]) -> None:
        table = schema.locations
        known: set[str] = set()
        for batch in batches(locations):
            known.update(connection.scalars(select(table.c.location).where(table.c.location.in_(batch))))
        missing = [location for location in locations if location not in known]
        if missing:
            raise StoreError(
                StoreReason.NOT_FOUND,
                f"{how_many(len(missing), 'location')} of audit {audit} unknown: {', '.join(missing[:10])}",
                "Import the locations, or leave them out of the scope.",
            )
        upsert(connection, schema.audit_scope, [{"audit": audit, "location": location} for location in locations])


def _copy_records(audit: str) -> Any:
    """INSERT INTO snapshot SELECT every stock record with its item's unit cost."""
    records, items = schema.stock_records, schema.items
    rows = select(
        literal(audit),
        records.c.item,
        records.c.location,
        records.c.lot,
        records.c.status,
        records.c.qty,
        items.c.unit_cost,
    ).join(items, items.c.item == records.c.item)
    return insert(schema.snapshot).from_select(["audit", "item", "location", "lot", "status", "qty", "unit_cost"], rows)


def _find(connection: Connection, audit: str, *, lock: bool = False) -> AuditRow | None:
    query = select(schema.audits).where(schema.audits.c.audit == audit)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _audit_of(row)


def require_audit(connection: Connection, audit: str) -> AuditRow:
    """The audit, which nobody else changes until this transaction ends."""
    found = _find(connection, audit, lock=True)
    if found is None:
        raise StoreError(StoreReason.UNKNOWN_AUDIT, f"there is no audit {audit}", "List them: scanstation audit list.")
    return found


def _move(connection: Connection, audit: str, state: str, at: int) -> None:
    found = require_audit(connection, audit)
    if found.state == state:
        return
    if state not in TRANSITIONS[found.state]:
        raise _wrong(found, state)
    table = schema.audits
    connection.execute(update(table).where(table.c.audit == audit).values(state=state, changed_at=at))
    if state == "counting":
        connection.execute(schema.approvals.delete().where(schema.approvals.c.audit == audit))


def _wrong(found: AuditRow, state: str) -> StoreError:
    allowed = ", ".join(sorted(TRANSITIONS[found.state])) or "nothing"
    return StoreError(
        StoreReason.WRONG_STATE,
        f"audit {found.audit} is {found.state} and cannot become {state}",
        f"From {found.state} it can become: {allowed}.",
    )


def _audit_of(row: Any) -> AuditRow:
    return AuditRow(
        audit=row.audit,
        name=row.name,
        site=row.site,
        t0=row.t0,
        blind=bool(row.blind),
        state=row.state,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
