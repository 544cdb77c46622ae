"""What every step of an audit needs: where the audit stands, who may do it, and the journal."""

from collections.abc import Callable

from scanstation.access.roles import Permission, Role, may
from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.model import Audit, AuditState
from scanstation.audit.ports import AuditBook
from scanstation.audit.review import Review
from scanstation.audit.reviews import Reviews
from scanstation.counting.events import CountEvent, EventKind, Source
from scanstation.counting.ports import Journal
from scanstation.settings import Policy


class AuditSteps:
    """The files that audits live in, and the checks that steps have in common.

    ``clock`` gives microseconds UTC.  Every step that refuses raises `AuditError` and has changed nothing.
    """

    def __init__(
        self, book: AuditBook, journal: Journal, *, station: str, clock: Callable[[], int], policy: Policy
    ) -> None:
        self.book, self.journal, self.station, self.clock, self.policy = book, journal, station, clock, policy
        self.reviews = Reviews(book, journal, clock=clock, policy=policy)

    def _require(self, audit: str, *states: AuditState) -> Audit:
        found = self.book.audit(audit)
        if found is None:
            raise AuditError(AuditReason.UNKNOWN_AUDIT, f"there is no audit {audit}", "List the audits.")
        if states and found.state not in states:
            raise wrong_state(found, f"do this: it must be {' or '.join(states)}")
        return found

    def _four_eyes(self, operator: str, doing: str, amount: int, review: Review) -> None:
        """Refuse ``doing`` to who took part in the count, above the policy's limit."""
        if amount > self.policy.four_eyes_above and operator in review.counters:
            raise AuditError(
                AuditReason.FOUR_EYES,
                f"audit {review.audit}: {operator} took part in the count and may not {doing} {amount / 10_000:.2f} "
                f"{self.policy.currency} (limit {self.policy.four_eyes_above / 10_000:.2f})",
                f"Have a supervisor {doing} who did not count.",
            )

    def _event(self, kind: EventKind, audit: str, operator: str, **fields: object) -> CountEvent:
        origin = {"ts": self.clock(), "station": self.station, "source": Source.SYSTEM}
        return CountEvent(kind=kind, audit=audit, operator=operator, **origin, **fields)  # type: ignore[arg-type]

    def _submit(self, *events: CountEvent) -> None:
        """Journal events and wait until they are durable."""
        self.journal.submit(events).result()


def allowed(role: str, permission: Permission, operator: str, doing: str) -> None:
    """Refuse ``doing`` to a role without ``permission``."""
    if role not in set(Role) or not may(Role(role), permission):
        raise AuditError(
            AuditReason.NOT_ALLOWED, f"{operator or 'nobody'} ({role}) may not {doing}", "Have a supervisor do it."
        )


def wrong_state(found: Audit, doing: str) -> AuditError:
    """The error of a step that does not follow from where the audit stands."""
    return AuditError(
        AuditReason.WRONG_STATE,
        f"audit {found.audit} is {found.state} and cannot {doing}",
        "Its steps: open, count, reconcile, approve, post.",
    )
