"""Frames of whatever OpenCV opens: a video file, a camera at this machine, a stream."""

from typing import Any

from drivers.camera.frames import Clock, EndOfFrames, Frame
from drivers.camera.images import MAX_PIXELS
from drivers.camera.url import CameraUrl
from drivers.errors import DriverError, Reason


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
        """Say precisely why a file or device node cannot be opened, which OpenCV does not; of a file it is final."""
        if self._target.stream is not None:
            return
        file = self._target.path is not None
        try:
            with open(self._name, "rb"):
                pass
        except FileNotFoundError:
            remedy = "Check the path." if file else "Plug the camera in; ls /dev/video*"
            raise DriverError(Reason.NOT_FOUND, f"{self._name}: not there", remedy, final=file) from None
        except PermissionError:
            remedy = f"chmod a+r {self._name}" if file else "sudo usermod -aG video $USER, then sign in again."
            raise DriverError(Reason.PERMISSION, f"{self._name}: may not be opened", remedy, final=file) from None
        except OSError as error:
            raise DriverError(Reason.BUSY, f"{self._name}: {error.strerror}", "Close what uses it.") from None

    def _not_opened(self) -> DriverError:
        if self._target.path:
            remedy = "Name a video file or a folder of pictures."
            return DriverError(Reason.PROTOCOL, f"{self._name}: no video", remedy, final=True)
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
