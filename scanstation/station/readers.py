"""Readers of fixed antennas as they show themselves: does one read, or does only the way to it answer?"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

SILENT = "silent"
"""State of a connected device of which nothing says that it reads, beside those of `drivers.device.State`."""


class Ear(NamedTuple):
    """What a connected reader says of itself; times in microseconds.

    ``reading`` is None where it has not said; ``heard_at`` its last sign of life, ``since`` when it was connected;
    ``unplugged`` are antennas that are not connected to it.
    """

    heard_at: int | None
    reading: bool | None
    since: int
    unplugged: Collection[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Why the silence of a reader is no evidence: since when, and words for people."""

    since: int
    message: str
    remedy: str


def silence_of(ear: Ear, silence_us: int, ts: int) -> Silence | None:
    """Why nothing leaves at this reader at ``ts``; None while it reads, or may soon have said so."""
    since = ear.since if ear.heard_at is None or not ear.reading else max(ear.heard_at, ear.since)
    if ear.reading is False:
        message = "the reader says that it does not read: its tags stay where they were"
        return Silence(since=since, message=message, remedy="start the inventory at the reader")
    if ts - since <= silence_us:
        return None
    message = f"nothing has said for {silence_us / 1e6:g} s that the reader reads: its tags stay where they were"
    remedy = "check its power and that its inventory runs; its heartbeat must come more often than silence_s"
    return Silence(since=since, message=message, remedy=remedy)
