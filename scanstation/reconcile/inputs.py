"""Attaches the input tables to an engine: finds every fault of their form at once, and keeps out rows that are bad."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.policy import ConsequencePolicy
from scanstation.reconcile.engine import Engine
from scanstation.reconcile.errors import Fault, ReconcileError, input_error
from scanstation.reconcile.screening import KeptOut
from scanstation.reconcile.tables import SQL_TYPE, TABLES, Column, Table

if TYPE_CHECKING:
    import pyarrow

MICROSECONDS_A_DAY = 86_400_000_000

FACTS = ("audit", "policy", "kept_out_orders", "kept_out_records")
"""Tables that the runner makes: the moments of the audit, what the site decides, orders with a bad line, and the keys
of bad records."""

ALLOWED = {"key": ("text", "integer"), "reference": ("text", "integer"), "thousandths": ("integer", "number")}
"""The types that may be given where a column may be of more than one."""


def as_table(name: str, columns: Mapping[str, Sequence[Any]]) -> "pyarrow.Table":
    """Return plain Python columns of the input table ``name`` as an Arrow table with the right types.

    Columns that the engine does not know are left out.
    """
    import pyarrow

    arrow = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "boolean": pyarrow.bool_(),
        "key": pyarrow.string(),
        "reference": pyarrow.string(),
        "thousandths": pyarrow.float64(),
    }
    known = TABLES[name].columns
    return pyarrow.table(
        {
            column: pyarrow.array(values, arrow[known[column].type])
            for column, values in columns.items()
            if column in known
        }
    )


def attach_inputs(
    engine: Engine, inputs: Mapping[str, "Path | pyarrow.Table"], where: str
) -> tuple[list[str], KeptOut]:
    """Attach the inputs under their names, absent optional ones empty; return the names of those that are absent, and
    the rows that were kept out (also the relation ``kept_out``).

    :raises ReconcileError: reason INPUT, with every fault of every table.
    """
    faults = [
        Fault(table=name, column="", why=f"no such input table; known are {', '.join(TABLES)}")
        for name in inputs
        if name not in TABLES
    ]
    absent = []
    types: dict[str, dict[str, str]] = {}
    for name, table in TABLES.items():
        source = inputs.get(name)
        if table.switches_off is not None and _holds_nothing(source):
            _empty(engine, name, table)
        elif source is not None:
            given, wrong = _attach(engine, name, table, source)
            if wrong and given and not engine.rows(f"SELECT count(*) FROM {name}_given")[0][0]:
                _empty(engine, name, table)  # without rows there is nothing that could be of a wrong type
            else:
                types[name] = given
                faults += wrong
        elif table.switches_off is None:
            faults.append(Fault(table=name, column="", why="is missing, and nothing can be reconciled without it"))
        else:
            absent.append(name)
            _empty(engine, name, table)
    if faults:
        raise input_error(where, faults)
    kept_out = KeptOut(engine, types)
    for name, given in types.items():
        columns = {column: _selected(column, rule, given) for column, rule in TABLES[name].columns.items()}
        sound, numbered = kept_out.screen(name), name == "reads" and kept_out.stations_share_numbers()
        if numbered:
            columns["event_id"] = "row_number() OVER (ORDER BY event_id, station) AS event_id"
        engine.define(name, f"SELECT {', '.join(columns.values())} FROM {sound}", keep=numbered)
    kept_out.define()
    _define_kept_out_orders(engine, kept_out)
    _define_kept_out_records(engine, kept_out.lost.get("recorded", ""), types.get("recorded", {}))
    return absent, kept_out


def attach_facts(
    engine: Engine, snapshot_ts: int, as_of_ts: int | None, policy: ConsequencePolicy, absent: Collection[str]
) -> None:
    """Define ``audit`` and ``policy``, each of one row.  Without ``as_of_ts`` the audit is looked at from the time of
    its last count.  ``absent`` are the tables that were not given: what is not said is not the same as nothing."""
    if as_of_ts is None:
        last = engine.rows("SELECT max(count_ts) FROM counts")[0][0]
        as_of_ts = max(snapshot_ts, snapshot_ts if last is None else int(last))
    _define_row(
        engine,
        "audit",
        {
            "snapshot_ts": snapshot_ts,
            "as_of_ts": as_of_ts,
            "as_of_day": as_of_ts // MICROSECONDS_A_DAY,
            "orders_known": "orders" not in absent,
            "later_known": "later" not in absent,
        },
    )
    _define_row(engine, "policy", asdict(policy))


def _define_kept_out_orders(engine: Engine, kept_out: KeptOut) -> None:
    """Define ``kept_out_orders`` (order_id as text): the orders with a line that was kept out."""
    judged = "orders_judged WHERE fault > 0 AND order_id IS NOT NULL"
    found = judged if "orders" in kept_out.counts else "orders WHERE 1 = 0"
    engine.define("kept_out_orders", f"SELECT DISTINCT CAST(order_id AS VARCHAR) AS order_id FROM {found}", keep=True)


def _define_kept_out_records(engine: Engine, lost: str, given: Mapping[str, str]) -> None:
    """Define ``kept_out_records`` (item, location, lot): the records of which nobody knows what they say."""
    rows = f"recorded_judged WHERE {lost}" if lost else "recorded WHERE 1 = 0"
    lot = "lot" if given.get("lot") == "text" else "CAST(NULL AS VARCHAR) AS lot"
    engine.define("kept_out_records", f"SELECT DISTINCT item, location, {lot} FROM {rows}", keep=True)


def _define_row(engine: Engine, name: str, values: Mapping[str, int]) -> None:
    columns = ", ".join(f"CAST({int(value)} AS BIGINT) AS {column}" for column, value in values.items())
    engine.define(name, f"SELECT {columns}", keep=True)


def _attach(
    engine: Engine, name: str, table: Table, source: "Path | pyarrow.Table"
) -> tuple[dict[str, str], list[Fault]]:
    try:
        types = engine.attach(f"{name}_given", source)
    except ReconcileError as error:
        return {}, [Fault(table=name, column="", why=f"cannot be read as a Parquet table: {error}")]
    return types, _type_faults(name, table, types)


def _holds_nothing(source: "Path | pyarrow.Table | None") -> bool:
    """Whether a table in memory was given and has no rows: there is nothing to look at in it."""
    return source is not None and not isinstance(source, Path) and source.num_rows == 0


def _empty(engine: Engine, name: str, table: Table) -> None:
    columns = ", ".join(f"CAST(NULL AS {SQL_TYPE[column.type]}) AS {name}" for name, column in table.columns.items())
    engine.define(name, f"SELECT {columns} WHERE 1 = 0", keep=False)


def _selected(name: str, column: Column, types: Mapping[str, str]) -> str:
    """Return the column of a select list: as given, or its stand-in."""
    if types.get(name, "null") == "null":
        return f"CAST({column.default or 'NULL'} AS {SQL_TYPE[column.type]}) AS {name}"
    return f"{column.seen(name)} AS {name}"


def _type_faults(table_name: str, table: Table, types: Mapping[str, str]) -> list[Fault]:
    faults = []
    for name, column in table.columns.items():
        allowed = ALLOWED.get(column.type, (column.type,))
        may_be_null = column.nullable or column.default is not None
        given = types.get(name)
        if given is None:
            if not column.optional and column.default is None:
                faults.append(Fault(table=table_name, column=name, why=f"is missing; expected {' or '.join(allowed)}"))
        elif given not in allowed and not (given == "null" and may_be_null):
            faults.append(Fault(table=table_name, column=name, why=f"expected {' or '.join(allowed)}, got {given}"))
    return faults
