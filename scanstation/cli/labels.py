"""``scanstation labels``: print the labels that the station reads."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import progress, say, table
from scanstation.plural import how_many


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "labels",
        help="Make labels of commands, audits, locations, operators or items as HTML, PDF or ZPL, ready to print.",
        epilog="Example: scanstation labels items --out items.pdf --sheet a4-3x8 --only 'A-*'",
    )(labels)


def labels(
    what: Annotated[
        str, typer.Argument(help="commands, audits, locations, operators or items; sheets lists the papers.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write; its ending says what: .html, .pdf or .zpl.")] = Path(
        "labels.html"
    ),
    symbol: Annotated[
        str,
        typer.Option(
            help="auto: items in the symbol of their GTIN, numbers of one's own as Code 128 or, where that gets too "
            "wide, DataMatrix. Or gs1-128, gs1-datamatrix, digital-link for GTINs; code-128, datamatrix, qr for own "
            "numbers."
        ),
    ] = "auto",
    sheet: Annotated[str, typer.Option(help="Sheet or roll by name, such as a4-3x8 or roll-50x30.")] = "",
    copies: Annotated[int, typer.Option(min=1, max=1000, help="Of each label.")] = 1,
    start: Annotated[int, typer.Option(min=1, help="The first free label of a sheet that was begun.")] = 1,
    dpi: Annotated[int, typer.Option(help="Of the label printer, for ZPL: 203, 300 or 600.")] = 203,
    only: Annotated[
        list[str] | None, typer.Option(help="Only these numbers; * stands for any characters. May be repeated.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Leave these numbers out, as with --only.")] = None,
) -> None:
    """Write labels; all are read back first, and where one fails nothing is written."""
    from scanstation.station import label_sheets as sheets

    if what == "sheets":
        _papers()
        return
    job = sheets.Job(
        choice=sheets.choice_named(symbol),
        sheet=sheet,
        copies=copies,
        start=start,
        dpi=dpi,
        only=tuple(only or ()),
        without=tuple(without or ()),
    )
    with progress("labels") as advance:
        printed = sheets.sheet(what, station_settings(), out, job, advance)
    for note in sheets.listed(printed.notes):
        say(f"note:{note}")
    say(f"{how_many(printed.labels, 'label')} on {how_many(printed.pages, 'page')} written to {out}")


def _papers() -> None:
    from scanstation.reports.labels.paper import papers

    table(("name", "what it is", "labels"), [(paper.name, paper.text, paper.count) for paper in papers().values()])
