"""``/metrics``: the figures of the station in Prometheus's text format."""

import ipaddress
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from scanstation.access import Permission
from scanstation.web.context import context_of
from scanstation.web.door import Denied
from scanstation.web.seat import Caller

router = APIRouter()

_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a proxy on this machine tells that somebody else asks."""


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The figures, for this machine without a word, for others with the token of a role that reviews; else 401, 403."""
    context = context_of(request)
    if not _from_this_machine(request):
        _admit(context.door.caller(request))
    return Response(
        generate_latest(context.registry),
        media_type=CONTENT_TYPE_LATEST,
        headers={"cache-control": "no-store"},
    )


def _admit(caller: Caller) -> None:
    if caller.role is None:
        raise Denied(HTTPStatus.UNAUTHORIZED, "send the token of a supervisor or auditor: Authorization: Bearer TOKEN")
    if not caller.may(Permission.REVIEW):
        raise Denied(HTTPStatus.FORBIDDEN, f"the role {caller.role} may not see the figures of the station")


def _from_this_machine(request: Request) -> bool:
    if request.client is None or any(header in request.headers for header in _PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
