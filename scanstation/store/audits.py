"""Audits in the stock file: plan, scope, snapshot, states, approvals, adjustments."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from scanstation.stock.model import StockStatus
from scanstation.store import schema
from scanstation.store.engine import StoreError, StoreReason, hold_writers, reading, writing
from scanstation.store.records import book_rows
from scanstation.store.tables import StockTables, batches, insert_into, upsert

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One person's approval of an audit's adjustments; ``amount`` is the sum of their absolute values, 1/10000."""

    operator: str
    at: int
    reason_code: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A change of one stock record that an audit found necessary: a delta, never an absolute quantity."""

    item: str
    location: str
    lot: str | None
    delta: int
    reason_code: str = ""
    status: StockStatus = StockStatus.AVAILABLE


class AuditTables(StockTables):
    """Audits, their snapshots and what they changed."""

    def create_audit(
        self, audit: str, *, name: str, at: int, site: str = "", blind: bool = True, created_by: str = ""
    ) -> AuditRow:
        """Add a planned audit.  Raises `StoreError` (EXISTS) when there is one of this number."""
        row = {"audit": audit, "name": name, "site": site, "blind": blind, "created_by": created_by}
        with writing(self.engine) as connection:
            if _find(connection, audit) is not None:
                raise StoreError(StoreReason.EXISTS, f"audit {audit} exists already", "Choose another number.")
            connection.execute(insert(schema.audits), {**row, "created_at": at, "changed_at": at})
            return _require(connection, audit)

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
        with writing(self.engine) as connection:
            _move(connection, audit, state, at)
            return _require(connection, audit)

    def take_snapshot(self, audit: str, t0: int, scope: Iterable[str]) -> int:
        """Begin counting: fix the scope, copy every stock record (of all locations), return how many there were.

        Reconciling needs an item's whole quantity, also where nobody counts.  All in one transaction.  Raises
        `StoreError`: UNKNOWN_AUDIT, WRONG_STATE when it is not planned, NOT_FOUND for unknown locations.
        """
        with writing(self.engine) as connection:
            found = _require(connection, audit)
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
        with writing(self.engine) as connection:
            _require(connection, audit)
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

    def post_adjustments(self, audit: str, rows: Iterable[Adjustment], ts: int) -> int:
        """Post adjustments: adjustment, movement and record change in one transaction; return how many were new.

        The movement has reason ``adjustment``, the audit as document and the key
        ``audit:<audit>:<item>:<location>:<lot>:<status>`` (":" and "%" inside a part percent-escaped), so that
        posting again changes nothing.  Stock that moved since the count stays right, because a delta is added.
        The audit's state is not touched: see `set_audit_state`.  Raises `StoreError`: UNKNOWN_AUDIT; WRONG_STATE
        unless approved or posted; CONFLICT when an adjustment of this audit was posted with another delta.
        """
        with writing(self.engine) as connection:
            found = _require(connection, audit)
            if found.state not in ("approved", "posted"):
                raise StoreError(
                    StoreReason.WRONG_STATE,
                    f"audit {audit} is {found.state}: adjustments are posted when it is approved",
                    "Reconcile and approve the audit first.",
                )
            return sum(_post(connection, audit, batch, ts) for batch in batches(rows))

    def adjustments(self, audit: str) -> Iterator[Adjustment]:
        """What an audit changed, by key."""
        table = schema.adjustments
        query = select(table).where(table.c.audit == audit).order_by(*table.primary_key)
        with reading(self.engine) as connection:
            for row in connection.execution_options(yield_per=1_000).execute(query):
                yield Adjustment(
                    item=row.item,
                    location=row.location,
                    lot=row.lot or None,
                    delta=row.delta,
                    reason_code=row.reason_code,
                    status=StockStatus(row.status),
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
                f"{len(missing)} locations of audit {audit} are unknown: {', '.join(missing[:10])}",
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


def _post(connection: Connection, audit: str, batch: Sequence[Adjustment], ts: int) -> int:
    rows = [_adjustment_row(audit, adjustment, ts) for adjustment in batch]
    table = schema.adjustments
    keys = [column.name for column in table.primary_key]
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=keys)
    returned = connection.execute(statement.returning(*table.primary_key), rows)
    fresh = {tuple(row) for row in returned}
    _check_posted(connection, audit, rows)
    new = [row for row in rows if tuple(row[name] for name in keys) in fresh]
    if len(new) != len(fresh):
        raise StoreError(
            StoreReason.CONFLICT, f"audit {audit} adjusts one record twice", "Sum the adjustments of each record."
        )
    return book_rows(connection, [_adjustment_movement(row) for row in new], applied=True)


def _check_posted(connection: Connection, audit: str, rows: Sequence[dict[str, Any]]) -> None:
    """Refuse rows that contradict what is posted: silently keeping the old delta would lose the new one."""
    table = schema.adjustments
    keys = ("item", "location", "lot", "status")
    items = sorted({row["item"] for row in rows})
    query = select(table).where(table.c.audit == audit, table.c.item.in_(items))
    posted = {tuple(getattr(row, key) for key in keys): row.delta for row in connection.execute(query)}
    for row in rows:
        key = tuple(row[name] for name in keys)
        if posted[key] != row["delta"]:
            raise StoreError(
                StoreReason.CONFLICT,
                f"audit {audit} has posted {posted[key]:+d} at {'/'.join(key)}, not {row['delta']:+d}",
                "Correct a posted audit by a new audit of the location.",
            )


def _adjustment_row(audit: str, adjustment: Adjustment, ts: int) -> dict[str, Any]:
    return {
        "audit": audit,
        "item": adjustment.item,
        "location": adjustment.location,
        "lot": adjustment.lot or "",
        "status": adjustment.status.value,
        "delta": adjustment.delta,
        "reason_code": adjustment.reason_code,
        "ts": ts,
    }


def _adjustment_movement(row: dict[str, Any]) -> dict[str, Any]:
    place = {name: row[name] for name in ("item", "location", "lot", "status")}
    return {
        **place,
        "key": ":".join(("audit", *(_escape(part) for part in (row["audit"], *place.values())))),
        "delta": row["delta"],
        "ts": row["ts"],
        "reason": "adjustment",
        "document": row["audit"],
        "line": row["reason_code"],
    }


def _escape(part: str) -> str:
    """Keep the parts of a key apart, whatever a number contains."""
    return part.replace("%", "%25").replace(":", "%3A")


def _find(connection: Connection, audit: str, *, lock: bool = False) -> AuditRow | None:
    query = select(schema.audits).where(schema.audits.c.audit == audit)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _audit_of(row)


def _require(connection: Connection, audit: str) -> AuditRow:
    """The audit, which nobody else changes until this transaction ends."""
    found = _find(connection, audit, lock=True)
    if found is None:
        raise StoreError(StoreReason.UNKNOWN_AUDIT, f"there is no audit {audit}", "List them: scanstation audit list.")
    return found


def _move(connection: Connection, audit: str, state: str, at: int) -> None:
    found = _require(connection, audit)
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
