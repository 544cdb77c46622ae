"""``scanstation reconcile``: the engine on a folder of Parquet files."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.output import emit, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "reconcile",
        help="Reconcile a folder of Parquet tables: what is wrong, why, and which promises that breaks.",
        epilog="Example: scanstation reconcile --data audit/ --out result/",
    )(reconcile)


def reconcile(
    data: Annotated[Path, typer.Option(help="Folder with recorded, counts, reads and what else there is.")],
    out: Annotated[Path, typer.Option(help="Folder for the results; made where missing.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    core: Annotated[bool, typer.Option(help="Stop after the promises: no causes, no consequences.")] = False,
    fingerprint: Annotated[bool, typer.Option(help="Add the canonical SHA-256 of the results to the summary.")] = False,
) -> None:
    """Write one Parquet file an answer, and summary.json."""
    from scanstation.reconcile import run_folder
    from scanstation.settings import load_policy

    steps: list[str] = []
    summary = run_folder(
        data, out, on_step=steps.append, fingerprint=fingerprint, full=not core, policy=load_policy().consequences
    )
    if as_json:
        emit(summary)
        return
    for name, value in summary.items():
        say(f"{name}: {value}")
    say(f"written to {out}")
