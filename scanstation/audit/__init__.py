"""Audit: the workflow from a snapshot to posted adjustments."""

from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.findings import CountedRecord, Finding, HeldRecord, ListingEffect, OrderEffect, RecordKey
from scanstation.audit.model import Adjustment, Approval, Audit, AuditState, LeftOut, Opening, Posting, Rejection
from scanstation.audit.ports import AuditBook
from scanstation.audit.review import Review
from scanstation.audit.workflow import AuditWorkflow

__all__ = [
    "Adjustment",
    "Approval",
    "Audit",
    "AuditBook",
    "AuditError",
    "AuditReason",
    "AuditState",
    "AuditWorkflow",
    "CountedRecord",
    "Finding",
    "HeldRecord",
    "LeftOut",
    "ListingEffect",
    "Opening",
    "OrderEffect",
    "Posting",
    "RecordKey",
    "Rejection",
    "Review",
]
