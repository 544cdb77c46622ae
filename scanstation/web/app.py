"""`create_app`: the pages and the API of one station."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CollectorRegistry
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from scanstation.access import Access, AccessError, AccessReason
from scanstation.settings import Settings
from scanstation.station.metrics import StationMetrics
from scanstation.station.office import Office
from scanstation.station.service import Station
from scanstation.web import actions, entry, events, frames, intake, metrics, pages
from scanstation.web import office as supervisors
from scanstation.web.back_office import BackOffice
from scanstation.web.context import Context
from scanstation.web.door import Denied, Door
from scanstation.web.guard import Guard, own_hosts
from scanstation.web.messages import complaint
from scanstation.web.office_door import OfficeDoor
from scanstation.web.watch import keep_sessions, keep_the_seat, lasting, look_at_closings

STATIC = Path(__file__).resolve().parent / "static"

_STATUS = {
    AccessReason.WRONG: HTTPStatus.UNAUTHORIZED,
    AccessReason.LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
    AccessReason.SETUP_CODE: HTTPStatus.UNAUTHORIZED,
    AccessReason.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
}


def create_app(
    station: Station,
    access: Access,
    *,
    settings: Settings,
    clock: Callable[[], int] | None = None,
    office: Office | None = None,
    key: str | None = None,
    registry: CollectorRegistry | None = None,
) -> FastAPI:
    """The app of a station that runs in the same event loop.

    ``clock`` gives the receive time of scans that come through the page, in microseconds since the epoch.  With
    ``office`` supervisors work in the same app; ``key`` is the secret of this machine's own commands (`OfficeDoor`).
    The station's figures are added to ``registry``, by default one of its own.
    """
    secure = settings.tls_certificate is not None
    door = Door(access, station, secure=secure)
    now = clock or (lambda: time.time_ns() // 1_000)
    back = None
    if office is not None:
        office_door = OfficeDoor(access, operator_prefix=settings.labels.operator, secure=secure, key=key)
        back = BackOffice(office, station, office_door)
    registry = registry or CollectorRegistry()
    StationMetrics(station, registry)
    context = Context(
        station=station, access=access, settings=settings, door=door, clock=now, registry=registry, back=back
    )
    app = FastAPI(
        title="scanstation", lifespan=_lifespan(context), docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.context = context
    for module in (pages, events, entry, actions, frames, intake, metrics):
        app.include_router(module.router)
    if back is not None:
        app.include_router(supervisors.router)
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.add_exception_handler(Denied, _denied)
    app.add_exception_handler(AccessError, _not_let_in)
    app.add_exception_handler(RequestValidationError, _does_not_fit)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Guard, hosts=own_hosts(settings.host, settings.allowed_hosts))
    return app


def _lifespan(context: Context) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        watches = (keep_sessions, keep_the_seat, look_at_closings)
        tasks = [asyncio.create_task(lasting(watch, context)) for watch in watches]
        try:
            yield
        finally:
            context.stopping.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


class _Static(StaticFiles):
    """Our own files: always asked for again, so that an upgraded station never runs an old page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


def _refusal(status: int, text: str, remedy: str = "", retry_after_s: int = 0) -> JSONResponse:
    headers = {"retry-after": str(retry_after_s)} if retry_after_s else {}
    return JSONResponse({"outcome": "refused", "text": text, "remedy": remedy}, status, headers)


async def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, Denied)
    return _refusal(error.status, str(error), retry_after_s=error.retry_after_s)


async def _not_let_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, AccessError)
    status = _STATUS.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _refusal(status, str(error), error.remedy, error.retry_after_s)


async def _does_not_fit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    text = complaint(list(error.errors()))
    return JSONResponse({"outcome": "error", "text": text}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _failed(request: Request, error: Exception) -> Response:
    text = "the station failed on this request; its log says why"
    return JSONResponse({"outcome": "error", "text": text}, HTTPStatus.INTERNAL_SERVER_ERROR)
