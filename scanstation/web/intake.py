"""Reads that readers and programs post: answered when they are durable, one verdict a read."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request

from drivers.errors import DriverError, Reason
from drivers.protocols.json_formats import FORMATS
from drivers.pushed import PushedReads
from scanstation.settings import DeviceSettings
from scanstation.station.posted import posted_device, posted_form
from scanstation.station.service import Station
from scanstation.web.context import context_of
from scanstation.web.door import Denied
from scanstation.web.guard import INTAKE

_STATUS = {Reason.TIMEOUT: HTTPStatus.SERVICE_UNAVAILABLE, Reason.CLOSED: HTTPStatus.SERVICE_UNAVAILABLE}

router = APIRouter()


@router.post(INTAKE + "{form}")
async def take_reads(form: str, request: Request) -> dict[str, Any]:
    """Count what a reader or a program brings: ``form`` is json (the project's own Read), zebra or impinj.

    The body is one event, an array, or one event a line, of at most `guard.INTAKE_LIMIT` bytes; the token comes as
    Bearer, or as the password of Basic.  Answers 200 with a verdict for each read when all are durable; events
    without a read have none.  A body that comes again (the answer was lost) counts once by the ids of its reads.
    401 and 403 for who may not count, 404 for another form, 409 while nobody is signed in at the station, 413 and 422
    for a body that cannot be read, 503 while counting has stopped: for 409 and 503 send the same again later.  A reader
    with fixed antennas (a device ``post:FORM`` by the name of its token) needs nobody.
    """
    context = context_of(request)
    caller = context.door.program(request)
    if form not in FORMATS:
        raise Denied(HTTPStatus.NOT_FOUND, f"reads come as {', '.join(FORMATS)}")
    station, body = context.station, await request.body()
    if station.alarm is not None:
        raise Denied(HTTPStatus.SERVICE_UNAVAILABLE, station.alarm)
    assert caller.token is not None
    settings = _settings(station, caller.token.name, form)
    if settings is None or not settings.antennas:
        context.door.attended(caller)
    try:
        answers = await _sender(station, caller.token.name, form, settings).bring(body)
    except DriverError as error:
        status = _STATUS.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        raise Denied(status, f"{error}. {error.remedy}".strip()) from None
    return {"outcome": "ok", "reads": [one.as_json() for one in answers]}


def _settings(station: Station, name: str, form: str) -> DeviceSettings | None:
    """What is configured for a token that posts in this form."""
    own = (one for one in station.settings.devices if one.name == name and posted_form(one) == form)
    return next(own, None)


def _sender(station: Station, name: str, form: str, settings: DeviceSettings | None) -> PushedReads:
    """The device of one token and form among those of the station; one without settings joins with its first post."""
    name = settings.name if settings is not None else f"{name} ({form})"
    device = station.devices.get(name)
    if isinstance(device, PushedReads):
        return device
    made = posted_device(name, form, station.clock.now)
    station.devices.adopt(made)
    return made
