"""The canonical form of an answer, so that two engines can be compared by one fingerprint.

One line a row, the columns joined by ``|``, null as the empty string, lines sorted as bytes, each ended by a newline;
then SHA-256.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

COLUMNS = {
    "discrepancies": ("item", "location", "lot", "expected", "counted", "variance", "variance_value", "kind"),
    "items": (
        "item",
        "expected_total",
        "verified_total",
        "atp_before",
        "atp_after",
        "unintentional_units",
        "needless_units",
        "partial_orders",
        "value_at_risk",
    ),
    "order_lines": (
        "order_id",
        "item",
        "due",
        "qty",
        "allow_backorder",
        "promised",
        "actual",
        "short",
        "released",
    ),
    "listings": (
        "channel",
        "item",
        "state",
        "published_qty",
        "ats_before",
        "ats_after",
        "false_out_of_stock",
        "oversells",
    ),
    "statuses": (
        "item",
        "location",
        "lot",
        "damaged_before",
        "quarantined_before",
        "damaged_after",
        "quarantined_after",
        "units",
        "value",
    ),
    "causes": ("item", "location", "lot", "cause", "rank", "exact", "pieces", "parked"),
    "evidence": (
        "item",
        "location",
        "lot",
        "cause",
        "units",
        "exact",
        "about",
        "reference",
        "place",
        "ts",
        "ratio",
    ),
    "transfers": ("item", "lot", "source", "target", "units"),
    "consequences": (
        "kind",
        "item",
        "order_id",
        "customer",
        "channel",
        "po",
        "line",
        "supplier",
        "units",
        "of_units",
        "due",
        "day",
        "days",
        "note",
        "by_record",
        "in_truth",
        "margin",
        "handling",
        "write_off",
        "money",
        "severity",
        "tell",
        "action",
        "behind",
    ),
    "findings": (
        "kind",
        "item",
        "order_id",
        "channel",
        "said",
        "should",
        "units",
        "should_units",
        "margin",
        "tell",
        "action",
    ),
    "timeline": ("item", "day", "receipts", "orders", "atp", "catp", "catp_ahead", "catp_ahead_before"),
}
"""The columns of each answer, in their order."""


def canonical(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the rows in canonical form.

    >>> canonical([("b", None, 2), ("a", "L1", True)])
    b'a|L1|1\\nb||2\\n'
    """
    lines = sorted("|".join(_text(value) for value in row).encode() + b"\n" for row in rows)
    return b"".join(lines)


def fingerprint(rows: Iterable[Sequence[Any]]) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(rows)).hexdigest()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)
