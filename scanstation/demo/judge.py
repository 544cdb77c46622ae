"""Holds a report against the truth of the demo warehouse: every planted error found, and nothing else raised."""

from dataclasses import dataclass

from scanstation.demo.warehouse import Truth
from scanstation.reports import AuditReport


@dataclass(frozen=True, slots=True)
class Verdict:
    """``missed``: planted, not found; ``invented``: found, not planted; each in words."""

    planted: int
    missed: tuple[str, ...]
    invented: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the audit found exactly what was planted."""
        return not self.missed and not self.invented


def judge(report: AuditReport, truth: Truth) -> Verdict:
    """Compare as sets, kind by kind."""
    pairs: list[tuple[str, frozenset[object], frozenset[object]]] = [
        (
            "discrepancy",
            frozenset(truth.discrepancies),
            frozenset((row.item, row.location, row.lot, row.variance, row.kind) for row in report.findings),
        ),
        (
            "order line",
            frozenset(truth.order_lines),
            frozenset((row.order_id, row.short, row.released) for row in report.order_lines),
        ),
        (
            "listing",
            frozenset(truth.listings),
            frozenset((row.channel, row.item, row.false_out_of_stock, row.oversells) for row in report.listings),
        ),
        ("parked code", frozenset(truth.parked), frozenset(row.payload for row in report.parked)),
    ]
    return Verdict(
        planted=sum(len(planted) for _, planted, _ in pairs),
        missed=tuple(f"{name} {row}" for name, planted, found in pairs for row in sorted(planted - found, key=str)),
        invented=tuple(f"{name} {row}" for name, planted, found in pairs for row in sorted(found - planted, key=str)),
    )
