"""The report as JSON: the model as it is, for programs."""

import json
from dataclasses import asdict

from scanstation.reports.model import AuditReport

VERSION = 2
"""Rises when a field changes its meaning or goes."""


def to_json(report: AuditReport) -> str:
    """One JSON document; money in 1/10000, times in microseconds, as in the model."""
    return json.dumps({"report_version": VERSION} | asdict(report), ensure_ascii=False, indent=1) + "\n"
