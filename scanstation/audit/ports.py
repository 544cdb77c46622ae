"""What the workflow needs of the store."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from scanstation.audit.model import Audit

if TYPE_CHECKING:
    import pyarrow


class AdjustmentLike(Protocol):
    """A posted adjustment as the store gives it back."""

    @property
    def item(self) -> str:
        """Item number."""

    @property
    def location(self) -> str:
        """Location code."""

    @property
    def lot(self) -> str | None:
        """Lot, None for no lot."""

    @property
    def delta(self) -> int:
        """Signed change, base units."""

    @property
    def reason_code(self) -> str:
        """Why."""


class ApprovalLike(Protocol):
    """An approval as the store gives it back."""

    @property
    def operator(self) -> str:
        """Badge."""

    @property
    def at(self) -> int:
        """When, microseconds."""

    @property
    def reason_code(self) -> str:
        """Why."""

    @property
    def amount(self) -> int:
        """Sum of absolute values, 1/10000."""


class AuditBook(Protocol):
    """Audits, their snapshots and what they changed; each method is one transaction."""

    def create_audit(
        self, audit: str, *, name: str, at: int, site: str = "", blind: bool = True, created_by: str = ""
    ) -> Audit:
        """Add a planned audit."""

    def audit(self, audit: str) -> Audit | None:
        """The audit of this number."""

    def audits(self, *, states: Sequence[str] = ()) -> Sequence[Audit]:
        """Audits, only those in ``states`` where given."""

    def set_audit_state(self, audit: str, state: str, *, at: int) -> Audit:
        """Move an audit to ``state``; going back to counting drops its approvals."""

    def take_snapshot(self, audit: str, t0: int, scope: Iterable[str]) -> int:
        """Fix the scope, copy every stock record, begin counting; return the number of records."""

    def scope(self, audit: str) -> Sequence[str]:
        """The locations that an audit counts."""

    def audits_of(self, locations: Iterable[str]) -> Sequence[tuple[str, str]]:
        """(audit, location) of the audits that are open at these locations."""

    def approve(self, audit: str, approval: Any) -> None:
        """Keep an `Approval`."""

    def approvals(self, audit: str) -> Sequence[ApprovalLike]:
        """The approvals of an audit, the oldest first."""

    def post_adjustments(self, audit: str, rows: Iterable[Any], ts: int) -> int:
        """Post `Adjustment`s: adjustment, movement and record change in one transaction; return how many were new."""

    def adjustments(self, audit: str) -> Iterator[AdjustmentLike]:
        """What an audit changed."""

    def reconcile_inputs(
        self,
        audit: str,
        items: Collection[str] | None = None,
        places: Collection[str] = (),
        tables: Collection[str] | None = None,
    ) -> "dict[str, pyarrow.Table]":
        """The stock side of a reconciliation, whole, or what concerns some items, with ``places`` for locations; all
        its tables or some."""

    def inputs_version(self) -> int | None:
        """A number that is the same as before only where `reconcile_inputs` would give the same again, whoever wrote
        meanwhile; None where that cannot be told without reading."""

    def items_of(self, audit: str, locations: Collection[str]) -> set[str]:
        """The items that the books know at these locations."""

    def near(self, location: str) -> tuple[str, ...]:
        """The neighbouring bins of a location."""
