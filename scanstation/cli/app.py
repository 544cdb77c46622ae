"""The command ``scanstation`` and its sub-commands; each lives in a file of its own and adds itself by ``register``."""

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

from scanstation.errors import ScanstationError

COMMANDS = {
    "serve": "serve",
    "doctor": "doctor",
    "identify": "identify",
    "decode": "identify",
    "labels": "labels",
    "reconcile": "reconcile",
    "report": "report",
    "demo": "demo",
    "rehearse": "rehearse",
    "devices": "devices",
    "simulate": "devices",
    "stock": "stock",
    "audit": "audit",
    "journal": "journal",
    "backup": "journal",
    "restore": "journal",
    "operators": "operators",
    "tokens": "tokens",
}
"""Each command and the file that it lives in."""


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with the files of the commands named."""
    app = typer.Typer(
        name="scanstation",
        help="A scanning station for stock audits: count at the shelf, and see which promises a wrong record breaks.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)  # a command is always named, also where there is but one
    for module in dict.fromkeys(COMMANDS[name] for name in names):
        import_module(f"scanstation.cli.{module}").register(app)
    return app


def main() -> None:
    """Run the command line; an error on purpose prints its text and remedy and exits 3, never a traceback.

    Only the file of the command that is asked for is loaded, all of them where the words begin with something else.
    """
    from drivers.errors import DriverError
    from scanstation.cli.output import Exit

    asked = sys.argv[1:2]
    app = command_line(asked if asked and asked[0] in COMMANDS else COMMANDS)
    try:
        app()
    except (ScanstationError, DriverError) as error:
        typer.echo(f"scanstation: {error}", err=True)
        if error.remedy:
            typer.echo(f"  remedy: {error.remedy}", err=True)
        raise SystemExit(int(Exit.FAILED)) from None
