"""Sessions of signed-in people: in memory, so that a restart of the station asks for the PIN again."""

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from scanstation.access.credentials import RandomBytes
from scanstation.access.model import Operator
from scanstation.access.roles import Permission, Role, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in.  ``id`` lives in the cookie, ``csrf`` in the page; ``used_at`` is the last sign of life."""

    id: str
    csrf: str
    badge: str
    name: str
    role: Role
    used_at: int

    def may(self, permission: Permission) -> bool:
        """Whether the role of this session has ``permission``."""
        return may(self.role, permission)

    def csrf_matches(self, token: str) -> bool:
        """Whether ``token`` is the page's token of this session, compared in constant time."""
        return hmac.compare_digest(self.csrf.encode(), token.encode())


class Sessions:
    """Sessions by id, ended by `end` or by ``idle_s`` seconds without a sign of life."""

    def __init__(self, *, clock: Callable[[], int], random_bytes: RandomBytes, idle_s: int) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._idle = idle_s * 1_000_000
        self._by_id: dict[str, Session] = {}
        self._lock = threading.Lock()

    def start(self, operator: Operator) -> Session:
        """A new session with a new id, whatever the browser held before."""
        session = Session(
            id=self._random_bytes(32).hex(),
            csrf=self._random_bytes(32).hex(),
            badge=operator.badge,
            name=operator.name,
            role=operator.role,
            used_at=self._clock(),
        )
        with self._lock:
            self._by_id[session.id] = session
        return session

    def get(self, session_id: str) -> Session | None:
        """The session, unless it ended or idled out.  Looking is no sign of life: see `touch`."""
        session = self._by_id.get(session_id)
        return session if session is not None and not self._idle_out(session) else None

    def touch(self, session_id: str) -> None:
        """Note a sign of life."""
        with self._lock:
            session = self._by_id.get(session_id)
            if session is not None and not self._idle_out(session):
                self._by_id[session_id] = replace(session, used_at=self._clock())

    def touch_badge(self, badge: str) -> None:
        """Note a sign of life of an operator that came in through a device and not through a page."""
        for session in tuple(self._by_id.values()):
            if session.badge == badge:
                self.touch(session.id)

    def end(self, session_id: str) -> None:
        """Forget one session."""
        with self._lock:
            self._by_id.pop(session_id, None)

    def end_of(self, badge: str) -> None:
        """Forget every session of an operator, for example after a change of PIN or role."""
        with self._lock:
            self._by_id = {key: session for key, session in self._by_id.items() if session.badge != badge}

    def sweep(self) -> tuple[Session, ...]:
        """Forget and return the sessions that idled out."""
        with self._lock:
            out = tuple(session for session in self._by_id.values() if self._idle_out(session))
            for session in out:
                del self._by_id[session.id]
            return out

    def live(self, badge: str) -> bool:
        """Whether the operator has a session that is alive."""
        return any(s.badge == badge and not self._idle_out(s) for s in tuple(self._by_id.values()))

    def _idle_out(self, session: Session) -> bool:
        return self._clock() - session.used_at >= self._idle
