"""The report as one self-contained HTML page: inline style, inline SVG, no script, nothing fetched."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from scanstation.reports.charts import bars
from scanstation.reports.model import AuditReport
from scanstation.reports.words import day, moment, money, share, visible

WORDS = {
    "phantom": "recorded, not there",
    "hidden": "there, not recorded",
    "misplaced": "in another place",
    "unknown_item": "no record knows it",
}
"""What a kind of discrepancy means, in words."""


@cache
def _template() -> Template:
    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"money": money, "moment": moment, "day": day, "share": share, "visible": visible}
    return environment.get_template("report.html")


def to_html(report: AuditReport) -> str:
    """One page.  Whatever was on a label is shown as text: escaped, control characters made visible."""
    worst = sorted(report.findings, key=lambda row: -abs(row.value))[:10]
    chart = bars([(f"{visible(row.name or row.item)}, {visible(row.location)}", row.value) for row in worst])
    return _template().render(report=report, words=WORDS, value_chart=chart)
