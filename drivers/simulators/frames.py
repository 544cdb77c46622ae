"""A camera at the wire: rendered frames as a live stream, as a folder or as a video file."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.simulators.base import Delivery
from drivers.simulators.frame_server import SIZE, FrameServer, Scene
from drivers.simulators.rendering import Sight, compose, draw_label

if TYPE_CHECKING:
    from drivers.simulators.rendering import Pixels

FRAMES_SHOWN = 12
"""Frames in which a delivered label stays in view; a reader needs two, a loaded machine drops some."""

AWAY = 0.4
"""Seconds out of view after which the simulated camera's labels count again (part of its URL)."""


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
        scene = Scene(pictures + self._empty)
        await self._shown(scene)
        self._gone[delivery.payload] = time.monotonic()

    async def break_off(self, delivery: Delivery) -> None:
        """Send half of one frame with the label, then hang up."""
        pictures = await asyncio.to_thread(self._pictures, draw_label(delivery.payload, delivery.aim), 1)
        await self._shown(Scene(pictures, cut=True))
        await self.unplug()

    async def garbage(self, data: bytes) -> None:
        """Throw ``data`` between the frames."""
        await self._shown(Scene(raw=data))

    @property
    def silent(self) -> bool:
        """Whether it keeps its connections and sends nothing."""
        return self._camera.silent

    @silent.setter
    def silent(self, silent: bool) -> None:
        self._camera.silent = silent

    @asynccontextmanager
    async def held(self, delivery: Delivery) -> AsyncIterator[None]:
        """Keep the label in view as long as the block lasts, and take it out again; needs a watcher to end."""
        label = draw_label(delivery.payload, delivery.aim)
        scene = Scene(await asyncio.to_thread(self._pictures, label, 3), held=True)
        self._camera.show(scene)
        yield
        scene.pictures += self._empty
        scene.held = False
        await self._until(scene)

    async def hostile(self, picture: bytes) -> None:
        """Send ``picture``, whatever it is, as one frame."""
        await self._shown(Scene([picture]))

    async def _shown(self, scene: Scene) -> None:
        self._camera.show(scene)
        await self._until(scene)

    async def _until(self, scene: Scene) -> None:
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
