"""Audit: the workflow from a snapshot to posted adjustments."""

from scanstation.audit.errors import AuditError, AuditReason
from scanstation.audit.model import (
    Adjustment,
    Approval,
    Audit,
    AuditState,
    ClassAccuracy,
    CountedRecord,
    Finding,
    ListingEffect,
    Opening,
    OrderEffect,
    Posting,
    RecordKey,
    Review,
)
from scanstation.audit.ports import AuditBook
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
    "ClassAccuracy",
    "CountedRecord",
    "Finding",
    "ListingEffect",
    "Opening",
    "OrderEffect",
    "Posting",
    "RecordKey",
    "Review",
]
