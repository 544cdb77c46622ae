"""Asking for another count: of what breaks the tolerance, moved under the count, or was corrected since."""

from collections.abc import Collection, Sequence

from scanstation.access.roles import Permission
from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.model import AuditState
from scanstation.audit.review import Review
from scanstation.audit.steps import AuditSteps, allowed
from scanstation.audit.trail import Trail
from scanstation.counting.events import EventKind


class RecountingSteps(AuditSteps):
    """The way back from reconciling to counting."""

    def request_recount(
        self, audit: str, operator: str, role: str, locations: Collection[str] | None = None, *, reason: str = ""
    ) -> tuple[str, ...]:
        """Ask for another count, by another person, and go back to counting; return the locations.

        Without ``locations``: those with a variance beyond tolerance that were counted once only, those with a movement
        booked while they were open, and those that another audit has corrected since.
        """
        found = self._require(audit, AuditState.RECONCILED, AuditState.COUNTING)
        allowed(role, Permission.REVIEW, operator, "ask for a recount")
        counted, trail = self.reviews.counted(audit)
        if locations is None:
            locations = _worth_a_recount(self.reviews.review(found, counted, trail, full=False), trail)
        due = sorted(place for place in set(locations) if not trail.recount_due(place))
        _counted_places(audit, due, trail)
        if not due:
            return ()
        rounds = {place: trail.locations[place].last_round for place in due}
        self._submit(
            *(
                self._event(
                    EventKind.RECOUNT_REQUESTED,
                    audit,
                    operator,
                    location=place,
                    round=number,
                    data={"why": reason} if reason else {},
                )
                for place, number in rounds.items()
            )
        )
        self.book.set_audit_state(audit, AuditState.COUNTING, at=self.clock())
        return tuple(due)


def _worth_a_recount(review: Review, trail: Trail) -> set[str]:
    """Locations counted once only whose variance breaks the tolerance; and, however often they were counted, those
    whose record moved under the count that counts, and those that another audit has corrected since."""
    beyond = {finding.location for finding in review.findings if not finding.within_tolerance}
    overtaken = {row.location for row in review.changes if row.booked and row.key in review.overtaken}
    return {place for place in beyond if trail.round_of(place) < 2} | set(review.disturbed) | overtaken


def _counted_places(audit: str, places: Sequence[str], trail: Trail) -> None:
    missing = [place for place in places if not trail.round_of(place)]
    if missing:
        raise AuditError(
            AuditReason.NOTHING_COUNTED,
            f"audit {audit}: {', '.join(missing)} has no closed count to be repeated",
            "Count and close it first.",
        )
