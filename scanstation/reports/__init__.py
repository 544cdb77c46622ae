"""Reports: one model of an audit and its writers."""

from scanstation.reports.accuracy import measure
from scanstation.reports.csv_writer import to_csv
from scanstation.reports.files import write_report
from scanstation.reports.html_writer import to_html
from scanstation.reports.json_writer import to_json
from scanstation.reports.model import AuditReport

__all__ = ["AuditReport", "measure", "to_csv", "to_html", "to_json", "write_report"]
