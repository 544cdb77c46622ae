"""The report as CSV files: one a table, safe to open in a spreadsheet whatever was on a label."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanstation.reports.model import AuditReport
from scanstation.reports.words import day, inert, moment, money

Rows = Iterable[Sequence[Any]]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def to_csv(report: AuditReport) -> Mapping[str, str]:
    """File name -> content: RFC 4180 with CRLF, UTF-8; text cells that look like formulas are made inert."""
    return {name: _sheet(columns, rows) for name, (columns, rows) in _tables(report).items()}


def _tables(report: AuditReport) -> dict[str, tuple[Sequence[str], Rows]]:
    return {
        "consequences.csv": (
            ("severity", "kind", "item", "name", "order_id", "customer", "channel", "po", "line", "supplier", "units",
             "of_units", "due", "day", "days", "note", "by_record", "in_truth", "money", "tell", "action", "behind",
             "words"),
            [(row.severity, row.kind, row.item, row.name, row.order_id, row.customer, row.channel, row.po, row.line,
              row.supplier, row.units, row.of_units, day(row.due), day(row.day), row.days, row.note, row.by_record,
              row.in_truth, _plain(row.money), row.tell, row.action, row.behind, row.words)
             for row in report.consequences],
        ),
        "notices.csv": (
            ("kind", "item", "name", "order_id", "channel", "says", "should_be", "units", "should_be_units", "words"),
            [(row.kind, row.item, row.name, row.order_id, row.channel, row.said, row.should, row.units,
              row.should_units, row.words) for row in report.notices],
        ),
        "transfers.csv": (
            ("item", "lot", "from", "to", "units"),
            [(row.item, row.lot, row.source, row.target, row.units) for row in report.transfers],
        ),
        "causes.csv": (
            ("item", "location", "lot", "variance", "cause", "explains_all", "words"),
            [(row.item, row.location, row.lot, row.variance, cause.cause, cause.exact, cause.words)
             for row in report.findings for cause in row.causes],
        ),
        "discrepancies.csv": (
            ("item", "name", "class", "location", "lot", "recorded", "expected", "counted", "variance", "value",
             "kind", "within_tolerance", "booked", "parked_here", "action"),
            [(row.item, row.name, row.abc_class, row.location, row.lot, row.recorded, row.expected, row.counted,
              row.variance, _plain(row.value), row.kind, row.within_tolerance, row.booked, row.parked,
              " ".join(filter(None, (row.stays, row.action))))
             for row in report.findings],
        ),
        "order_lines.csv": (
            ("order_id", "customer", "item", "name", "due", "qty", "allow_backorder", "promised", "actual", "short",
             "released"),
            [(row.order_id, row.customer, row.item, row.name, day(row.due), row.qty, row.allow_backorder, row.promised,
              row.actual, row.short, row.released) for row in report.order_lines],
        ),
        "listings.csv": (
            ("channel", "item", "name", "state", "published", "available_before", "available_after",
             "false_out_of_stock", "oversells"),
            [(row.channel, row.item, row.name, row.state, row.published_qty, row.ats_before, row.ats_after,
              row.false_out_of_stock, row.oversells) for row in report.listings],
        ),
        "count_sheets.csv": (
            ("location", "round", "operators", "devices", "opened", "closed", "lines", "units", "parked", "counts"),
            [(row.location, row.round, " ".join(row.operators), ", ".join(row.devices), moment(row.opened_at),
              moment(row.closed_at), row.lines, row.units, row.parked, row.counts) for row in report.sheets],
        ),
        "kept_out.csv": (
            ("table", "row", "reason", "detail", "remedy"),
            [(row.source, row.row_key, row.reason, row.detail, row.remedy) for row in report.kept_out],
        ),
        "parked.csv": (
            ("event", "location", "payload", "why", "time"),
            [(row.seq, row.location, row.payload, row.why, moment(row.ts)) for row in report.parked],
        ),
        "held.csv": (
            ("item", "name", "location", "lot", "damaged_before", "damaged", "quarantined_before", "quarantined",
             "units", "value", "action"),
            [(row.item, row.name, row.location, row.lot, row.damaged_before, row.damaged, row.quarantined_before,
              row.quarantined, row.units, _plain(row.value), row.action) for row in report.held],
        ),
        "recounts.csv": (
            ("location", "after_round", "operator", "time", "reason"),
            [(row.location, row.round, row.operator, moment(row.at), row.reason) for row in report.recounts],
        ),
        "rejections.csv": (
            ("item", "name", "location", "lot", "variance", "units", "value", "operator", "time", "reason",
             "others"),
            [(row.item, row.name, row.location, row.lot, row.variance, row.units, _plain(row.value), row.operator,
              moment(row.at), row.reason, row.others) for row in report.rejections],
        ),
        "adjustments.csv": (
            ("item", "location", "lot", "status", "delta", "reason"),
            [(row.item, row.location, row.lot, row.status.value, row.delta, row.reason_code)
             for row in report.adjustments],
        ),
    }  # fmt: skip


def _plain(amount: int) -> str:
    return money(amount).replace(",", "")


def _sheet(columns: Sequence[str], rows: Rows) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Numbers stay numbers (a negative one is no formula); text is made inert."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if _is_number(value) else inert(value)
    return value


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))
