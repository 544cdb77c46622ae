"""Where frames come from: folders, video files, UVC and RTSP cameras.  All of it blocks and runs in a thread.

A file gives every frame.  A live source gives the latest frame: what the reader had no time for is gone.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from drivers.camera.images import MAX_PIXELS, SUFFIXES, load_gray
from drivers.camera.url import CameraUrl
from drivers.errors import DriverError, Reason

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

MICROSECONDS = 1_000_000
Clock = Callable[[], int]


class EndOfFrames(Exception):
    """A finite source gave all its frames."""


class UnreadableFrame(Exception):
    """One frame cannot be read; the source goes on.  ``error`` says why."""

    def __init__(self, error: DriverError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels, and the microsecond they belong to: of the station's clock when live, of the recording when not."""

    pixels: "Pixels"
    at: int
    name: str = ""


class Source(Protocol):
    """Frames in order; every failure is a `DriverError` with reason and remedy."""

    live: bool

    def open(self) -> None:
        """Connect, or raise `DriverError`."""

    def next(self, timeout: float) -> Frame | None:
        """Return the next frame, None when none came in ``timeout`` seconds.

        Raises `EndOfFrames`, `UnreadableFrame`, or `DriverError` when the source broke.
        """

    def close(self) -> None:
        """Release the source; never raises."""


class FolderSource:
    """The pictures of a folder (or one picture) in name order; with ``watch`` also those that come later."""

    live = False
    POLL = 0.1

    def __init__(self, path: Path, clock: Clock, *, watch: bool = False, interval: float = 0.0) -> None:
        self._path, self._clock, self._watch = path, clock, watch
        self._interval = int(interval * MICROSECONDS)
        self._pending: list[Path] = []
        self._settling: dict[str, tuple[int, int]] = {}
        self._done: dict[str, tuple[int, int]] = {}
        self._at = 0

    def open(self) -> None:
        """List the folder."""
        self._at = self._clock()
        try:
            present = self._pictures()
        except PermissionError:
            message = f"{self._path}: the folder may not be read"
            raise DriverError(Reason.PERMISSION, message, f"chmod a+rx {self._path}") from None
        except OSError as error:
            raise DriverError(Reason.NOT_FOUND, f"{self._path}: {error.strerror}", "Check the path.") from None
        if not self._watch:
            self._pending = [self._path] if self._path.is_file() else [self._path / name for name in sorted(present)]

    def next(self, timeout: float) -> Frame | None:
        """Return the next picture; one that cannot be read raises `UnreadableFrame` and is left out."""
        if not self._pending:
            if not self._watch:
                raise EndOfFrames
            self._look(timeout)
            if not self._pending:
                return None
        path = self._pending.pop(0)
        at = self._at if self._interval else self._clock()
        self._at += self._interval
        try:
            return Frame(load_gray(path), at, path.name)
        except DriverError as error:
            raise UnreadableFrame(error) from error

    def close(self) -> None:
        """Forget what is pending; pictures read already are not read again after `open`."""
        self._pending, self._settling = [], {}

    def _look(self, timeout: float) -> None:
        """Queue the pictures that are new or changed and whose size and time stood still between two looks."""
        time.sleep(min(timeout, self.POLL))
        try:
            present = self._pictures()
        except OSError as error:
            raise DriverError(Reason.UNPLUGGED, f"{self._path}: {error.strerror}", "Bring the folder back.") from None
        fresh = {name: mark for name, mark in present.items() if self._done.get(name) != mark}
        settled = sorted(name for name, mark in fresh.items() if self._settling.get(name) == mark)
        self._settling = fresh
        for name in settled:
            self._done[name] = fresh[name]
            self._pending.append(self._path / name)

    def _pictures(self) -> dict[str, tuple[int, int]]:
        if self._path.is_file():
            return {self._path.name: (0, 0)}
        found: dict[str, tuple[int, int]] = {}
        for path in self._path.iterdir():
            if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                found[path.name] = (stat.st_size, stat.st_mtime_ns)
        return found


