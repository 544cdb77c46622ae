"""A network camera that speaks RTSP 1.0 (RFC 2326): Motion JPEG (RFC 2435) as RTP packets in the same TCP connection.

Quantisation tables go in-band with Q = 255, since those of an encoder are no formula; Huffman tables are the standard
ones, as RFC 2435 section 3.1 demands, and the sampling is 4:2:0 (type 1).
"""

import contextlib
import random
import select
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler

from drivers.simulators.frame_server import FrameServer
from drivers.simulators.frames import CameraSimulator

PAYLOAD_TYPE = 26
"""JPEG (RFC 3551, section 6)."""

TICKS = 90_000
"""Of the RTP clock in a second, for video (RFC 3551)."""

FRAGMENT = 1400
"""Bytes of a picture in one packet."""

YUV420, TABLES_IN_BAND = 1, 255
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    f"m=video 0 RTP/AVP {PAYLOAD_TYPE}\r\na=control:track1\r\n"
)


class RtpJpeg:
    """Puts pictures into the RTP packets of one stream, interleaved on channel 0 (RFC 2326, section 10.12)."""

    def __init__(self, rng: random.Random, fps: float) -> None:
        self._sequence, self._time = rng.getrandbits(16), rng.getrandbits(32)
        self._source, self._step = rng.getrandbits(32), int(TICKS / fps)

    def packets(self, picture: bytes) -> bytes:
        """All packets of one picture; raises `ValueError` for what is no baseline JPEG in 4:2:0."""
        width, height, tables, scan = _taken_apart(picture)
        self._time = (self._time + self._step) & 0xFFFFFFFF
        out = bytearray()
        for offset in range(0, len(scan), FRAGMENT):
            piece = scan[offset : offset + FRAGMENT]
            head = struct.pack(">I4B", offset, YUV420, TABLES_IN_BAND, -(-width // 8), -(-height // 8))
            if offset == 0:
                head += struct.pack(">BBH", 0, 0, len(tables)) + tables
            out += self._packet(head + piece, last=offset + FRAGMENT >= len(scan))
        return bytes(out)

    def _packet(self, payload: bytes, *, last: bool) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        head = struct.pack(">BBHII", 0x80, last << 7 | PAYLOAD_TYPE, self._sequence, self._time, self._source)
        return struct.pack(">cBH", b"$", 0, len(head) + len(payload)) + head + payload


def _taken_apart(picture: bytes) -> tuple[int, int, bytes, bytes]:
    """Return width, height, the two quantisation tables and the coded scan of a JPEG (ITU-T T.81, annex B)."""
    width = height = 0
    tables: dict[int, bytes] = {}
    for marker, body in _segments(picture):
        if marker == 0xDB:
            tables |= {body[at] & 15: body[at + 1 : at + 65] for at in range(0, len(body), 65)}
        elif marker == 0xC0:
            height, width = struct.unpack_from(">HH", body, 1)
            if body[5] != 3 or body[7] != 0x22:
                raise ValueError("RFC 2435 carries colour in 4:2:0 only")
        elif marker == 0xDA:
            return width, height, tables[0] + tables[1], body.removesuffix(b"\xff\xd9")
    raise ValueError("a JPEG without scan")


def _segments(picture: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and body of each segment; the body of the scan (0xDA) is what is coded, without its header."""
    at = 2
    while at + 4 <= len(picture):
        _, marker, size = struct.unpack_from(">BBH", picture, at)
        end = at + 2 + size
        yield marker, picture[end:] if marker == 0xDA else picture[at + 4 : end]
        at = len(picture) if marker == 0xDA else end


class _RtspHandler(StreamRequestHandler):
    """Answers the requests of one watcher; from PLAY to TEARDOWN it gets frames."""

    camera: "RtspServer"
    rbufsize = 0  # what was read ahead would be hidden from select

    def handle(self) -> None:
        """Serve the watcher until it leaves."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        with contextlib.suppress(OSError, ValueError):
            while self._answer() != "PLAY":
                continue
            self.camera.stream_to(self.connection, self._send, self.camera.packer().packets)

    def _send(self, data: bytes) -> None:
        """Send part of the stream, after the answer to what was asked meanwhile."""
        while select.select([self.connection], [], [], 0)[0]:
            self._answer()
        self.wfile.write(data)

    def _answer(self) -> str:
        """Answer one request and return its method; the end of the connection or of the session is a `ValueError`."""
        method, address, _version = self.rfile.readline(4096).decode("ascii").split()
        headers: dict[str, str] = {}
        while line := self.rfile.readline(4096).decode("ascii").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        more, body = "Session: 1\r\n", ""
        if method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n"
        elif method == "DESCRIBE":
            more, body = f"Content-Base: {address}/\r\nContent-Type: application/sdp\r\n", SDP
        elif method == "SETUP":
            more = "Session: 1;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        supported = method != "SETUP" or "RTP/AVP/TCP" in headers.get("transport", "")
        state = "200 OK" if supported else "461 Unsupported Transport"
        head = f"RTSP/1.0 {state}\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
        self.wfile.write((head + body).encode("ascii"))
        if method == "TEARDOWN":
            raise ValueError("the watcher leaves")
        return method


class RtspServer(FrameServer):
    """An RTSP camera: shows what a `FrameServer` shows."""

    scheme = "rtsp"
    colour = True
    handler = _RtspHandler

    def packer(self) -> RtpJpeg:
        """What puts pictures into the packets of a new stream."""
        return RtpJpeg(self.rng, self.fps)


def rtsp_simulator(rng: random.Random, folder: Path) -> CameraSimulator:
    """Entry point ``rtsp``: a simulated RTSP camera on loopback; it needs no file of ``folder``."""
    del folder
    return CameraSimulator(rng, camera=RtspServer(rng))
