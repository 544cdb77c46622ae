"""The input tables: their columns, and the check that finds everything wrong with them at once.

Quantities are whole numbers in the item's base unit, money is a whole number of 1/10000 of the currency unit, times
are microseconds since 1970-01-01 UTC, ``due`` is a day number since the same date.  Unknown columns are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanstation.reconcile.engine import Engine
from scanstation.reconcile.errors import Fault, ReconcileError, input_error

if TYPE_CHECKING:
    import pyarrow

SQL_TYPE = {"text": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN"}
LAST = 9_223_372_036_854_775_807
"""Stands for an unknown age: such an order line comes after those of its due date and priority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its type (``text``, ``integer``, ``boolean``; ``key`` is text or integer), and what may be missing.

    ``default`` is the SQL literal that stands in for an absent column and for a null; a column with a default or
    marked ``optional`` may be absent.  ``least`` is the smallest whole number allowed.
    """

    type: str
    nullable: bool = False
    optional: bool = False
    default: str | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An input table: columns, the key that must be unique, and what its absence switches off."""

    columns: Mapping[str, Column]
    unique: tuple[str, ...] = ()
    switches_off: str | None = None  # None: the table must be there


TEXT, INTEGER, BOOLEAN = Column(type="text"), Column(type="integer"), Column(type="boolean")
NULLABLE_TEXT = Column(type="text", nullable=True)

TABLES: Mapping[str, Table] = {
    "recorded": Table(
        columns={"item": TEXT, "location": TEXT, "lot": NULLABLE_TEXT, "qty": INTEGER, "unit_cost": INTEGER}
    ),
    "counts": Table(columns={"location": TEXT, "count_ts": INTEGER}, unique=("location",)),
    "reads": Table(
        columns={
            "event_id": INTEGER,
            "ts": INTEGER,
            "location": TEXT,
            "item": TEXT,
            "lot": NULLABLE_TEXT,
            "serial": NULLABLE_TEXT,
            "qty": INTEGER,
            "voided": BOOLEAN,
        }
    ),
    "movements": Table(
        columns={"item": TEXT, "location": TEXT, "lot": NULLABLE_TEXT, "delta": INTEGER, "ts": INTEGER},
        switches_off="movements between snapshot and count: every one of them shows as a discrepancy",
    ),
    "later": Table(
        columns={"item": TEXT, "delta": INTEGER},
        switches_off="bookings after the count: what can be promised is told as of the count",
    ),
    "orders": Table(
        columns={
            "order_id": Column(type="key"),
            "item": TEXT,
            "qty": Column(type="integer", least=0),
            "due": INTEGER,
            "allow_backorder": BOOLEAN,
            "priority": Column(type="integer", default="0"),
            "placed_at": Column(type="integer", default=str(LAST)),
        },
        unique=("order_id", "item"),
        switches_off="order lines that go short or can be released",
    ),
    "reservations": Table(
        columns={"item": TEXT, "qty": Column(type="integer", least=0)},
        switches_off="stock promised elsewhere: all stock counts as available",
    ),
    "listings": Table(
        columns={
            "channel": TEXT,
            "item": TEXT,
            "state": TEXT,
            "published_qty": Column(type="integer", nullable=True, optional=True),
            "share": Column(type="integer", default="100", least=0),
            "buffer": Column(type="integer", default="0", least=0),
        },
        unique=("channel", "item"),
        switches_off="sales channels that oversell or show a false out of stock",
    ),
}
"""Every input table by name."""


def as_table(name: str, columns: Mapping[str, Sequence[Any]]) -> "pyarrow.Table":
    """Return plain Python columns of the input table ``name`` as an Arrow table with the right types.

    Columns that the engine does not know are left out.
    """
    import pyarrow

    arrow = {"text": pyarrow.string(), "integer": pyarrow.int64(), "boolean": pyarrow.bool_(), "key": pyarrow.string()}
    known = TABLES[name].columns
    return pyarrow.table(
        {
            column: pyarrow.array(values, arrow[known[column].type])
            for column, values in columns.items()
            if column in known
        }
    )


