"""``scanstation reconcile``: the engine on a folder of Parquet files."""

from pathlib import Path
from typing import Annotated

import typer

from scanstation.cli.output import emit, say
from scanstation.reconcile.engines import EngineName


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
    engine: Annotated[EngineName, typer.Option(help="What runs the steps.")] = EngineName.DUCKDB,
    dsn: Annotated[str, typer.Option(help="Server of --engine postgres; without it the PG... variables.")] = "",
    master: Annotated[str, typer.Option(help="Master of --engine spark; without it this machine.")] = "",
    partitions: Annotated[int, typer.Option(min=1, help="Shares of the items: more need less memory.")] = 1,
    fingerprint: Annotated[bool, typer.Option(help="Add the canonical SHA-256 of the results to the summary.")] = False,
) -> None:
    """Write one Parquet file an answer, and summary.json."""
    from scanstation.configuration import config_file
    from scanstation.policy import read_consequence_policy
    from scanstation.reconcile import run_folder
    from scanstation.reconcile.engines import engine_of

    own = engine is not EngineName.DUCKDB
    summary = run_folder(
        data,
        out,
        fingerprint=fingerprint,
        full=not core,
        policy=read_consequence_policy(config_file("policy.toml")),
        engine=engine_of(engine, dsn=dsn, master=master, partitions=partitions) if own else None,
        partitions=partitions,
    )
    if as_json:
        emit(summary)
        return
    for name, value in summary.items():
        say(f"{name}: {value}")
    say(f"written to {out}")
