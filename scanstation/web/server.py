"""Runs the pages of a station: uvicorn on the configured address, with TLS where the site gave a certificate."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from scanstation.access import Access
from scanstation.errors import ScanstationError
from scanstation.settings import Settings
from scanstation.station.office import Office
from scanstation.station.service import Station
from scanstation.web.app import create_app
from scanstation.web.context import Context

GRACE_S = 2
"""Seconds that requests may take to end when the server stops."""


class WebError(ScanstationError):
    """The pages cannot be served."""


class PageServer(uvicorn.Server):
    """Ends the event streams first when it stops: they would keep the server waiting."""

    def __init__(self, config: uvicorn.Config, context: Context) -> None:
        super().__init__(config)
        self._context = context

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for the requests under way."""
        self._context.stopping.set()
        await super().shutdown(sockets)


async def serve_station(
    station: Station,
    access: Access,
    *,
    settings: Settings,
    ready: Callable[[str], None] | None = None,
    office: Office | None = None,
    key: str | None = None,
) -> None:
    """Serve until interrupted or cancelled.  ``ready`` is called with the page's address once it answers.

    ``office`` and ``key`` are those of `create_app`.

    Raises `WebError` when the address cannot be listened on.
    """
    listener = listen(settings.host, settings.port)
    app = create_app(station, access, settings=settings, clock=station.clock.now, office=office, key=key)
    server = PageServer(server_config(app, settings), app.state.context)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        if ready is not None and not task.done():
            ready(address(listener, settings))
        await asyncio.shield(task)
    except asyncio.CancelledError:
        server.should_exit = True
        await task
        raise
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.  Raises `WebError`."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(64)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        text = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise WebError(text, "another station may run there: choose another port with --port") from error
    return listener


def address(listener: socket.socket, settings: Settings) -> str:
    """The address of the page, for a person to open."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    host = f"[{host}]" if ":" in host else host
    return f"http{'s' if settings.tls_certificate else ''}://{host}:{listener.getsockname()[1]}/"


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn runs the pages: quiet, with a short grace at the end, with TLS where configured."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=_text(settings.tls_certificate),
        ssl_keyfile=_text(settings.tls_key),
    )


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
