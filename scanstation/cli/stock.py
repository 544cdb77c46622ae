"""``scanstation stock``: the stock file."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import Exit, emit, fail, progress, say, table
from scanstation.plural import how_many

app = typer.Typer(help="Items, locations, stock records and promises: import and look.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the commands."""
    root.add_typer(app, name="stock")


NOUNS = (
    "items", "codes", "contents", "locations", "stock", "movements", "orders", "reservations", "listings",
    "purchase_orders", "suppliers", "demand", "returns", "planning", "lots",
)  # fmt: skip


@app.command("import", epilog="Example: scanstation stock import items items.csv")
def import_table(
    noun: Annotated[str, typer.Argument(help="What the file holds: " + ", ".join(NOUNS) + ".")],
    file: Annotated[Path, typer.Argument(help="A CSV, XLSX or Parquet file; for contents also DESADV or X12 856.")],
    history: Annotated[
        bool, typer.Option(help="Movements that the imported stock records contain already: kept, not booked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line an error, then one for the result.")] = False,
) -> None:
    """Import a file whole or not at all; every error of the file is shown at once."""
    from scanstation.exchange.importer import import_file
    from scanstation.station.label_lists import prefixes
    from scanstation.store.stock import open_stock

    if noun not in NOUNS:
        fail(f"no table {noun!r}", "one of " + ", ".join(NOUNS), Exit.USAGE)
    settings = station_settings()
    with open_stock(settings.stock_path) as store, progress(f"{noun} from {file.name}") as advance:
        report = import_file(file, noun, store, progress=advance, history=history, labels=prefixes(settings))
    for error in report.errors:
        if as_json:
            emit({"file": error.file, "row": error.row, "column": error.column, "why": error.why, "mend": error.mend})
        else:
            typer.echo(str(error), err=True)
    for warning in report.warnings:
        if as_json:
            emit(
                {
                    "file": warning.file,
                    "row": warning.row,
                    "column": warning.column,
                    "warning": warning.why,
                    "mend": warning.mend,
                }
            )
        else:
            typer.echo(f"warning: {warning}", err=True)
    if report.warning_count > len(report.warnings):
        typer.echo(f"{report.warning_count} warnings in all", err=True)
    if report.ignored:
        typer.echo(_not_read(report.ignored, noun), err=True)
    if report.error_count:
        typer.echo(f"{how_many(report.error_count, 'error')} in {file}: nothing was imported", err=True)
        raise typer.Exit(Exit.FINDINGS)
    if as_json:
        emit({"table": noun, "rows": report.rows, "ignored": report.ignored, "warnings": report.warning_count})
    else:
        say(f"{how_many(report.rows, 'row')} imported into {noun}")


def _not_read(ignored: tuple[str, ...], noun: str) -> str:
    """Which columns of a file nothing was done with, and what there is instead: one may be misspelt."""
    from scanstation.exchange.cells import shown
    from scanstation.exchange.columns import TABLES

    which = ", ".join(map(shown, ignored))
    names = ", ".join(column.name for column in TABLES[noun].columns)
    return f"not read, because {noun} has no such column: {which}. The columns are {names}."


@app.command("show", epilog="Example: scanstation stock show --item SKU-10001")
def show(
    item: Annotated[str | None, typer.Option(help="Only this item.")] = None,
    location: Annotated[str | None, typer.Option(help="Only this location.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a record.")] = False,
) -> None:
    """Show stock records."""
    from scanstation.store.stock import open_stock

    with open_stock(station_settings().stock_path) as store:
        records = list(store.records(item=item, location=location))
    if as_json:
        for record in records:
            emit(
                {
                    "item": record.item,
                    "location": record.location,
                    "lot": record.lot,
                    "status": record.status.value,
                    "qty": record.qty,
                }
            )
    else:
        table(("item", "location", "lot", "status", "qty"), [
            (record.item, record.location, record.lot, record.status.value, record.qty) for record in records
        ])  # fmt: skip
