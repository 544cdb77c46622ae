"""The note that a running station leaves in its data folder: where it answers, and the key for commands beside it.

The file can be read by its owner alone.  Who can read it could open the stock file and the journal themselves if no
station held them, so the key opens no more than that.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "station.url"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A station that runs: its address, its key, its process."""

    url: str
    key: str
    pid: int


@contextmanager
def noted(folder: Path, running: Running) -> Iterator[None]:
    """Leave the note until the block ends."""
    path, fresh = folder / NAME, folder / f"{NAME}.new"
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(running), file)
    fresh.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_running(folder: Path, journal: Path) -> Running | None:
    """The note of the station that holds the journal now; None where there is none, or a killed station's."""
    try:
        running = Running(**json.loads((folder / NAME).read_text("utf-8")))
        holder = int(journal.with_name(f"{journal.name}.lock").read_text("ascii"))
    except (OSError, ValueError, TypeError):
        return None
    return running if running.pid == holder else None
