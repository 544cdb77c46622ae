"""Rows of a rehearsal through the station's own importer: written as the file that a person would bring."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scanstation.exchange.columns import TABLES
from scanstation.exchange.importer import import_file
from scanstation.exchange.problems import ImportReport, Problem
from scanstation.rehearsal.errors import Fault
from scanstation.rehearsal.premises import fresh_stock
from scanstation.store.stock import StockStore, open_stock


def import_rows(
    store: StockStore, folder: Path, table: str, rows: Sequence[Mapping[str, Any]], *, history: bool = False
) -> ImportReport:
    """Import rows as if they came in a CSV file; no row at all is a file with a header only."""
    path = folder / f"{table}.csv"
    header = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header or [column.name for column in TABLES[table].columns])
        writer.writerows([_text(row.get(name)) for name in header] for row in rows)
    return import_file(path, table, store, history=history)


def import_tables(store: StockStore, folder: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Fault]:
    """Import the tables of a rehearsal in the order in which they need each other, that of `TABLES`.

    Returns what the importer refuses.
    """
    faults = []
    for table in sorted(tables, key=list(TABLES).index):
        if tables[table]:
            report = import_rows(store, folder, table, tables[table])
            faults += [fault(f"tables, {table}", problem) for problem in report.errors]
    return faults


def check_tables(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Fault]:
    """What the importer refuses of the tables, without a site of their own."""
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        path = Path(folder) / "stock.db"
        path.write_bytes(fresh_stock())
        with open_stock(path) as store:
            return import_tables(store, Path(folder), tables)


def fault(place: str, problem: Problem) -> Fault:
    """What the importer says of a row, counted as in the rehearsal: without the header."""
    row = "" if problem.row is None else f" row {max(problem.row - 1, 1)}"
    column = f", {problem.column}" if problem.column else ""
    return Fault(place=f"{place}{row}{column}", why=problem.why, mend=problem.mend)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
