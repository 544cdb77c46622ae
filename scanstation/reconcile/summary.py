"""The figures of one reconciliation, as plain values."""

from collections.abc import Sequence
from typing import Any

from scanstation.reconcile.engine import Engine
from scanstation.reconcile.tables import TABLES

KINDS = ("unknown_item", "misplaced", "phantom", "hidden")
"""The kinds of discrepancy, in the order in which they are tried."""


def summarise(engine: Engine, absent: Sequence[str], *, full: bool) -> dict[str, Any]:
    """Return counts, units (base units) and values (1/10000 of the currency unit) of an outcome."""
    records = engine.rows("SELECT count(*), COALESCE(sum(CASE WHEN variance = 0 THEN 1 ELSE 0 END), 0) FROM variance")
    locations = engine.rows("SELECT count(*) FROM counts")
    return {
        "locations_counted": locations[0][0],
        "records_counted": int(records[0][0]),
        "records_right": int(records[0][1]),
        "discrepancies": _discrepancies(engine),
        "items": _items(engine),
        "order_lines": _order_lines(engine),
        "listings": None if "listings" in absent else _listings(engine),
        **({"causes": _causes(engine), "consequences": _consequences(engine)} if full else {}),
        "switched_off": {name: TABLES[name].switches_off for name in absent},
    }


def _discrepancies(engine: Engine) -> dict[str, Any]:
    rows = engine.rows(
        "SELECT kind, count(*), sum(abs(variance)), sum(abs(variance_value)), sum(variance_value) "
        "FROM discrepancies GROUP BY kind"
    )
    found = {kind: [int(value) for value in figures] for kind, *figures in rows}
    names = ("records", "units", "value", "net_value")
    by_kind = {kind: dict(zip(names, found.get(kind, [0, 0, 0, 0]), strict=True)) for kind in KINDS}
    totals = {name: sum(figures[name] for figures in by_kind.values()) for name in names}
    return {**totals, "by_kind": by_kind}


def _items(engine: Engine) -> dict[str, int]:
    names = ("unintentional_units", "needless_units", "partial_orders", "value_at_risk")
    sums = ", ".join(f"COALESCE(sum({name}), 0)" for name in names)
    row = engine.rows(f"SELECT count(*), {sums} FROM item_answers")[0]
    return {name: int(value) for name, value in zip(("count", *names), row, strict=True)}


def _order_lines(engine: Engine) -> dict[str, int]:
    row = engine.rows(
        "SELECT count(*), "
        "COALESCE(sum(CASE WHEN short > 0 THEN 1 ELSE 0 END), 0), COALESCE(sum(short), 0), "
        "COALESCE(sum(CASE WHEN released > 0 THEN 1 ELSE 0 END), 0), COALESCE(sum(released), 0) FROM order_lines"
    )[0]
    names = ("count", "short_lines", "short_units", "released_lines", "released_units")
    return {name: int(value) for name, value in zip(names, row, strict=True)}


def _listings(engine: Engine) -> dict[str, int]:
    row = engine.rows(
        "SELECT count(*), "
        "COALESCE(sum(CASE WHEN false_out_of_stock > 0 THEN 1 ELSE 0 END), 0), "
        "COALESCE(sum(false_out_of_stock), 0), "
        "COALESCE(sum(CASE WHEN oversells > 0 THEN 1 ELSE 0 END), 0), COALESCE(sum(oversells), 0) "
        "FROM listing_answers"
    )[0]
    names = ("count", "false_out_of_stock", "units_to_release", "oversells", "units_too_many")
    return {name: int(value) for name, value in zip(names, row, strict=True)}


def _causes(engine: Engine) -> dict[str, int]:
    """How many wrong records each cause explains best."""
    return dict(sorted(engine.rows("SELECT cause, count(*) FROM causes WHERE rank = 1 GROUP BY cause")))


def _consequences(engine: Engine) -> dict[str, dict[str, int]]:
    rows = engine.rows("SELECT kind, count(*), sum(units), sum(money) FROM consequences GROUP BY kind")
    return {
        kind: {"count": count, "units": int(units), "money": int(money)} for kind, count, units, money in sorted(rows)
    }