class CaptureSource:
    """Anything that OpenCV opens: a video file, a UVC camera by its number, an RTSP or HTTP stream."""

    OPEN_TIMEOUT_MS = 4000
    READ_TIMEOUT_MS = 4000

    def __init__(self, target: CameraUrl, clock: Clock) -> None:
        self._target, self._clock = target, clock
        self.live = target.path is None
        self._capture: Any = None
        self._start = 0

    def open(self) -> None:
        """Open the camera, stream or file."""
        import cv2

        self._check_presence()
        target, timeouts = self._target, [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, self.OPEN_TIMEOUT_MS]
        timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, self.READ_TIMEOUT_MS]
        try:
            if target.index is not None:
                self._capture = cv2.VideoCapture(target.index, cv2.CAP_ANY)
                self._ask_for_size(cv2)
            else:
                self._capture = cv2.VideoCapture(self._name, cv2.CAP_FFMPEG, timeouts)
        except cv2.error as error:
            raise DriverError(Reason.PROTOCOL, str(error), "Check the camera.") from None
        if not self._capture.isOpened():
            raise self._not_opened()
        width, height = (self._capture.get(p) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        if width * height > MAX_PIXELS:
            raise DriverError(Reason.PROTOCOL, f"frames of {width:.0f} x {height:.0f} pixels", "Lower the resolution.")
        self._start = self._clock()

    def next(self, timeout: float) -> Frame | None:
        """Return the next frame; blocks up to the read time-out whatever ``timeout`` says."""
        import cv2

        del timeout
        position = self._capture.get(cv2.CAP_PROP_POS_MSEC)
        try:
            good, pixels = self._capture.read()
        except cv2.error:
            good, pixels = False, None
        if not good:
            if self.live:
                raise DriverError(Reason.UNPLUGGED, f"{self._name}: no more frames", "Check cable and power.")
            raise EndOfFrames
        at = self._clock() if self.live else self._start + int(position * 1000)
        return Frame(pixels, at)

    def close(self) -> None:
        """Release the camera."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    @property
    def _name(self) -> str:
        target = self._target
        return target.path or target.stream or f"/dev/video{target.index}"

    def _check_presence(self) -> None:
        """Say precisely why a file or device node cannot be opened: OpenCV does not."""
        if self._target.stream is not None:
            return
        try:
            with open(self._name, "rb"):
                pass
        except FileNotFoundError:
            remedy = "Check the path." if self._target.path else "Plug the camera in; ls /dev/video*"
            raise DriverError(Reason.NOT_FOUND, f"{self._name}: not there", remedy) from None
        except PermissionError:
            remedy = "sudo usermod -aG video $USER, then sign in again." if self._target.index is not None else "chmod"
            raise DriverError(Reason.PERMISSION, f"{self._name}: may not be opened", remedy) from None
        except OSError as error:
            raise DriverError(Reason.BUSY, f"{self._name}: {error.strerror}", "Close what uses it.") from None

    def _not_opened(self) -> DriverError:
        if self._target.path:
            return DriverError(Reason.PROTOCOL, f"{self._name}: no video", "Name a video file or a folder of pictures.")
        if self._target.stream:
            return DriverError(Reason.REFUSED, f"{self._name}: no stream", "Check address, password and network.")
        return DriverError(Reason.BUSY, f"{self._name}: does not open", "Close the program that uses the camera.")

    def _ask_for_size(self, cv2: Any) -> None:
        wanted = (
            (cv2.CAP_PROP_FRAME_WIDTH, self._target.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, self._target.height),
            (cv2.CAP_PROP_FPS, self._target.fps),
            (cv2.CAP_PROP_BUFFERSIZE, 1),
        )
        for key, value in wanted:
            if value:
                self._capture.set(key, value)


class LatestFrame:
    """A live source read by its own thread, so that a slow reader gets the present and never a queue of the past."""

    live = True
    SILENCE = 6.0

    def __init__(self, source: Source) -> None:
        self._source = source
        self._wake = threading.Condition()
        self._frame: Frame | None = None
        self._error: DriverError | None = None
        self._opened = self._stop = False
        self._last = 0.0

    def open(self) -> None:
        """Start the thread and wait until the source is open."""
        threading.Thread(target=self._run, name="camera-frames", daemon=True).start()
        with self._wake:
            if not self._wake.wait_for(lambda: self._opened or self._error or self._stop, self.SILENCE):
                raise DriverError(Reason.TIMEOUT, "the camera does not answer", "Check address, cable and power.")
            if self._error or self._stop:
                raise self._error or DriverError(Reason.CLOSED, "the camera was closed")
            self._last = time.monotonic()

    def next(self, timeout: float) -> Frame | None:
        """Return the newest frame not yet returned."""
        with self._wake:
            self._wake.wait_for(lambda: self._frame or self._error or self._stop, timeout)
            if self._frame is not None:
                frame, self._frame, self._last = self._frame, None, time.monotonic()
                return frame
            if self._error:
                raise self._error
            if time.monotonic() - self._last > self.SILENCE:
                message = f"no frame for {self.SILENCE:.0f} s"
                raise DriverError(Reason.TIMEOUT, message, "Check the camera's power and network.")
            return None

    def close(self) -> None:
        """Tell the thread to end; it does when its present call returns."""
        with self._wake:
            self._stop = True
            self._wake.notify_all()

    def _run(self) -> None:
        try:
            self._source.open()
            with self._wake:
                self._opened = True
                self._wake.notify_all()
            while not self._stop:
                self._take(self._source.next(1.0))
        except DriverError as error:
            self._fail(error)
        except EndOfFrames:
            self._fail(DriverError(Reason.UNPLUGGED, "the stream ended", "Check the camera."))
        except Exception as error:  # a native library failed in a new way: the device is lost, the station is not
            self._fail(DriverError(Reason.PROTOCOL, f"{type(error).__name__}: {error}", "Restart the camera."))
        finally:
            self._source.close()

    def _take(self, frame: Frame | None) -> None:
        if frame is not None:
            with self._wake:
                self._frame = frame
                self._wake.notify_all()

    def _fail(self, error: DriverError) -> None:
        with self._wake:
            self._error = error
            self._wake.notify_all()


def make_source(target: CameraUrl, clock: Clock) -> Source:
    """Return the source that ``target`` names, not yet open."""
    from drivers.camera.mjpeg import MjpegSource

    if target.stream is not None:
        http = target.stream.lower().startswith("http")
        return LatestFrame(MjpegSource(target.stream, clock) if http else CaptureSource(target, clock))
    if target.path is None:
        return LatestFrame(CaptureSource(target, clock))
    path = Path(target.path)
    if path.is_dir() or path.suffix.lower() in SUFFIXES:
        interval = 0.0 if target.stills else 1.0 / (target.fps or 25.0)
        return FolderSource(path, clock, watch=target.watch, interval=interval)
    return CaptureSource(target, clock)
