"""A camera in the network: live Motion JPEG over HTTP on loopback, of an empty bench and of scenes in turn."""

import random
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, Any

from drivers.simulators.rendering import compose

if TYPE_CHECKING:
    from drivers.simulators.rendering import Pixels

SIZE = (960, 540)
BOUNDARY = "frame"

Write = Callable[[bytes], Any]


@dataclass(slots=True)
class Scene:
    """Something to show: pictures in turn, or raw bytes to throw into the stream."""

    pictures: list[bytes] = field(default_factory=list)
    raw: bytes = b""
    cut: bool = False
    held: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class FrameServer:
    """An HTTP camera.  It shows an empty bench, and each scene in turn once somebody watches.

    ``silent``: it accepts and answers, and sends no frame.
    """

    scheme = "http"
    colour = False
    handler: "type[StreamRequestHandler]"

    def __init__(self, rng: random.Random, *, size: tuple[int, int] = SIZE, fps: float = 30.0) -> None:
        self.rng, self.fps, self._pause = rng, fps, 1.0 / fps
        self.silent = False
        self._empty = self.encoded(compose([], size, rng))
        self._scenes: deque[Scene] = deque()
        self._lock = threading.Condition()
        self._server: ThreadingHTTPServer | None = None
        self._clients: list[socket.socket] = []
        # The port stays ours while the camera is unplugged: bound, not listening, so that watchers are refused.
        self._anchor = socket.socket()
        self._anchor.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._anchor.bind(("127.0.0.1", 0))
        self.port = int(self._anchor.getsockname()[1])

    @property
    def url(self) -> str:
        """The HTTP address of the stream."""
        return f"{self.scheme}://127.0.0.1:{self.port}/stream"

    def encoded(self, pixels: "Pixels") -> bytes:
        """A picture as this camera sends it."""
        import cv2

        return _jpeg(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if self.colour else pixels)

    def start(self) -> None:
        """Listen, unless it does already."""
        if self._server is not None:
            return
        handler = type("_Handler", (self.handler,), {"camera": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="frame-server", daemon=True).start()

    def stop(self) -> None:
        """Hang up on everybody and stop listening: the cable is out."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            _hang_up(client)

    def release(self) -> None:
        """Stop and give the port back."""
        self.stop()
        self._anchor.close()

    def show(self, scene: Scene) -> None:
        """Queue ``scene`` behind those that wait."""
        with self._lock:
            self._scenes.append(scene)

    def stream_to(self, client: socket.socket, write: Write, packed: Callable[[bytes], bytes]) -> None:
        """Send frames, each ``packed``, to one watcher until it leaves."""
        with self._lock:
            self._clients.append(client)
        due = time.monotonic()
        while self._server is not None:
            if not self.silent:
                self._send_next(client, write, packed)
            due = max(due + self._pause, time.monotonic() - self._pause)
            time.sleep(max(0.0, due - time.monotonic()))

    def _send_next(self, client: socket.socket, write: Write, packed: Callable[[bytes], bytes]) -> None:
        """Send one frame; a scene that this watcher did not get in full is shown to the next."""
        with self._lock:
            scene = self._scenes[0] if self._scenes else None
            picture = scene.pictures[0] if scene and scene.pictures else self._empty
        if scene and scene.raw:
            write(scene.raw)
        elif scene and scene.cut:
            part = packed(picture)
            write(part[: len(part) // 2])
        else:
            write(packed(picture))
        if scene:
            self._sent(scene)
            if scene.cut:
                _hang_up(client)

    def _sent(self, scene: Scene) -> None:
        with self._lock:
            if scene.held and len(scene.pictures) == 1:
                return
            del scene.pictures[:1]
            if not scene.pictures and self._scenes and self._scenes[0] is scene:
                self._scenes.popleft()
                scene.done.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    allow_reuse_port = True


class _StreamHandler(BaseHTTPRequestHandler):
    """Answers GET with the endless stream of its camera."""

    camera: FrameServer
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Send the header, then frames until the watcher leaves."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        try:
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            self.camera.stream_to(self.connection, self.wfile.write, _part)
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a watcher that leaves is no news."""


FrameServer.handler = _StreamHandler


def _jpeg(pixels: Any) -> bytes:
    import cv2

    _good, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return bytes(data)


def _part(picture: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
    return head.encode() + picture + b"\r\n"


def _hang_up(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
