"""What came of a rehearsal, read from the station's own files and from what its last reconciliations said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanstation.rehearsal.counted import booked, parked
from scanstation.rehearsal.stage import Happening, Stage
from scanstation.reports import AuditReport
from scanstation.reports.words import day

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdicts in their order, and the other lists as rows by their name (`expecting.ROWS`)."""

    verdicts: tuple[str, ...]
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The result as one JSON object."""
        return {
            "verdicts": list(self.verdicts),
            **{name: [dict(row) for row in rows] for name, rows in self.rows.items()},
        }


def result_of(stage: Stage, story: Sequence[Happening]) -> Result:
    """Read what came of it."""
    house = stage.premises.house
    events = list(house.journal.events())
    serial = {item for item in {event.item for event in events if event.item} if _by_serial(stage, item)}
    reports = tuple(stage.reports.values())
    return Result(
        verdicts=tuple(one.did.verdict for one in story if one.did.verdict),
        rows={
            "booked": booked(events, serial),
            "parked": parked(events),
            "discrepancies": [row for report in reports for row in _discrepancies(report)],
            "orders": [row for report in reports for row in _orders(report)],
            "listings": [row for report in reports for row in _listings(report)],
            "findings": [row for report in reports for row in _findings(report)],
            "messages": [row for report in reports for row in _messages(report)],
            "stock": [
                {"item": one.item, "location": one.location, "lot": one.lot, "status": one.status.value, "qty": one.qty}
                for one in house.stock.records()
            ],
            "refused": [
                {"step": one.number, "reason": one.did.refused, "text": one.did.text}
                for one in story
                if one.did.refused
            ],
        },
    )


def _by_serial(stage: Stage, item: str) -> bool:
    found = stage.premises.house.stock.item(item)
    return found is not None and found.tracking.value == "serial"


def _discrepancies(report: AuditReport) -> Iterable[Row]:
    for one in report.findings:
        yield {
            "item": one.item,
            "location": one.location,
            "lot": one.lot,
            "expected": one.expected,
            "counted": one.counted,
            "variance": one.variance,
            "cause": one.causes[0].cause if one.causes else None,
        }


def _orders(report: AuditReport) -> Iterable[Row]:
    for one in report.order_lines:
        yield {"order": one.order_id, "item": one.item, "short": one.short, "released": one.released}


def _listings(report: AuditReport) -> Iterable[Row]:
    """What the channels must show from now on: listings of wrong items, and those that are wrong by the record."""
    for one in report.listings:
        state = "in_stock" if one.ats_after else "out_of_stock" if one.state == "in_stock" else one.state
        yield {"channel": one.channel, "item": one.item, "state": state, "qty": one.ats_after}
    for note in report.notices:
        if note.kind == "LISTING_DRIFT":
            yield {"channel": note.channel, "item": note.item, "state": note.should, "qty": note.should_units}


def _findings(report: AuditReport) -> Iterable[Row]:
    for one in report.consequences:
        yield {
            "kind": one.kind,
            "item": one.item,
            "order": one.order_id or None,
            "channel": one.channel or None,
            "po": one.po or None,
            "units": one.units,
            "amount": one.money / 10_000,
            "day": day(one.day) or None,
            "text": one.words,
        }
    for note in report.notices:
        yield {
            "kind": note.kind,
            "item": note.item,
            "order": note.order_id or None,
            "channel": note.channel or None,
            "po": None,
            "units": note.units,
            "amount": note.margin / 10_000,
            "day": None,
            "text": note.words,
        }


_DESKS = {"customer_desk": "customer"}
"""Who hears of it, where the word of the reconciliation is another than the file's."""


def _messages(report: AuditReport) -> Iterable[Row]:
    """One message for each who must hear of something, with a line for each thing."""
    messages: dict[tuple[str, str], list[str]] = {}
    for one in report.consequences:
        places = ", ".join(dict.fromkeys(place for _, place, _ in one.records))
        to = _DESKS.get(one.tell, one.tell)
        about = {"customer": one.order_id, "buyer": one.supplier, "channel": one.channel}.get(to) or places
        messages.setdefault((to, about), []).append(one.words)
    for note in report.notices:
        messages.setdefault((_DESKS.get(note.tell, note.tell), note.order_id or note.channel), []).append(note.words)
    for (to, about), lines in messages.items():
        yield {"to": to, "about": about, "lines": lines}