def attach_inputs(
    engine: Engine, inputs: Mapping[str, "Path | pyarrow.Table"], snapshot_ts: int, where: str
) -> list[str]:
    """Attach the inputs under their names, absent optional ones empty; return the names of those that are absent.

    :raises ReconcileError: reason INPUT, with every fault of every table.
    """
    faults = [
        Fault(table=name, column="", why=f"no such input table; known are {', '.join(TABLES)}")
        for name in inputs
        if name not in TABLES
    ]
    absent = []
    for name, table in TABLES.items():
        source = inputs.get(name)
        if source is not None:
            faults += _attach(engine, name, table, source)
        elif table.switches_off is None:
            faults.append(Fault(table=name, column="", why="is missing, and nothing can be reconciled without it"))
        else:
            absent.append(name)
            _empty(engine, name, table)
    if faults:
        raise input_error(where, faults)
    engine.define("audit", f"SELECT CAST({int(snapshot_ts)} AS BIGINT) AS snapshot_ts", keep=True)
    return absent


def _attach(engine: Engine, name: str, table: Table, source: "Path | pyarrow.Table") -> list[Fault]:
    raw = f"{name}_given"
    try:
        types = engine.attach(raw, source)
    except ReconcileError as error:
        return [Fault(table=name, column="", why=f"cannot be read as a Parquet table: {error}")]
    faults = _type_faults(name, table, types) or _value_faults(engine, name, table, types)
    if not faults:
        columns = ", ".join(_selected(name, column, types) for name, column in table.columns.items())
        engine.define(name, f"SELECT {columns} FROM {raw}", keep=False)
    return faults


def _empty(engine: Engine, name: str, table: Table) -> None:
    columns = ", ".join(
        f"CAST(NULL AS {SQL_TYPE.get(column.type, 'VARCHAR')}) AS {name}" for name, column in table.columns.items()
    )
    engine.define(name, f"SELECT {columns} WHERE 1 = 0", keep=False)


def _selected(name: str, column: Column, types: Mapping[str, str]) -> str:
    """Return the column of a select list: as given, or its stand-in."""
    if name not in types:
        return f"{column.default or 'NULL'} AS {name}"
    if types[name] == "null":
        return f"CAST({column.default or 'NULL'} AS {SQL_TYPE[column.type]}) AS {name}"
    wide = f"CAST({name} AS BIGINT)" if column.type == "integer" else name
    return f"COALESCE({wide}, {column.default}) AS {name}" if column.default else f"{wide} AS {name}"


def _type_faults(table_name: str, table: Table, types: Mapping[str, str]) -> list[Fault]:
    faults = []
    for name, column in table.columns.items():
        allowed = ("text", "integer") if column.type == "key" else (column.type,)
        may_be_null = column.nullable or column.default is not None
        given = types.get(name)
        if given is None:
            if not column.optional and column.default is None:
                faults.append(Fault(table=table_name, column=name, why=f"is missing; expected {' or '.join(allowed)}"))
        elif given not in allowed and not (given == "null" and may_be_null):
            faults.append(Fault(table=table_name, column=name, why=f"expected {' or '.join(allowed)}, got {given}"))
    return faults


def _value_faults(engine: Engine, table_name: str, table: Table, types: Mapping[str, str]) -> list[Fault]:
    raw = f"{table_name}_given"
    faults = []
    for name, column in table.columns.items():
        if name not in types or types[name] == "null":
            continue
        if not column.nullable and column.default is None:
            missing = engine.rows(f"SELECT count(*) FROM {raw} WHERE {name} IS NULL")[0][0]
            if missing:
                faults.append(Fault(table=table_name, column=name, why=f"is null in {missing} rows, must never be"))
        if column.least is not None:
            below = engine.rows(f"SELECT count(*), min({name}) FROM {raw} WHERE {name} < {column.least}")[0]
            if below[0]:
                why = f"is below {column.least} in {below[0]} rows, the least is {below[1]}"
                faults.append(Fault(table=table_name, column=name, why=why))
    return faults + _key_faults(engine, table_name, table)


def _key_faults(engine: Engine, table_name: str, table: Table) -> list[Fault]:
    if not table.unique:
        return []
    key = ", ".join(table.unique)
    twice = f"SELECT {key} FROM {table_name}_given GROUP BY {key} HAVING count(*) > 1"
    count, *first = engine.rows(
        f"SELECT count(*), {', '.join(f'min({c})' for c in table.unique)} FROM ({twice}) AS twice"
    )[0]
    if not count:
        return []
    example = ", ".join(map(str, first))
    return [Fault(table=table_name, column=key, why=f"{count} keys occur more than once, for example {example}")]
