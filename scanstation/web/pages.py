"""The pages: the station, the first start, and a word for those who watch over the station."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from scanstation import __version__
from scanstation.web.context import context_of

TEMPLATES = Jinja2Templates(directory=Path(__file__).resolve().parent / "templates")

router = APIRouter()


@router.get("/")
async def station(request: Request) -> Response:
    """The station page; before there is an operator, the way to the first start."""
    if context_of(request).access.needs_setup:
        return RedirectResponse("/setup", 303, headers={"cache-control": "no-store"})
    return page(request, "station.html")


@router.get("/setup")
async def first_start(request: Request) -> Response:
    """Asks for the set-up code; once there is an operator it leads to the station."""
    if not context_of(request).access.needs_setup:
        return RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    return page(request, "setup.html")


@router.get("/healthz")
async def health(request: Request) -> Response:
    """200 while the station counts, 503 when it had to stop; without a word about what it counts."""
    stopped = context_of(request).station.view().alarm is not None
    return Response("stopped\n" if stopped else "ok\n", 503 if stopped else 200, media_type="text/plain")


def page(request: Request, name: str, *, status: int = 200, **more: str) -> Response:
    """Render a template with the words that every page may use, and ``more``."""
    settings = context_of(request).settings
    words = {"station": settings.station, "labels": settings.labels, "wedge": settings.wedge, "version": __version__}
    return TEMPLATES.TemplateResponse(
        request, name, {**words, **more}, status_code=status, headers={"cache-control": "no-store"}
    )
