"""Who comes to the office: a supervisor at the page, a program with a token, the command line of this machine."""

import asyncio
import base64
import binascii
import hmac
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response

from scanstation.access import Access, Permission, Role, Session, may
from scanstation.errors import ScanstationError
from scanstation.web.door import COOKIE, CSRF_HEADER

OFFICE_COOKIE = "scanstation_office"
"""The office has a session of its own: a supervisor who looks in takes nobody's seat."""


class OfficeRefusal(ScanstationError):
    """The office did not do it: ``status`` of HTTP, ``reason`` for programs, text and ``remedy`` for people."""

    def __init__(self, status: HTTPStatus, reason: str, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who asks.  ``session`` where a page asks; ``key`` for whoever can read this station's own files."""

    badge: str = ""
    role: Role | None = None
    session: Session | None = None
    token: bool = False
    key: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the visitor's role has ``permission``; the key alone carries no role."""
        return self.role is not None and may(self.role, permission)


class OfficeDoor:
    """Recognises visitors and turns away those who may not.

    ``key`` is what `serve` left in the data folder for the commands of this machine: who can read it could open the
    files themselves if no station held them, so it opens what those commands do without a badge.
    """

    def __init__(self, access: Access, *, operator_prefix: str, secure: bool, key: str | None = None) -> None:
        self._access = access
        self._prefix = operator_prefix
        self._secure = secure
        self._key = key

    async def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None for a stranger.  Raises `AccessError` for a wrong badge or PIN."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        match scheme.lower():
            case "bearer":
                return self._program(credentials.strip())
            case "basic":
                session = await self._signed_in(*_badge_and_pin(credentials))
                self._access.sessions.end(session.id)  # it lived for this request
                return Visitor(badge=session.badge, role=session.role)
        for cookie in (OFFICE_COOKIE, COOKIE):
            held = self._access.sessions.get(request.cookies.get(cookie, ""))
            if held is not None:
                return Visitor(badge=held.badge, role=held.role, session=held)
        return None

    async def admit(
        self, request: Request, permission: Permission, doing: str = "see the office", *, with_key: bool = False
    ) -> Visitor:
        """A visitor who may do this; ``with_key`` where the key is enough, ``doing`` names it in a refusal.

        Raises `OfficeRefusal` and `AccessError`.  A page that changes something must send its token along.
        """
        visitor = await self.visitor(request)
        if visitor is None:
            raise OfficeRefusal(HTTPStatus.UNAUTHORIZED, "not_signed_in", "sign in first", "use your badge and PIN")
        if not (visitor.may(permission) or (visitor.key and with_key)):
            who = f"{visitor.badge} ({visitor.role})" if visitor.role else "nobody (not signed in)"
            raise OfficeRefusal(
                HTTPStatus.FORBIDDEN, "not_allowed", f"{who} may not {doing}", "have a supervisor do it"
            )
        if visitor.session is not None and request.method != "GET":
            if not visitor.session.csrf_matches(request.headers.get(CSRF_HEADER, "")):
                raise OfficeRefusal(HTTPStatus.FORBIDDEN, "old_page", "the page is out of date", "reload it")
            self.touch(visitor)
        return visitor

    def touch(self, visitor: Visitor) -> None:
        """Note a sign of life of the person at the page."""
        if visitor.session is not None:
            self._access.sessions.touch(visitor.session.id)

    async def sign_in(self, request: Request, response: Response, badge: str, pin: str) -> Session:
        """Start a session of the office for a role that reviews; whoever sits at the seat goes on sitting there."""
        session = await self._signed_in(badge, pin)
        if not session.may(Permission.REVIEW):
            self._access.sessions.end(session.id)
            raise OfficeRefusal(
                HTTPStatus.FORBIDDEN,
                "not_allowed",
                f"{session.badge} ({session.role}) may not see the office",
                "counts are blind: a supervisor works here",
            )
        self._access.sessions.end(request.cookies.get(OFFICE_COOKIE, ""))
        response.set_cookie(OFFICE_COOKIE, session.id, httponly=True, samesite="strict", secure=self._secure, path="/")
        return session

    def sign_out(self, request: Request, response: Response) -> None:
        """End the session of the office; one of the station's own page is not touched."""
        self._access.sessions.end(request.cookies.get(OFFICE_COOKIE, ""))
        response.delete_cookie(OFFICE_COOKIE, httponly=True, samesite="strict", secure=self._secure, path="/")

    def _program(self, secret: str) -> Visitor | None:
        if self._key and hmac.compare_digest(self._key.encode(), secret.encode()):
            return Visitor(key=True)
        token = self._access.token(secret)
        return Visitor(badge=token.name, role=token.role, token=True) if token else None

    async def _signed_in(self, badge: str, pin: str) -> Session:
        return await asyncio.to_thread(self._access.sign_in, badge.strip().removeprefix(self._prefix), pin)


def _badge_and_pin(credentials: str) -> tuple[str, str]:
    """HTTP Basic (RFC 7617); a PIN has no colon, a badge may have one."""
    try:
        text = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    badge, colon, pin = text.rpartition(":")
    if not colon:
        raise OfficeRefusal(
            HTTPStatus.UNAUTHORIZED, "not_signed_in", "these are no credentials", "send badge:PIN as HTTP Basic"
        )
    return badge, pin
