"""``scanstation labels``: print the labels that the station reads."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "labels",
        help="Make a sheet of command, audit, location, operator or item labels, ready to print.",
        epilog="Example: scanstation labels commands --out commands.html",
    )(labels)


def labels(
    what: Annotated[str, typer.Argument(help="commands, audits, locations, operators or items.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("labels.html"),
) -> None:
    """Write a self-contained HTML sheet."""
    from scanstation.station.label_sheets import sheet

    count = sheet(what, station_settings(), out)
    say(f"{count} labels written to {out}")
