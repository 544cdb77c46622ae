"""What can go wrong with the journal, and what a person can do about it."""

from enum import StrEnum

from scanstation.errors import ScanstationError


class JournalReason(StrEnum):
    """Why the journal does not take an event."""

    DISK_FULL = "disk_full"
    IO = "io"  # the medium or the file system failed
    LOCKED = "locked"  # another process writes this journal
    DAMAGED = "damaged"  # the file is no journal, or its last events do not chain
    NEWER = "newer"  # written by a later version of this program
    INVALID = "invalid"  # the event cannot be written down (a fraction, a lone surrogate)
    CLOSED = "closed"
    STOPPED = "stopped"  # an earlier failure stopped the journal; it must be reopened


class JournalError(ScanstationError):
    """The journal refused or lost the ability to write: ``reason`` for programs, ``remedy`` for people."""

    def __init__(self, reason: JournalReason, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason
