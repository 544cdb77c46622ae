"""Rehearsals: a whole audit in one file, played through the real rooms in simulated time, held to what is expected."""

from scanstation.rehearsal.comparing import Difference, differences
from scanstation.rehearsal.errors import Fault, RehearsalError
from scanstation.rehearsal.playing import Played, play
from scanstation.rehearsal.reading import Rehearsal, read, read_file, read_text

__all__ = [
    "Difference",
    "Fault",
    "Played",
    "Rehearsal",
    "RehearsalError",
    "differences",
    "play",
    "read",
    "read_file",
    "read_text",
]
