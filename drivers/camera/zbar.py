"""zbar as a second engine, kept at arm's length: it can loop or crash on hostile pictures and prints to stderr.

It runs in its own process with a time limit; the reader survives its death and does without it where it is missing.
A picture on which it died or hung is one line of the log, `drivers.camera.zbar`.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.camera.found import Found, Quad
from drivers.camera.judge import has_gs1_check_digit
from drivers.camera.retail import expand_upc_e
from drivers.camera.zbar_worker import HEADER

if TYPE_CHECKING:
    from drivers.camera.images import Pixels

_WORKER = Path(__file__).with_name("zbar_worker.py")

log = logging.getLogger(__name__)

START_LIMIT = 10.0
READ_LIMIT = 1.0
"""Seconds that a small picture, such as the crop of one label, may take: so long a stream stands still at the worst."""

LIMIT_PER_PIXEL = 0.5e-6
"""Seconds more for each pixel; zbar needs 0.07e-6, and a busy machine some times that."""

MOST_PIXELS = 8_000_000
DEATHS = 5
"""Deaths in a row after which zbar is left alone."""

# pyzbar does not hand out zbar's GS1 flag: whether a Code 128 or QR begins with FNC1 stays open, so their AIM
# identifier does too.
_KINDS = {
    "EAN13": ("EAN-13", "]E0"),
    "UPCA": ("EAN-13", "]E0"),
    "UPCE": ("UPC-E", "]E0"),
    "EAN8": ("EAN-8", "]E4"),
    "I25": ("ITF", "]I0"),
    "CODE39": ("Code 39", "]A0"),
    "CODE93": ("Code 93", "]G0"),
    "CODE128": ("Code 128", ""),
    "CODABAR": ("Codabar", "]F0"),
    "DATABAR": ("GS1 DataBar", "]e0"),
    "QRCODE": ("QR", ""),
}


class Zbar:
    """The engine; its process starts with the first picture.  Safe to use from several threads."""

    def __init__(self, command: "list[str] | None" = None) -> None:
        self._command = command or [sys.executable, "-P", str(_WORKER)]
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._owner = 0  # the process that started ours: a fork must not share its pipes
        self._deaths = 0
        self.missing = False
        self.lost = 0
        """Pictures on which it died or took too long."""

    def read(self, gray: "Pixels", stage: str = "frame") -> list[Found]:
        """Return what zbar reads in ``gray``; nothing when it is missing, died or took too long."""
        if not gray.size or gray.size > MOST_PIXELS:
            return []
        with self._lock:
            if self.missing or self._deaths >= DEATHS or not self._alive():
                return []
            answer = self._ask(gray)
        if answer is None:
            return []
        return [found for kind, payload, places in answer if (found := _found(kind, payload, places, stage))]

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _alive(self) -> bool:
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()
        if self._process is not None and self._process.poll() is None:
            return True
        self._end()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if self._line(START_LIMIT).strip() == b"ready":
            return True
        self.missing = True
        self._end()
        return False

    def _ask(self, gray: "Pixels") -> list[Any] | None:
        assert self._process is not None
        assert self._process.stdin is not None
        height, width = gray.shape
        # Whatever goes wrong, the watchdog ends the process, and with it the call that waits for it.
        limit = READ_LIMIT + LIMIT_PER_PIXEL * gray.size
        hung = threading.Event()
        watchdog = threading.Timer(limit, _end_hung, (self._process, hung))
        watchdog.start()
        try:
            self._process.stdin.write(HEADER.pack(width, height) + gray.tobytes())
            self._process.stdin.flush()
            assert self._process.stdout is not None
            answer = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            self._bury(width, height, hung=hung.is_set(), limit=limit)
            return None
        finally:
            watchdog.cancel()
        self._deaths = 0
        return answer if isinstance(answer, list) else None

    def _bury(self, width: int, height: int, *, hung: bool, limit: float) -> None:
        """End what is left of the process, and say in the log what was lost with it."""
        self._deaths += 1
        self.lost += 1
        self._end()
        what = f"took longer than {limit:.1f} s over" if hung else "died of"
        then = "zbar is left alone from now on" if self._deaths >= DEATHS else "the other engine goes on alone with it"
        log.warning("zbar %s a picture of %d x %d pixels: %s", what, width, height, then)

    def _line(self, limit: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        hung = threading.Event()
        watchdog = threading.Timer(limit, _end_hung, (self._process, hung))
        watchdog.start()
        try:
            return self._process.stdout.readline()
        finally:
            watchdog.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue


def _end_hung(process: "subprocess.Popen[bytes]", hung: threading.Event) -> None:
    hung.set()
    process.kill()


def _found(kind: str, payload_hex: str, places: list[list[float]], stage: str) -> Found | None:
    """Translate an answer: what zbar leaves out (expansion, check) is put as ISO/IEC 15424 transmits it."""
    if kind not in _KINDS:
        return None
    symbology, aim = _KINDS[kind]
    payload = bytes.fromhex(payload_hex)
    if not payload.isascii():
        return None  # zbar guesses what the bytes of a QR mean, and takes FNC4 of a Code 128 for nothing
    text = payload.decode("utf-8", "replace")
    if symbology == "UPC-E":
        text = expand_upc_e(text)
    elif kind == "UPCA":
        text = text.zfill(13)
    elif symbology == "ITF" and len(text) == 14 and has_gs1_check_digit(text):
        aim = "]I1"
    if symbology in ("UPC-E", "EAN-13"):
        payload = text.encode()
    return Found(text, payload, aim, symbology, _box(places), "zbar", stage)


def _box(places: list[list[float]]) -> Quad:
    xs, ys = [float(x) for x, _ in places] or [0.0], [float(y) for _, y in places] or [0.0]
    return (min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys))
