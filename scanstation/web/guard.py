"""What every request passes before any route sees it: who may speak, how much, and from where."""

import ipaddress
import json
import socket
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 32_768
"""Bytes of a request body; the largest legal one is a scan of 4,096 characters with every one of them escaped."""

FRAMES, FRAME_LIMIT = "/api/frames", 2_000_000
"""Where the page's camera sends its pictures, and the bytes of the largest: 1080p as JPEG has up to a million."""

INTAKE, INTAKE_LIMIT = "/api/reads/", 262_144
"""Where readers and programs post their reads, and the bytes of the largest post: some thousand tags."""

CONTENT_SECURITY_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own files and nothing else: no inline script, no inline style, no foreign host."""

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(self), microphone=(), geolocation=(), payment=(), usb=(), screen-wake-lock=(self)",
    ),
)
_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


class Refusal(Exception):
    """A request that no route gets to see."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class Guard:
    """ASGI middleware: host names, origin, size of bodies, security headers.

    A host name that is not ours is refused, so that a foreign page cannot reach a station on loopback by pointing
    its own name there.  A request that changes something must come from our own page (``Sec-Fetch-Site``,
    ``Origin``); without either header it comes from a program, which must say who it is: a bearer token, or badge and
    PIN.  A browser sends at least one of the two headers with every such request, whatever it adds by itself.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = _limit(scope["path"])
        exchange = _Exchange(receive, send, limit)
        try:
            self._check_host(headers)
            if scope["method"] in _CHANGES:
                _check_origin(scope, headers)
            _check_length(headers, limit)
            await self._app(scope, exchange.receive, exchange.send)
        except Refusal as refusal:
            if exchange.started:
                raise
            await exchange.refuse(refusal)

    def _check_host(self, headers: Headers) -> None:
        host = host_name(headers.get("host", ""))
        if host not in self._hosts and not _is_address(host):
            text = f"this station does not answer to the name {host[:80]!r}; add it to allowed_hosts"
            raise Refusal(HTTPStatus.MISDIRECTED_REQUEST, text)


def _limit(path: str) -> int:
    if path == FRAMES:
        return FRAME_LIMIT
    return INTAKE_LIMIT if path.startswith(INTAKE) else BODY_LIMIT


def own_hosts(host: str, allowed: Iterable[str]) -> frozenset[str]:
    """The names of this station: loopback, the bound one, the machine's own, and those that the site adds."""
    machine = socket.gethostname().lower()
    return frozenset({"localhost", host.lower(), machine, f"{machine}.local", *(name.lower() for name in allowed)})


def host_name(host: str) -> str:
    """The name or address in a Host header, without its port, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_address(host: str) -> bool:
    """An address cannot be pointed elsewhere by somebody who owns a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_origin(scope: Scope, headers: Headers) -> None:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        raise Refusal(HTTPStatus.FORBIDDEN, "the request comes from another page")
    if origin is not None and origin.lower() != f"{scope['scheme']}://{headers.get('host', '')}".lower():
        raise Refusal(HTTPStatus.FORBIDDEN, "the request comes from another page")
    if site is None and origin is None and not headers.get("authorization", "").startswith(("Bearer ", "Basic ")):
        raise Refusal(HTTPStatus.FORBIDDEN, "a program must say who it is: send Authorization: Bearer TOKEN")


def _check_length(headers: Headers, limit: int) -> None:
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        raise _too_much(limit)


def _too_much(limit: int) -> Refusal:
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {limit} bytes")


class _Exchange:
    """One request and its answer: counts what comes in, secures what goes out."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self.started = False
        self._limit = limit
        self._receive = receive
        self._send = send
        self._got = 0
        self._refusal: Refusal | None = None

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._got += len(message.get("body", b""))
            if self._got > self._limit:
                self._refusal = _too_much(self._limit)
                raise self._refusal
        return message

    async def send(self, message: Message) -> None:
        if self._refusal is not None and not self.started:
            await self.refuse(self._refusal)  # the framework took our refusal for a broken body: say what it was
        elif self._refusal is None:
            await self._send_secured(message)

    async def refuse(self, refusal: Refusal) -> None:
        body = json.dumps({"outcome": "error", "text": str(refusal)}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send_secured({"type": "http.response.start", "status": int(refusal.status), "headers": headers})
        await self._send_secured({"type": "http.response.body", "body": body})

    async def _send_secured(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            own = {name for name, _ in message["headers"]}
            missing = [header for header in SECURITY_HEADERS if header[0] not in own]
            message = {**message, "headers": [*message["headers"], *missing]}
        await self._send(message)
