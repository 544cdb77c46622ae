"""What waits for its end on a wire: a scanner set up without a suffix, or with another, is told of within seconds."""

import math

from drivers.protocols.base import NO_END, Notice, Output, WaitsForEnd, WireProtocol

UNENDED = 2.5
"""Seconds that a read may take to end; then people are told what waits."""


class EndWatch:
    """Watches one protocol, where it knows of ends; each beginning is told of once."""

    def __init__(self, protocol: WireProtocol) -> None:
        self._protocol = protocol if isinstance(protocol, WaitsForEnd) else None
        self._since: float | None = None
        self._ended = False
        self.complaint: tuple[str, str] = ("", "")
        """Message and remedy that stand until the next read."""

    def note(self, output: Output) -> None:
        """Take what the protocol gave: something ended, or was given up for want of an end."""
        if output.frames:
            self._ended, self.complaint = True, ("", "")
        for notice in output.notices:
            if notice.kind == NO_END:
                self.complaint = words_of(notice)
        if output.frames or output.notices:
            self._since = None

    def overdue(self, now: float) -> Notice | None:
        """The notice of what has waited too long at ``now`` (seconds of any clock that only goes forward)."""
        if self._protocol is None or not self._protocol.waits:
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since >= UNENDED:
            return self._tell(self._protocol)
        return None

    def cut_off(self) -> Notice | None:
        """The notice of what waited when the connection broke, unless it was told.

        A device of which reads have ended has its suffix: it was cut off in the middle of one, nothing is to be set.
        """
        if self._protocol is None or not self._protocol.waits or self._since == math.inf:
            return None
        if not self._ended:
            return self._tell(self._protocol)
        self._since = math.inf
        fields = {**self._protocol.unended().fields, "remedy": "scan again what was scanned while it was unplugged"}
        return Notice(kind=NO_END, text="the wire broke in the middle of a read, which is lost", fields=fields)

    def _tell(self, protocol: WaitsForEnd) -> Notice:
        self._since = math.inf
        notice = protocol.unended()
        self.complaint = words_of(notice)
        return notice


def words_of(notice: Notice) -> tuple[str, str]:
    """Message and remedy of a notice."""
    return notice.text, str(notice.fields.get("remedy", ""))
