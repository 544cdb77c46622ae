"""Reads a report that `to_json` wrote: for a program that got it from a station."""

import json
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

from scanstation.reports.json_writer import VERSION
from scanstation.reports.model import AuditReport


def from_json(text: str) -> AuditReport:
    """The report.  Raises `ValueError` for a report of another version or with other fields."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.pop("report_version", None) != VERSION:
        raise ValueError(f"not a report of version {VERSION}")
    try:
        report = _made(AuditReport, document)
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a report of version {VERSION}: {error}") from error
    assert isinstance(report, AuditReport)
    return report


def _made(model: type, document: dict[str, Any]) -> Any:
    hints = get_type_hints(model)
    return model(**{field.name: _value(hints[field.name], document[field.name]) for field in fields(model)})


def _value(hint: Any, value: Any) -> Any:
    """JSON knows no tuples, no models and no enumerations: make them again, as the model's type hints say."""
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_value(inner[0], one) for one in value)
        return tuple(_value(kind, one) for kind, one in zip(inner, value, strict=True))
    if hasattr(hint, "__dataclass_fields__"):
        return _made(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
