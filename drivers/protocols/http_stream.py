"""An answer of HTTP that never ends, such as the event stream of an Impinj reader (NDJSON): we ask once and listen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import h11

from drivers.errors import Reason
from drivers.protocols.base import Life, Notice, Output, WaitsForEnd, WireProtocol, lost
from drivers.protocols.stream import StreamProtocol

_ANSWER = 5.0
"""Seconds that the peer may take to answer; the stream itself may be silent for ever."""

_LOGIN = (Reason.PERMISSION, "set user= and password= (or token=) in the URL, and check them at the reader")
_REFUSALS: Mapping[int, tuple[Reason, str]] = {
    401: _LOGIN,
    403: _LOGIN,
    404: (Reason.NOT_FOUND, "check the path in the URL, and that the reader's REST interface is switched on"),
    409: (Reason.BUSY, "another program reads this stream: end it"),
    503: (Reason.BUSY, "the reader serves another program or starts: end that one, or wait"),
}


class HttpStreamProtocol(StreamProtocol[h11.Event]):
    """The sans-I/O client; ``content`` reads the body.  A `WireProtocol` with a handshake.

    ``host`` is what the Host header says, ``headers`` what goes along.
    """

    def __init__(self, host: str, path: str, headers: Mapping[str, str], content: WireProtocol) -> None:
        self.ready = False
        self._over = False
        self._content = content
        self._request = h11.Request(
            method="GET",
            target=path,
            headers=[("Host", host), ("Accept", "application/x-ndjson, application/json"), *headers.items()],
        )
        self._http = h11.Connection(h11.CLIENT)

    def connected(self) -> Sequence[bytes]:
        """Ask for the stream."""
        self.ready = self._over = False
        self._content.connected()
        self._http = h11.Connection(h11.CLIENT)
        words = self._http.send(self._request), self._http.send(h11.EndOfMessage())
        return (b"".join(word for word in words if word),)

    def pieces(self, data: bytes, output: Output) -> Iterator[h11.Event]:
        """The events of the answer; what is no HTTP ends the connection."""
        try:
            self._http.receive_data(data)
            while not self._over and (event := self._http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                yield cast(h11.Event, event)
        except h11.ProtocolError as error:
            remedy = "check host, port and path in the URL, and https:// where the reader wants TLS"
            self._end(output, Reason.PROTOCOL, f"this is not HTTP: {error}", remedy)

    def take(self, event: h11.Event, output: Output) -> None:
        """Read the body; a refusal and an end end the connection."""
        match event:
            case h11.Response(status_code=200):
                self.ready = True
            case h11.Response():
                unknown = (Reason.PROTOCOL, "look into the reader's log")
                reason, remedy = _REFUSALS.get(event.status_code, unknown)
                self._end(output, reason, f"the reader answers {event.status_code} to the request", remedy)
            case h11.Data():
                found = self._content.feed(bytes(event.data))
                output.frames += found.frames
                output.notices += found.notices
                output.sign(found.life)
            case h11.EndOfMessage() | h11.ConnectionClosed():
                self._end(output, Reason.UNPLUGGED, "the reader ended the stream", "it is asked again by itself")

    def life(self, piece: h11.Event) -> Life | None:
        """Nothing of its own: the body tells."""
        del piece
        return None

    def idle(self, elapsed: float) -> Output:
        """Give up a peer that does not answer."""
        output = Output()
        if not self.ready and elapsed >= _ANSWER:
            output.notices.append(lost(Reason.TIMEOUT, "no answer over HTTP", "check host and port in the URL"))
        return output

    @property
    def waits(self) -> bool:
        """Whether part of a document came."""
        return isinstance(self._content, WaitsForEnd) and self._content.waits

    def unended(self) -> Notice:
        """The document whose end did not come."""
        return cast(WaitsForEnd, self._content).unended()

    def _end(self, output: Output, reason: Reason, text: str, remedy: str) -> None:
        self._over = True
        output.notices.append(lost(reason, text, remedy))
