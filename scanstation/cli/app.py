"""The command ``scanstation`` and its sub-commands; each lives in a file of its own."""

import typer

from scanstation.cli import (
    audit,
    demo,
    devices,
    doctor,
    identify,
    journal,
    labels,
    operators,
    reconcile,
    report,
    serve,
    stock,
    tokens,
)
from scanstation.errors import ScanstationError

app = typer.Typer(
    name="scanstation",
    help="A scanning station for stock audits: count at the shelf, and see which promises a wrong record breaks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
serve.register(app)
doctor.register(app)
identify.register(app)
labels.register(app)
reconcile.register(app)
report.register(app)
demo.register(app)
app.add_typer(devices.app, name="devices")
app.add_typer(stock.app, name="stock")
app.add_typer(audit.app, name="audit")
app.add_typer(journal.app, name="journal")
app.add_typer(operators.app, name="operators")
app.add_typer(tokens.app, name="tokens")
devices.register(app)
journal.register(app)


def main() -> None:
    """Run the command line; an error on purpose prints its text and remedy and exits 3, never a traceback."""
    from drivers.errors import DriverError
    from scanstation.cli.output import Exit

    try:
        app()
    except (ScanstationError, DriverError) as error:
        typer.echo(f"scanstation: {error}", err=True)
        if error.remedy:
            typer.echo(f"  remedy: {error.remedy}", err=True)
        raise SystemExit(int(Exit.FAILED)) from None
