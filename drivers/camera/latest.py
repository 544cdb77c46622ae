"""The newest frame of a live source."""

import threading
import time

from drivers.camera.frames import EndOfFrames, Frame, Source
from drivers.errors import DriverError, Reason


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
