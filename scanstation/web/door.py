"""Who is calling: from the cookie of a session or the bearer token of a program."""

from fastapi import Request, Response

from drivers.pushed import secret_of
from scanstation.access import Access, Permission
from scanstation.station.service import Station
from scanstation.web.seat import NOBODY, Caller

COOKIE = "scanstation_session"
CSRF_HEADER = "x-scanstation-token"


class Denied(Exception):
    """A caller who may not do this; answered as JSON with a text for people."""

    def __init__(self, status: int, text: str, *, retry_after_s: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after_s = retry_after_s


class Door:
    """Recognises callers and turns away those who may not."""

    def __init__(self, access: Access, station: Station, *, secure: bool) -> None:
        self._access = access
        self._station = station
        self._secure = secure

    def caller(self, request: Request) -> Caller:
        """Who asks; `NOBODY` for a stranger.  Reading is no sign of life of a session."""
        bearer = request.headers.get("authorization", "")
        if bearer.startswith("Bearer "):
            token = self._access.token(bearer.removeprefix("Bearer ").strip())
            return Caller(token=token) if token else NOBODY
        session = self._access.sessions.get(request.cookies.get(COOKIE, ""))
        return Caller(session=session) if session else NOBODY

    def person(self, request: Request, permission: Permission | None = None) -> Caller:
        """A signed-in person whose page sent its token; raises `Denied`."""
        caller = self.caller(request)
        if caller.session is None:
            raise Denied(401, "sign in first")
        if not caller.session.csrf_matches(request.headers.get(CSRF_HEADER, "")):
            raise Denied(403, "the page is out of date: reload it")
        if permission is not None and not caller.may(permission):
            raise Denied(403, f"your role ({caller.session.role}) may not do this")
        self._access.sessions.touch(caller.session.id)
        return caller

    def seated(self, request: Request, permission: Permission) -> Caller:
        """A person with ``permission`` who sits at this station; raises `Denied`."""
        caller = self.person(request, permission)
        if not caller.seated(self._station.view()):
            raise Denied(409, "somebody else is signed in at this station now: sign in again")
        return caller

    def scanner(self, request: Request) -> Caller:
        """Whoever may bring scans: the seated person's page, or a program with a token while somebody is seated."""
        caller = self.caller(request)
        if caller.token is None:
            return self.seated(request, Permission.COUNT)
        if not caller.may(Permission.COUNT):
            raise Denied(403, f"the role of this token ({caller.token.role}) may not count")
        if not caller.seated(self._station.view()):
            raise Denied(409, "nobody is signed in at this station")
        return caller

    def program(self, request: Request) -> Caller:
        """A program that may bring reads; raises `Denied`.

        Its token comes as Bearer, or as the password of Basic where a reader knows nothing else.
        """
        token = self._access.token(secret_of(request.headers.get("authorization", "")))
        if token is None:
            raise Denied(401, "a token of this station is needed: send Authorization: Bearer TOKEN")
        caller = Caller(token=token)
        if not caller.may(Permission.COUNT):
            raise Denied(403, f"the role of this token ({token.role}) may not count")
        return caller

    def attended(self, caller: Caller) -> None:
        """Raise `Denied` while nobody is seated: reads that wait for a person stay with their sender."""
        if not caller.seated(self._station.view()):
            raise Denied(409, "nobody is signed in at this station")

    def admit(self, response: Response, session_id: str) -> None:
        """Give the browser its session: unreadable for scripts, never sent along by other sites."""
        response.set_cookie(COOKIE, session_id, httponly=True, samesite="strict", secure=self._secure, path="/")

    def dismiss(self, response: Response) -> None:
        """Take the session back."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=self._secure, path="/")
