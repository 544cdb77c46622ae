"""What the journal says of one audit, read once: the first look reads all of it, a later one only what is new."""

import threading

from scanstation.audit.trail import Trail
from scanstation.counting.ports import Journal
from scanstation.counting.tally import Tallying


class Followed:
    """The tally and the trail of one audit, kept up with the journal.  Safe to use from threads."""

    def __init__(self, journal: Journal, audit: str) -> None:
        self.tallying, self.trail = Tallying(audit), Trail(audit)
        self._journal, self._audit = journal, audit
        self._lock = threading.Lock()

    def catch_up(self) -> None:
        """Take in every event that is durable now."""
        with self._lock:
            after = self.tallying.head[0]
            if self._journal.head[0] != after:
                for event in self._journal.events(after=after):
                    self.tallying.take(event)
                    if event.audit == self._audit:
                        self.trail.add(event)
