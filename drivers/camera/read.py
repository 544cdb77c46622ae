"""Read the symbols of a picture or frame."""

from pathlib import Path
from typing import Any

from drivers.camera.engines import zxing_read
from drivers.camera.found import Found, Plausible
from drivers.camera.images import load_gray, to_gray
from drivers.camera.judge import trusted


def read_image(path: str | Path, plausible: Plausible | None = None) -> list[tuple[str, str]]:
    """Return (text, symbology name) of every trusted symbol in the picture file ``path``.

    Raises `DriverError`: NOT_FOUND, PERMISSION, PROTOCOL (no picture, truncated, too large), MISSING_LIBRARY.
    """
    return [(found.text, found.symbology) for found in read_frame(load_gray(path), plausible=plausible)]


def read_frame(frame: Any, *, thorough: bool = True, plausible: Plausible | None = None) -> list[Found]:
    """Return the trusted symbols of one frame: a grey, BGR or BGRA array, shape (rows, columns[, channels]).

    ``thorough`` spends time on what is hard to read; without it one fast pass is made, for live streams.
    """
    return trusted(zxing_read(to_gray(frame), thorough=thorough), plausible)
