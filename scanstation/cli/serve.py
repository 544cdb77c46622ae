"""``scanstation serve``."""

import asyncio
import contextlib
import os
import random
import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from scanstation.cli.house import opened, station_settings
from scanstation.cli.output import say

if TYPE_CHECKING:
    from scanstation.station.wiring import House


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        help="Run the station: its devices, its journal, its page.",
        epilog="Example: scanstation serve --port 8765",
    )(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback unless configured.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve until interrupted; the first start prints a one-time set-up code."""
    changed = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = station_settings().model_copy(update=changed)
    with opened(settings) as house:
        if house.access.needs_setup:
            say(f"first start: open the page and use this one-time set-up code: {house.access.setup_code()}")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(house))


async def _serve(house: "House") -> None:
    from scanstation.station.running import Running, noted
    from scanstation.web.server import serve_station

    key = secrets.token_urlsafe(32)
    with contextlib.ExitStack() as stack:

        def ready(url: str) -> None:
            stack.enter_context(noted(house.settings.data_dir, Running(url=url, key=key, pid=os.getpid())))
            say(f"the station is open at {url}")

        async with house.station(random.Random()) as station:
            await serve_station(
                station, house.access, settings=house.settings, ready=ready, office=house.office, key=key
            )
