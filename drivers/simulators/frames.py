"""A camera at the wire: rendered frames as live Motion JPEG over HTTP on loopback, as a folder or as a video file."""

import asyncio
import random
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, Any

from drivers.simulators.base import Delivery
from drivers.simulators.rendering import Sight, compose, draw_label

if TYPE_CHECKING:
    from drivers.simulators.rendering import Pixels

SIZE = (960, 540)
FRAMES_SHOWN = 12
"""Frames in which a delivered label stays in view; a reader needs two, a loaded machine drops some."""

AWAY = 0.4
"""Seconds out of view after which the simulated camera's labels count again (part of its URL)."""

BOUNDARY = "frame"

Write = Callable[[bytes], Any]


@dataclass(slots=True)
class _Scene:
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
        self._scenes: deque[_Scene] = deque()
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

    def show(self, scene: _Scene) -> None:
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

    def _sent(self, scene: _Scene) -> None:
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


class CameraSimulator:
    """A camera on loopback that is shown labels; one `Simulator` of a scenario."""

    def __init__(self, rng: random.Random, sight: Sight | None = None, camera: FrameServer | None = None) -> None:
        self._rng, self._sight = rng, sight or Sight()
        self._camera = camera or FrameServer(rng)
        self._empty = [self._camera.encoded(compose([], SIZE, rng, self._sight)) for _ in range(3)]
        self._gone: dict[bytes, float] = {}

    @property
    def url(self) -> str:
        """What `drivers.registry.open_device` takes."""
        return f"camera://{self._camera.url}#away={AWAY}"

    async def start(self) -> None:
        """Switch the camera on."""
        await asyncio.to_thread(self._camera.start)

    async def stop(self) -> None:
        """Switch it off and give the port back."""
        await asyncio.to_thread(self._camera.release)

    async def unplug(self) -> None:
        """Pull the network cable."""
        await asyncio.to_thread(self._camera.stop)

    async def plug(self) -> None:
        """Put the cable back: same address, as before."""
        await asyncio.to_thread(self._camera.start)

    async def deliver(self, delivery: Delivery) -> None:
        """Hold the label into the view for `FRAMES_SHOWN` frames and take it out again; waits for a watcher."""
        await self._out_of_view_long_enough(delivery)
        label = draw_label(delivery.payload, delivery.aim)
        pictures = await asyncio.to_thread(self._pictures, label, FRAMES_SHOWN)
        scene = _Scene(pictures + self._empty)
        await self._shown(scene)
        self._gone[delivery.payload] = time.monotonic()

    async def break_off(self, delivery: Delivery) -> None:
        """Send half of one frame with the label, then hang up."""
        pictures = await asyncio.to_thread(self._pictures, draw_label(delivery.payload, delivery.aim), 1)
        await self._shown(_Scene(pictures, cut=True))
        await self.unplug()

    async def garbage(self, data: bytes) -> None:
        """Throw ``data`` between the frames."""
        await self._shown(_Scene(raw=data))

    def mute(self, silent: bool = True) -> None:
        """Keep the connection and send nothing, or go on."""
        self._camera.silent = silent

    @asynccontextmanager
    async def held(self, delivery: Delivery) -> AsyncIterator[None]:
        """Keep the label in view as long as the block lasts, and take it out again; needs a watcher to end."""
        label = draw_label(delivery.payload, delivery.aim)
        scene = _Scene(await asyncio.to_thread(self._pictures, label, 3), held=True)
        self._camera.show(scene)
        yield
        scene.pictures += self._empty
        scene.held = False
        await self._until(scene)

    async def hostile(self, picture: bytes) -> None:
        """Send ``picture``, whatever it is, as one frame."""
        await self._shown(_Scene([picture]))

    async def _shown(self, scene: _Scene) -> None:
        self._camera.show(scene)
        await self._until(scene)

    async def _until(self, scene: _Scene) -> None:
        while not scene.done.is_set():
            await asyncio.sleep(0.01)

    async def _out_of_view_long_enough(self, delivery: Delivery) -> None:
        gone = self._gone.get(delivery.payload)
        if gone is not None:
            await asyncio.sleep(max(0.0, gone + 2 * AWAY - time.monotonic()))

    def _pictures(self, label: "Pixels", count: int) -> list[bytes]:
        """Render few different views and repeat them: rendering is slower than watching."""
        views = [self._camera.encoded(compose([label], SIZE, self._rng, self._sight)) for _ in range(min(count, 3))]
        return [views[n % len(views)] for n in range(count)]


def camera_simulator(rng: random.Random, folder: Path) -> CameraSimulator:
    """Return a simulated camera on loopback; it needs no file of ``folder``."""
    del folder
    return CameraSimulator(rng)


def write_folder(folder: Path, deliveries: Sequence[Delivery], rng: random.Random, sight: Sight | None = None) -> None:
    """Write one picture a delivery into ``folder``, named in order: ``camera://FOLDER``."""
    import cv2

    folder.mkdir(parents=True, exist_ok=True)
    for number, delivery in enumerate(deliveries):
        frame = compose([draw_label(delivery.payload, delivery.aim)], SIZE, rng, sight)
        cv2.imwrite(str(folder / f"{number:05d}.png"), frame)


def write_video(
    path: Path,
    scenes: Sequence[Sequence[Delivery]],
    rng: random.Random,
    *,
    frames: int = 8,
    sight: Sight | None = None,
) -> None:
    """Write a video (MPEG-4, 25 frames/s) in which each scene shows its labels for ``frames`` frames."""
    import cv2

    fourcc = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), fourcc, 25.0, SIZE, isColor=False)
    if not writer.isOpened():
        raise OSError(f"{path}: this OpenCV writes no MPEG-4 video")
    for scene in scenes:
        labels = [draw_label(delivery.payload, delivery.aim) for delivery in scene]
        for _ in range(frames):
            writer.write(compose(labels, SIZE, rng, sight))
    writer.release()


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
