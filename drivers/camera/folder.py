"""Pictures of a folder as frames."""

import time
from pathlib import Path

from drivers.camera.frames import MICROSECONDS, Clock, EndOfFrames, Frame, UnreadableFrame
from drivers.camera.images import SUFFIXES, load_gray
from drivers.errors import DriverError, Reason


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
        """List the folder; one that is not there may come only where it is watched."""
        self._at = self._clock()
        try:
            present = self._pictures()
        except PermissionError:
            message, remedy = f"{self._path}: the folder may not be read", f"chmod a+rx {self._path}"
            raise DriverError(Reason.PERMISSION, message, remedy, final=not self._watch) from None
        except OSError as error:
            message = f"{self._path}: {error.strerror}"
            raise DriverError(Reason.NOT_FOUND, message, "Check the path.", final=not self._watch) from None
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
