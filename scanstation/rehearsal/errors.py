"""What is wrong with a rehearsal's file: every fault with its place and its remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanstation.errors import ScanstationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a file.  ``place`` is in the words of the file: ``step 3 (scan), aim``; ``items, row 2, gtin``."""

    place: str
    why: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" {self.mend}" if self.mend else ""
        return f"{self.place}: {self.why}.{mend}"


class RehearsalError(ScanstationError):
    """The file is no rehearsal that can be played: ``faults`` holds everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)), "mend the file; nothing of it was played")
        self.faults = tuple(faults)
