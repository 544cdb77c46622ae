"""Writes a report to a folder."""

from pathlib import Path

from scanstation.reports.csv_writer import to_csv
from scanstation.reports.html_writer import to_html
from scanstation.reports.json_writer import to_json
from scanstation.reports.model import AuditReport


def write_report(report: AuditReport, folder: Path) -> None:
    """Write report.html, report.json and one CSV file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(to_html(report), encoding="utf-8")
    (folder / "report.json").write_text(to_json(report), encoding="utf-8")
    for name, content in to_csv(report).items():
        (folder / name).write_text(content, encoding="utf-8", newline="")
