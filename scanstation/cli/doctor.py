"""``scanstation doctor``."""

from dataclasses import asdict
from typing import Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import Exit, emit, say, table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "doctor",
        help="Show what works on this machine, what does not, and the remedy.",
        epilog="Example: scanstation doctor --json",
    )(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON line a check.")] = False) -> None:
    """Exit 0 when the station can run, 1 when something essential is missing."""
    from scanstation.station.doctor import examine

    checks = list(examine(station_settings()))
    if as_json:
        for check in checks:
            emit(asdict(check))
    else:
        table(("", "what", "found", "needed for"), [
            ("ok" if check.ok else "MISSING", check.name, check.found, check.needed_for) for check in checks
        ])  # fmt: skip
        for check in checks:
            if not check.ok:
                say(f"{check.name}: {check.remedy}")
    if any(check.essential and not check.ok for check in checks):
        raise typer.Exit(Exit.FINDINGS)
