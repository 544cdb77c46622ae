"""The way of an audit: plan -> open -> count -> reconcile -> recount -> approve -> post.

Stock file and journal are two files.  Each step changes the stock file in one transaction that carries its key, then
journals its event; `heal` writes the event that a crash between the two has cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scanstation.access.roles import Permission
from scanstation.audit.approving import (
    ApprovedPart,
    adjustments_of,
    approval_of,
    approved_adjustments,
    as_reconciled,
    fingerprint,
    not_overtaken,
)
from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.findings import RecordKey
from scanstation.audit.model import Approval, Audit, AuditState, LeftOut, Opening, Posting
from scanstation.audit.ports import AdjustmentLike
from scanstation.audit.recounting import RecountingSteps
from scanstation.audit.rejecting import RejectingSteps
from scanstation.audit.review import Review
from scanstation.audit.steps import allowed, wrong_state
from scanstation.audit.trail import Trail
from scanstation.counting.events import EventKind
from scanstation.reconcile import OnStep

OPEN = (AuditState.COUNTING, AuditState.RECONCILED, AuditState.APPROVED)
"""States in which an audit is under way."""


class AuditWorkflow(RecountingSteps, RejectingSteps):
    """The whole way of an audit on one stock file and one journal."""

    # -- before the count -------------------------------------------------------------------------------------

    def open_audit(
        self,
        audit: str,
        *,
        scope: Iterable[str],
        name: str = "",
        site: str = "",
        blind: bool = True,
        operator: str = "",
    ) -> Opening:
        """Take the snapshot at t0 = now and let counting begin in the locations of ``scope``.

        Plans the audit first where it is not planned yet.  The opening names other open audits of the same places:
        what they post meanwhile reaches this audit as movements, but two counts of one record are work done twice.
        """
        locations = tuple(sorted(set(scope)))
        found = self.book.audit(audit)
        if found is not None and found.state != AuditState.PLANNED:
            raise wrong_state(found, "be opened")
        if not locations:
            raise AuditError(AuditReason.NOTHING_COUNTED, f"audit {audit} has no locations", "Name at least one.")
        overlaps = tuple(self.book.audits_of(locations))
        now = self.clock()
        if found is None:
            self.book.create_audit(audit, name=name, at=now, site=site, blind=blind, created_by=operator)
        records = self.book.take_snapshot(audit, now, locations)
        self._journal_opening(audit, name, now, len(locations), operator)
        return Opening(audit=audit, t0=now, locations=locations, records=records, overlaps=overlaps)

    # -- after the count --------------------------------------------------------------------------------------

    def review(self, audit: str, *, on_step: OnStep | None = None) -> Review:
        """Say what the count found, as far as it went; nothing is changed.  Works in every state after planning."""
        found = self._require(audit)
        if found.t0 is None:
            raise wrong_state(found, "be reviewed: it has no snapshot")
        return self.reviews.review(found, *self.reviews.counted(audit), on_step=on_step)

    def reconcile_audit(self, audit: str, *, operator: str = "", on_step: OnStep | None = None) -> Review:
        """End the count: compare, and move the audit to ``reconciled``; it goes on counting while a recount is due.

        The journal keeps which count was compared, once: no other is approved.
        """
        found = self._require(audit, AuditState.COUNTING, AuditState.RECONCILED)
        counted, trail = self.reviews.counted(audit)
        if not counted.counts["location"]:
            raise AuditError(
                AuditReason.NOTHING_COUNTED, f"audit {audit} has no closed location", "Count and close one location."
            )
        review = self.reviews.review(found, counted, trail, on_step=on_step)
        state = AuditState.COUNTING if review.recounts_due else AuditState.RECONCILED
        told = found.state == AuditState.RECONCILED and trail.reconciled_upon == counted.last
        if state is AuditState.RECONCILED and not told:
            data = {"counted": counted.last}
            self._submit(self._event(EventKind.RECONCILED, audit, operator, data=data))
        self.book.set_audit_state(audit, state, at=self.clock())
        return replace(review, state=state.value)

    def approve(
        self,
        audit: str,
        operator: str,
        role: str,
        *,
        reason_code: str = "count",
        reasons: Mapping[RecordKey, str] | None = None,
    ) -> Approval:
        """Approve the adjustments of a reconciled audit, all but what is rejected; ``reasons`` overrides
        ``reason_code``.

        Refused: a role that may not approve; an approver who took part in the count, when the sum of the absolute
        values is above the policy's ``four_eyes_above``; a recount that is due; a count that has changed since it was
        reconciled.
        """
        found = self._require(audit, AuditState.RECONCILED)
        allowed(role, Permission.APPROVE, operator, "approve")
        counted, trail = self.reviews.counted(audit)
        review = self.reviews.review(found, counted, trail, full=False)
        if review.recounts_due:
            raise AuditError(
                AuditReason.RECOUNT_DUE,
                f"audit {audit}: {', '.join(review.recounts_due)} must be counted again first",
                "Count and close these locations, then reconcile.",
            )
        as_reconciled(audit, trail)
        not_overtaken(review)
        part = ApprovedPart(reason_code, dict(reasons or {}), frozenset(row.key for row in review.rejections))
        part.check(review)
        rows = adjustments_of(review, part)
        amount = review.amount
        self._four_eyes(operator, "approve", amount, review)
        data = {"amount": amount, "adjustments": len(rows), "sha256": fingerprint(rows), **part.to_data()}
        event = self._event(EventKind.APPROVED, audit, operator, data=data)
        self._submit(event)
        self._keep_approval(audit, approval_of(event))
        return approval_of(event)

    def withdraw(self, audit: str, operator: str, role: str) -> None:
        """Take an approval back, before anything was posted: counting goes on, then reconcile and approve anew."""
        found = self._require(audit, AuditState.APPROVED)
        allowed(role, Permission.APPROVE, operator, "withdraw an approval")
        if self._posted_keys(audit):
            raise AuditError(
                AuditReason.WRONG_STATE,
                f"audit {audit} has changed the books already",
                "Finish posting it; correct it by a new audit of the location.",
            )
        self._submit(self._event(EventKind.APPROVAL_WITHDRAWN, audit, operator))
        self.book.set_audit_state(found.audit, AuditState.COUNTING, at=self.clock())

    def post(self, audit: str, operator: str, role: str) -> Posting:
        """Post what was approved: deltas with the audit's number, in one stock transaction; then the event.

        Posting again changes nothing.  Refused when the figures are no longer those that were approved.
        """
        found = self._require(audit, AuditState.APPROVED, AuditState.POSTED)
        allowed(role, Permission.APPROVE, operator, "post")
        counted, trail = self.reviews.counted(audit)
        review = self.reviews.review(found, counted, trail, full=False)
        new = 0
        if found.state == AuditState.APPROVED and not self._posted_keys(audit):
            not_overtaken(review)
            rows = approved_adjustments(review, trail.approved)
            new = self.book.post_adjustments(audit, rows, self.clock())
        adjustments = self._finish(found, trail, operator)
        return Posting(new=new, adjustments=len(adjustments), not_posted=_left_out(review, adjustments))

    def heal(self) -> tuple[str, ...]:
        """Finish what a crash cut off between stock file and journal; return the audits that were mended.

        For the start of a station: an opening without its event, an approval that did not reach the stock file, a
        withdrawal or a recount likewise, a post without its event.
        """
        underway = {found.audit: found for found in self.book.audits(states=OPEN)}
        trails = {audit: Trail(audit) for audit in underway}
        settled = all(found.state == AuditState.COUNTING for found in underway.values())
        if not underway:
            return ()
        for event in self.journal.events():
            if event.audit in trails:
                trails[event.audit].add(event)
                if settled and all(trail.opened for trail in trails.values()):
                    break
        return tuple(audit for audit, found in underway.items() if self._heal(found, trails[audit]))

    # -- helpers ----------------------------------------------------------------------------------------------

    def _heal(self, found: Audit, trail: Trail) -> bool:
        """Mend one audit; return whether there was anything to mend."""
        if not trail.opened and found.t0 is not None:
            self._journal_opening(found.audit, found.name, found.t0, len(self.book.scope(found.audit)), "")
            return True
        if found.state == AuditState.RECONCILED and trail.approved is not None:
            self._keep_approval(found.audit, approval_of(trail.approved))
            return True
        if found.state == AuditState.APPROVED and (trail.posted or self._posted_keys(found.audit)):
            self._finish(found, trail, "")
            return True
        withdrawn = found.state == AuditState.APPROVED and trail.approved is None
        if withdrawn or (found.state == AuditState.RECONCILED and trail.recounts_due()):
            self.book.set_audit_state(found.audit, AuditState.COUNTING, at=self.clock())
            return True
        return False

    def _finish(self, found: Audit, trail: Trail, operator: str) -> list[AdjustmentLike]:
        """Write the POSTED event where it is missing, then the state; return what the audit changed."""
        rows = list(self.book.adjustments(found.audit))
        if trail.posted is None:
            data = {"adjustments": len(rows), "units": sum(abs(row.delta) for row in rows)}
            self._submit(self._event(EventKind.POSTED, found.audit, operator, data=data))
        self.book.set_audit_state(found.audit, AuditState.POSTED, at=self.clock())
        return rows

    def _keep_approval(self, audit: str, approval: Approval) -> None:
        self.book.approve(audit, approval)
        self.book.set_audit_state(audit, AuditState.APPROVED, at=self.clock())

    def _posted_keys(self, audit: str) -> set[RecordKey]:
        return {(row.item, row.location, row.lot) for row in self.book.adjustments(audit)}

    def _journal_opening(self, audit: str, name: str, t0: int, locations: int, operator: str) -> None:
        data = {"t0": t0, "name": name, "locations": locations}
        self._submit(self._event(EventKind.AUDIT_OPENED, audit, operator, data=data))


def _left_out(review: Review, adjustments: Sequence[AdjustmentLike]) -> tuple[LeftOut, ...]:
    """Records of which something was found and nothing was posted, each once."""
    posted = {(row.item, row.location, row.lot) for row in adjustments}
    left = {row.key: row.stays for row in review.findings if row.stays}
    left |= {row.key: f"rejected by {row.operator}: {row.reason}" for row in review.rejections}
    rows = {row.key: row for row in reversed(review.changes) if row.key not in posted}
    return tuple(
        LeftOut(item=row.item, name=row.name, location=row.location, why=left.get(key, row.action))
        for key, row in reversed(rows.items())
    )
