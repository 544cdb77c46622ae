"""A slot: a few bytes in a file that survive the death of the process."""

import os
from pathlib import Path


class FileSlot:
    """Holds one value in ``path``; a reader sees the old value or the new one, never a part.

    It is not flushed to the disk: it outlives the process that is killed, not the machine that loses its power.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes:
        """The value; ``b""`` when there is none or it cannot be read."""
        try:
            return self.path.read_bytes()
        except OSError:
            return b""

    def write(self, value: bytes) -> None:
        """Replace the value; OSError when the file cannot be written."""
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        fresh.write_bytes(value)
        fresh.replace(self.path)


class NoSlot:
    """A slot that keeps nothing beyond the process."""

    def read(self) -> bytes:
        """Nothing."""
        return b""

    def write(self, value: bytes) -> None:
        """Forget ``value``."""
        del value
