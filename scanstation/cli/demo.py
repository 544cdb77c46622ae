"""``scanstation demo``."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.house import station_settings
from scanstation.cli.output import Exit, log_to_stderr, say

if TYPE_CHECKING:
    from scanstation.demo.run import DemoResult
    from scanstation.station.service import Station
    from scanstation.station.wiring import House


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "demo",
        help="A seeded warehouse with planted errors, counted at the wire by simulated devices.",
        epilog="Example: scanstation demo --once --out out/demo",
    )(demo)


def demo(
    out: Annotated[Path, typer.Option(help="Folder for data, station and report.")] = Path("out/demo"),
    once: Annotated[
        bool, typer.Option("--once", help="Without a person: exit 0 if exactly the planted errors were found.")
    ] = False,
    real: Annotated[bool, typer.Option("--real", help="On the shared real material instead.")] = False,
    seed: Annotated[int, typer.Option(help="Another warehouse.")] = 7,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 8765,
) -> None:
    """Count, reconcile, print what breaks and write the report."""
    log_to_stderr()
    if real:
        from scanstation.demo.real import run_real

        run_real(out, tell=say)
        return
    from scanstation.demo.run import COUNTER, PINS, SUPERVISOR, run_demo

    settings = station_settings().model_copy(update={"port": 0 if once else port})
    counter = f"counter: badge {COUNTER}, PIN {PINS[COUNTER]}"
    supervisor = f"supervisor, at /office: badge {SUPERVISOR}, PIN {PINS[SUPERVISOR]}"
    badge = "" if once else f"\n  {counter}\n  {supervisor}"
    try:
        result = asyncio.run(
            run_demo(settings, out, seed=seed, tell=say, page=lambda station, house: _page(station, house, badge),
                     head_start=0.0 if once else 5.0, pace=0.0 if once else 0.25, stay=not once, show=show)
        )  # fmt: skip
    except KeyboardInterrupt:
        return
    if not result.verdict.right:
        raise typer.Exit(Exit.FINDINGS)


@contextlib.asynccontextmanager
async def _page(station: "Station", house: "House", badge: str) -> AsyncIterator[None]:
    """Serve the station page until the block ends."""
    from scanstation.web.server import serve_station

    task = asyncio.create_task(
        serve_station(
            station,
            house.access,
            settings=house.settings,
            office=house.office,
            ready=lambda url: say(f"the station is open at {url}{badge}"),
        )
    )
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def show(result: "DemoResult") -> None:
    """Print what breaks, what was found, and whether that is what was planted."""
    from scanstation.cli.report import show_report

    show_report(result.report)
    verdict = result.verdict
    for text in verdict.missed:
        say(f"MISSED: {text}")
    for text in verdict.invented:
        say(f"INVENTED: {text}")
    say(
        f"{verdict.planted} planted, {len(verdict.missed)} missed, {len(verdict.invented)} invented; "
        f"{result.rescans} scans had to be repeated; report: {result.out / 'report.html'}"
    )
