"""The camera of the device that shows the page: pictures in, counts out, by the same pipeline as any camera."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request

from drivers.camera.pushed import PushedCamera
from drivers.errors import DriverError, Reason
from scanstation.counting.decision import Decision
from scanstation.web.context import Context, context_of
from scanstation.web.door import Denied
from scanstation.web.guard import FRAMES

PAGE_CAMERA = "page camera"
"""The device name of labels that the page's camera saw."""

TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})

_STATUS = {
    Reason.BUSY: HTTPStatus.TOO_MANY_REQUESTS,
    Reason.CLOSED: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.MISSING_LIBRARY: HTTPStatus.SERVICE_UNAVAILABLE,
}

router = APIRouter()


@router.post(FRAMES)
async def take_frame(request: Request) -> dict[str, Any]:
    """Read one frame of the page's camera and count each label that came into view, once.

    The body is one picture (JPEG, PNG or WebP) of at most `guard.FRAME_LIMIT` bytes.  Answers with the number of
    ``reads`` and the state; 401, 403 and 409 as any scan, 413 and 415 for what is no frame, 422 for a picture that
    cannot be read, 429 while the frame before is still being read.
    """
    context = context_of(request)
    caller = context.door.scanner(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        raise Denied(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"a frame is one of {', '.join(sorted(TYPES))}")
    who = caller.session.id if caller.session is not None else f"token {caller.token.name}" if caller.token else ""
    camera, picture = _camera(context), await request.body()
    try:
        reads = await camera.look(picture, who)
    except DriverError as error:
        status = _STATUS.get(error.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
        raise Denied(status, f"{error}. {error.remedy}".strip()) from None
    decisions: list[Decision] = []
    if reads:
        context.door.scanner(request)  # the frame before may have been a badge that took the seat
        decisions = [decision for _, decision in await context.station.take_set(reads)]
    answer = {"outcome": "ok", "reads": [{"outcome": one.outcome, "text": one.text} for one in decisions]}
    return {**answer, "state": context.state(caller)} if decisions else answer


def _camera(context: Context) -> PushedCamera:
    """The page's camera among the devices of the station; it joins them with its first frame."""
    station = context.station
    camera = station.devices.get(PAGE_CAMERA)
    if not isinstance(camera, PushedCamera):
        camera = PushedCamera(name=PAGE_CAMERA, clock=context.clock)
        camera.on_status(lambda _status: station.bus.changed())
        station.devices.show(camera)
    return camera
