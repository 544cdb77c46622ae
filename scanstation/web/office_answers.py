"""How the office answers: refusals as JSON {error, remedy, reason}, a report as a page of its own."""

import base64
import hashlib
import re
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute

from scanstation.access import AccessError, AccessReason
from scanstation.audit import AuditError, AuditReason
from scanstation.counting.errors import JournalError
from scanstation.errors import ScanstationError
from scanstation.reports import AuditReport, to_html
from scanstation.store.engine import StoreError, StoreReason
from scanstation.web.messages import complaint
from scanstation.web.office_door import OfficeRefusal

_STATUS: Mapping[str, HTTPStatus] = {
    AuditReason.UNKNOWN_AUDIT: HTTPStatus.NOT_FOUND,
    AuditReason.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    AuditReason.FOUR_EYES: HTTPStatus.FORBIDDEN,
    AuditReason.UNKNOWN_FINDING: HTTPStatus.NOT_FOUND,
    AuditReason.NO_REASON: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreReason.UNKNOWN_AUDIT: HTTPStatus.NOT_FOUND,
    StoreReason.NOT_FOUND: HTTPStatus.UNPROCESSABLE_ENTITY,
    AccessReason.WRONG: HTTPStatus.UNAUTHORIZED,
    AccessReason.LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
    AccessReason.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

log = structlog.get_logger()


class OfficeRoute(APIRoute):
    """A route whose errors on purpose become JSON with a fitting status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except ScanstationError as error:
                return refusal(error)
            except RequestValidationError as error:
                return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, complaint(list(error.errors())), "", "invalid")

        return guarded


def refusal(error: ScanstationError) -> JSONResponse:
    """An error on purpose as JSON."""
    reason = str(getattr(error, "reason", "failed"))
    status = _status(error, reason)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("a step of the office failed", error=str(error), reason=reason)
    answer = _answer(status, str(error), error.remedy, reason)
    if wait := getattr(error, "retry_after_s", 0):
        answer.headers["retry-after"] = str(wait)
    return answer


def _status(error: ScanstationError, reason: str) -> HTTPStatus:
    match error:
        case OfficeRefusal():
            return error.status
        case JournalError():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case AuditError() | StoreError() | AccessError():
            return _STATUS.get(reason, HTTPStatus.CONFLICT)
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _answer(status: HTTPStatus, text: str, remedy: str, reason: str) -> JSONResponse:
    return JSONResponse({"error": text, "remedy": remedy, "reason": reason}, status, {"cache-control": "no-store"})


def report_page(report: AuditReport) -> HTMLResponse:
    """The report as a page that runs no script and fetches nothing; only its own style sheet, by hash, is let in."""
    html = to_html(report)
    digests = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html))
    styles = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    own = f"default-src 'none'; style-src {styles}; img-src data:"
    policy = f"{own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return HTMLResponse(html, headers={"content-security-policy": policy, "cache-control": "no-store"})
