"""``scanstation reconcile``: the engine on a folder of Parquet files."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "reconcile",
        help="Reconcile a folder of Parquet tables: discrepancies, items, order lines that go short or can go.",
        epilog="Example: scanstation reconcile --data audit/ --out result/",
    )(reconcile)


def reconcile(
    data: Annotated[Path, typer.Option(help="Folder with recorded, counts, reads, movements, orders, reservations.")],
    out: Annotated[Path, typer.Option(help="Folder for the results; made where missing.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    fingerprint: Annotated[bool, typer.Option(help="Add the canonical SHA-256 of the results to the summary.")] = False,
) -> None:
    """Write discrepancies.parquet, items.parquet, order_lines.parquet, summary.json (and listings.parquet)."""
    from scanstation.reconcile import run_folder

    steps: list[str] = []
    summary = run_folder(data, out, on_step=steps.append, fingerprint=fingerprint)
    if as_json:
        emit(summary)
        return
    for name, value in summary.items():
        say(f"{name}: {value}")
    say(f"written to {out}")
