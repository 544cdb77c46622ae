"""The pictures that counts rest on, beside the journal: files named by the SHA-256 of their content.

The event of a label that a camera saw names its picture and the corners of the label in it (data: picture, region).
The name is in the hash chain, so a picture that was altered is found out.
"""

import errno
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers import Read
from drivers.read import Picture


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Keeps pictures and gives them back; ``min_free_bytes`` are left free for the journal."""

    path: Path
    min_free_bytes: int = 0

    def keep(self, picture: Picture) -> None:
        """Make ``picture`` durable, once.  Raises `OSError` where it cannot be; a half-written file is never found."""
        place = self._place(picture.sha256)
        if place.exists():
            return
        self.path.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.path).free < self.min_free_bytes + len(picture.jpeg):
            raise OSError(errno.ENOSPC, "no space left for pictures", str(self.path))
        part = place.with_suffix(".part")
        with part.open("wb") as file:
            file.write(picture.jpeg)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def find(self, sha256: str) -> bytes | None:
        """The picture of that name as it lies there, altered or not (`is_intact`); None when it is missing."""
        try:
            return self._place(sha256).read_bytes()
        except OSError:
            return None

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError(f"no SHA-256: {sha256[:80]!r}")
        return self.path / f"{sha256}.jpg"


def is_intact(jpeg: bytes, sha256: str) -> bool:
    """Whether ``jpeg`` is what was kept under that name."""
    return hashlib.sha256(jpeg).hexdigest() == sha256


def seen_in(read: Read) -> dict[str, Any]:
    """What the event of ``read`` says of its picture; nothing where none is kept.  Corners in whole pixels."""
    if read.picture is None or read.region is None:
        return {}
    return {"picture": read.picture.sha256, "region": [[round(x), round(y)] for x, y in read.region]}
