"""Motion JPEG over HTTP (``multipart/x-mixed-replace``, RFC 2046): what most network cameras offer.

OpenCV's own reader probes such a stream for seconds before the first frame; this one is ready at once.
"""

import base64
import http.client
from collections.abc import Callable
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import ProxyHandler, Request, build_opener

from drivers.camera.frames import Frame
from drivers.camera.images import decode_gray
from drivers.errors import DriverError, Reason

MAX_PART = 32_000_000
TIMEOUT = 3.0
_REMEDY = "Check address, password and network of the camera."


class MjpegSource:
    """The frames of one HTTP stream."""

    live = True

    def __init__(self, url: str, clock: Callable[[], int]) -> None:
        self._url, self._clock = url, clock
        self._response: http.client.HTTPResponse | None = None
        self._boundary = b""

    def open(self) -> None:
        """Ask for the stream; raises `DriverError` (REFUSED, PERMISSION, NOT_FOUND, TIMEOUT, PROTOCOL)."""
        try:
            self._response = build_opener(ProxyHandler({})).open(_request(self._url), timeout=TIMEOUT)
        except HTTPError as error:
            reasons = {401: Reason.PERMISSION, 403: Reason.PERMISSION, 404: Reason.NOT_FOUND, 503: Reason.BUSY}
            raise DriverError(reasons.get(error.code, Reason.REFUSED), f"HTTP {error.code}", _REMEDY) from None
        except TimeoutError:
            raise DriverError(Reason.TIMEOUT, f"no answer in {TIMEOUT:.0f} s", _REMEDY) from None
        except URLError as error:
            reason = Reason.TIMEOUT if isinstance(error.reason, TimeoutError) else Reason.REFUSED
            raise DriverError(reason, str(error.reason), _REMEDY) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DriverError(Reason.REFUSED, str(error) or type(error).__name__, _REMEDY) from None
        self._boundary = self._boundary_of(self._response)

    def next(self, timeout: float) -> Frame | None:
        """Return the next frame, None for a part that is no readable picture."""
        del timeout
        try:
            part = self._part()
        except TimeoutError:
            raise DriverError(Reason.TIMEOUT, f"no frame for {TIMEOUT:.0f} s", _REMEDY) from None
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise DriverError(Reason.UNPLUGGED, str(error) or type(error).__name__, _REMEDY) from None
        try:
            return Frame(decode_gray(part), self._clock())
        except DriverError:
            return None

    def close(self) -> None:
        """Hang up."""
        if self._response is not None:
            self._response.close()
            self._response = None

    def _boundary_of(self, response: http.client.HTTPResponse) -> bytes:
        kind = response.headers.get_content_type()
        boundary = response.headers.get_param("boundary")
        if not kind.startswith("multipart/") or not isinstance(boundary, str):
            self.close()
            message = f"the server sends {kind}, not multipart/x-mixed-replace"
            raise DriverError(Reason.PROTOCOL, message, "Name the camera's MJPEG address; its manual calls it so.")
        # Many cameras write the leading dashes into the parameter, and some then send no more of them.
        return b"--" + boundary.lstrip("-").encode("latin-1")

    def _part(self) -> bytes:
        """Return the body of the next part."""
        line = self._line()
        while not line.startswith(self._boundary):
            line = self._line()
        if line.startswith(self._boundary + b"--"):
            raise ValueError("the stream ended")
        length: int | None = None
        while line := self._line().strip():
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        return self._until_boundary() if length is None else self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        if not 0 <= length <= MAX_PART:
            raise ValueError(f"a frame of {length} bytes")
        assert self._response is not None
        body = self._response.read(length)
        if len(body) < length:
            raise ValueError("the stream ended in mid-frame")
        return body

    def _until_boundary(self) -> bytes:
        """Read a part without length: up to the end marker of its JPEG."""
        body = bytearray()
        while True:
            body += self._line()
            if body.rstrip(b"\r\n").endswith(b"\xff\xd9"):
                return bytes(body)
            if len(body) > MAX_PART:
                raise ValueError("a frame without end")

    def _line(self) -> bytes:
        assert self._response is not None
        line = self._response.readline(65536)
        if not line:
            raise ValueError("the stream ended")
        return line


def _request(url: str) -> Request:
    """Move user and password, if any, from the address into the header (RFC 7617)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    request = Request(urlunsplit((parts.scheme, host, parts.path or "/", parts.query, "")))
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_header("Authorization", "Basic " + base64.b64encode(secret).decode())
    return request
