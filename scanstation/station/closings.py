"""What was found at each location, as soon as its count closes: for supervisors, never for a blind counter."""

import threading
from collections import deque
from collections.abc import Callable

import structlog

from scanstation.audit import AuditBook
from scanstation.audit.live import LiveAudit
from scanstation.audit.review import Closing
from scanstation.counting.events import EventKind
from scanstation.counting.ports import Journal
from scanstation.errors import ScanstationError
from scanstation.settings import Policy

KEPT = 50
"""So many closings of an audit are kept; the report holds all."""

log = structlog.get_logger()


class Closings:
    """Follows a journal from its head on and looks at every location that closes.  Safe to use from threads."""

    def __init__(self, book: AuditBook, journal: Journal, *, clock: Callable[[], int], policy: Policy) -> None:
        self._book, self._journal, self._clock, self._policy = book, journal, clock, policy
        self._seq = journal.head[0]
        self._live: dict[str, LiveAudit] = {}
        self._found: dict[str, deque[Closing]] = {}
        self._lock = threading.Lock()

    def catch_up(self) -> int:
        """Look at the locations that closed since the last call; return how many.  Blocks for some tenths of a second.

        A location that cannot be reconciled is logged and left to the report: counting goes on.
        """
        with self._lock:
            closed: dict[tuple[str, str], None] = {}
            for event in self._journal.events(after=self._seq):
                self._seq = event.seq
                if event.kind is EventKind.LOCATION_CLOSED:
                    closed[event.audit, event.location] = None
            for audit, location in closed:
                self._look(audit, location)
            return len(closed)

    def of(self, audit: str) -> tuple[Closing, ...]:
        """What was found at the locations of an audit that closed lately, the latest first."""
        with self._lock:
            return tuple(self._found.get(audit, ()))

    def _look(self, audit: str, location: str) -> None:
        live = self._live.get(audit)
        if live is None:
            live = LiveAudit(self._book, self._journal, audit, clock=self._clock, policy=self._policy)
            self._live[audit] = live
        try:
            closing = live.closing(location)
        except ScanstationError as error:
            log.warning("a closed location could not be reconciled at once", location=location, error=str(error))
            return
        if closing is not None:
            found = self._found.setdefault(audit, deque(maxlen=KEPT))
            for older in [one for one in found if one.location == location]:
                found.remove(older)
            found.appendleft(closing)
