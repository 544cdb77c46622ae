"""The demo warehouse as files, the way a site would hand over its own data, and their import."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scanstation.demo.warehouse import Warehouse
from scanstation.errors import ScanstationError
from scanstation.exchange.importer import import_file
from scanstation.reports.words import day
from scanstation.store.stock import StockStore


def write_files(warehouse: Warehouse, folder: Path) -> list[tuple[str, Path]]:
    """Write one CSV file a table; returns (table, file) in the order of import."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for noun, rows in _tables(warehouse):
        if not rows:
            continue
        path = folder / f"{noun}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        written.append((noun, path))
    return written


def import_files(files: Sequence[tuple[str, Path]], store: StockStore) -> None:
    """Import every file; an error in them is an error of the demo."""
    for noun, path in files:
        report = import_file(path, noun, store)
        if report.error_count:
            raise ScanstationError(f"{path.name}: {report.errors[0]}")


def _tables(warehouse: Warehouse) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    yield "items", [_item(row) for row in warehouse.items]
    yield "locations", [_row(row) for row in warehouse.locations]
    yield "stock", [_row(row) for row in warehouse.records]
    yield "orders", [_row(row) | {"due": day(row.due)} for row in warehouse.orders]
    yield "reservations", [_row(row) for row in warehouse.reservations]
    yield "listings", [_row(row) for row in warehouse.listings]
    yield "purchase_orders", [_row(row) | {"due": day(row.due or 0)} for row in warehouse.purchase_orders]


def _row(value: Any) -> dict[str, Any]:
    return {name: "" if cell is None else getattr(cell, "value", cell) for name, cell in asdict(value).items()}


def _item(item: Any) -> dict[str, Any]:
    row = _row(item)
    del row["packs"]
    return row | {"unit_cost": f"{item.unit_cost / 10_000:.4f}", "price": f"{item.price / 10_000:.4f}"}
