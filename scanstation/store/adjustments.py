"""Posting: what an audit changed in the books, each change once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from scanstation.audit.model import Adjustment
from scanstation.stock.model import StockStatus
from scanstation.store import schema
from scanstation.store.audits import AuditTables, require_audit
from scanstation.store.engine import StoreError, StoreReason, reading, writing
from scanstation.store.records import book_rows
from scanstation.store.tables import batches

_KEY = ("item", "location", "lot", "status")


class AdjustmentTables(AuditTables):
    """Adjustments of audits, posted as movements."""

    def post_adjustments(self, audit: str, rows: Iterable[Adjustment], ts: int) -> int:
        """Post adjustments: adjustment, movement and record change in one transaction; return how many were new.

        The movement has reason ``adjustment``, the audit as document and the key
        ``audit:<audit>:<item>:<location>:<lot>:<status>`` (":" and "%" inside a part percent-escaped), so that
        posting again changes nothing.  Stock that moved since the count stays right, because a delta is added.
        The audit's state is not touched: see `set_audit_state`.  Raises `StoreError`: UNKNOWN_AUDIT; WRONG_STATE
        unless approved or posted; CONFLICT when an adjustment of this audit was posted with another delta.
        """
        with writing(self.engine) as connection:
            found = require_audit(connection, audit)
            if found.state not in ("approved", "posted"):
                raise StoreError(
                    StoreReason.WRONG_STATE,
                    f"audit {audit} is {found.state}: adjustments are posted when it is approved",
                    "Reconcile and approve the audit first.",
                )
            posted = _posted(connection, audit)
            return sum(_post(connection, audit, batch, ts, posted) for batch in batches(rows))

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


def _posted(connection: Connection, audit: str) -> dict[tuple[Any, ...], int]:
    """The deltas that stand, by key; nobody else adds any, as the audit is locked."""
    table = schema.adjustments
    query = select(*(table.c[name] for name in (*_KEY, "delta"))).where(table.c.audit == audit)
    return {tuple(key): delta for *key, delta in connection.execute(query)}


def _post(
    connection: Connection, audit: str, batch: Sequence[Adjustment], ts: int, posted: dict[tuple[Any, ...], int]
) -> int:
    """Post what is not in ``posted``, and note it there.

    Refuse what contradicts it: silently keeping the old delta would lose the new one.
    """
    new: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in (_adjustment_row(audit, adjustment, ts) for adjustment in batch):
        key = tuple(row[name] for name in _KEY)
        if posted.get(key, row["delta"]) != row["delta"]:
            raise StoreError(
                StoreReason.CONFLICT,
                f"audit {audit} has posted {posted[key]:+d} at {'/'.join(key)}, not {row['delta']:+d}",
                "Correct a posted audit by a new audit of the location.",
            )
        if key in new:
            raise StoreError(
                StoreReason.CONFLICT, f"audit {audit} adjusts one record twice", "Sum the adjustments of each record."
            )
        if key not in posted:
            new[key] = row
    if new:
        connection.execute(schema.adjustments.insert(), list(new.values()))
        posted |= {key: row["delta"] for key, row in new.items()}
    return book_rows(connection, [_adjustment_movement(row) for row in new.values()], applied=True)


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
