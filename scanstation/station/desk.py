"""One person at the office: the steps of an audit in plain values, the same for the API and for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from scanstation.access import AccessError, AccessReason, Permission, Role, may
from scanstation.audit import Posting, RecordKey, Rejection
from scanstation.reports import AuditReport
from scanstation.station.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An audit that was opened: its number and how many locations it counts."""

    audit: str
    locations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What was approved: the sum of the absolute values of the adjustments, in 1/10000 of ``currency``."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The office as one person uses it; ``badge`` and ``role`` go into the journal with each step.

    Every step blocks, some for long.  Raises `AuditError`, `StoreError`, `AccessError` (NOT_ALLOWED) and has then
    changed nothing.
    """

    office: Office
    badge: str = ""
    role: Role | None = None

    def open(self, name: str, locations: Sequence[str] = (), zones: Sequence[str] = (), blind: bool = True) -> Opened:
        """Take the snapshot and let counting begin; without locations and zones every location is counted."""
        self._require("open an audit")
        scope = self.office.scope_of(locations, zones)
        audit = self.office.open_audit(name, scope, operator=self.badge, blind=blind)
        return Opened(audit=audit, locations=len(scope))

    def reconcile(self, audit: str) -> AuditReport:
        """End the count, compare with the record, and say what breaks."""
        self._require("end the count")
        self.office.workflow.reconcile_audit(audit, operator=self.badge)
        return self.office.report(audit)

    def recount(self, audit: str, locations: Sequence[str] = (), reason: str = "") -> tuple[str, ...]:
        """Ask for another count by another person: of ``locations``, else of all beyond tolerance or booked
        while they were open."""
        role = self._require("ask for a recount")
        return self.office.workflow.request_recount(audit, self.badge, role, locations or None, reason=reason)

    def reject(self, audit: str, record: RecordKey, reason: str, alone: bool = False) -> Rejection:
        """Leave a record as it is although something was found of it; the others are approved without it, and without
        what they share with it, unless it is rejected ``alone``."""
        role = self._require("reject")
        return self.office.workflow.reject(audit, self.badge, role, record, reason, alone=alone)

    def withdraw_rejection(self, audit: str, record: RecordKey) -> None:
        """Take a rejection back before the audit is approved."""
        role = self._require("withdraw a rejection")
        self.office.workflow.withdraw_rejection(audit, self.badge, role, record)

    def approve(self, audit: str, reason: str) -> Approved:
        """Approve the adjustments of a reconciled audit, all but what is rejected."""
        role = self._require("approve")
        approval = self.office.workflow.approve(audit, self.badge, role, reason_code=reason)
        return Approved(amount=approval.amount, currency=self.office.policy.currency)

    def withdraw(self, audit: str) -> None:
        """Take an approval back before anything is posted: counting goes on, then reconcile and approve anew."""
        role = self._require("withdraw an approval")
        self.office.workflow.withdraw(audit, self.badge, role)

    def post(self, audit: str) -> Posting:
        """Post what was approved, once."""
        role = self._require("post")
        return self.office.workflow.post(audit, self.badge, role)

    def report(self, audit: str) -> AuditReport:
        """The report of an audit as it stands now; nothing is changed."""
        return self.office.report(audit)

    def _require(self, doing: str) -> Role:
        """The role, when it may change audits: an auditor reviews and changes nothing."""
        if self.role is None or not may(self.role, Permission.APPROVE):
            who = f"{self.badge or 'nobody'} ({self.role or 'not signed in'})"
            raise AccessError(AccessReason.NOT_ALLOWED, f"{who} may not {doing}", "have a supervisor do it")
        return self.role
