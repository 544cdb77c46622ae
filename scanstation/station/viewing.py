"""Draws the view of a station: reads its state, changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers import Read
from drivers.device import Device
from drivers.url import masked
from scanstation.counting.decision import Decision
from scanstation.counting.events import CountEvent
from scanstation.counting.session import CountSession
from scanstation.station.readers import SILENT, Silence
from scanstation.station.symbols import payload_text
from scanstation.station.view import DeviceView, LastScan, Line, OpenQuestion, ParkedCode, Phase, StationView

if TYPE_CHECKING:
    from scanstation.station.service import Station

OPEN_STATES = ("counting", "reconciled")
"""Audits in these states take counts; a reconciled one takes recounts."""


def card(decision: Decision, read: Read, session: CountSession, last: LastScan | None) -> LastScan:
    """The card of a scan."""
    return LastScan(
        number=(last.number if last else 0) + 1,
        verdict=decision.outcome.value,
        text=decision.text,
        code=readable(decision.code or payload_text(read)),
        item=decision.item,
        name=decision.name,
        lot=decision.lot,
        serial=decision.serial,
        qty=decision.qty,
        said=readable(decision.said),
        location=session.location or "",
        device=read.device,
        ts=read.received_at,
    )


def readable(payload: str) -> str:
    """A payload for people: its bytes as UTF-8 where they are that, so that a ü looks like one."""
    try:
        return payload.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return payload


def draw(station: Station) -> StationView:
    """Everything the page needs, from state that a blind counter may see."""
    session = station.session
    lines = _lines(station)
    seq, head = station.journal.head
    closed, total = session.progress
    return StationView(
        station=station.settings.station,
        phase=_phase(station),
        operator=session.operator,
        operator_name=station.operator_name,
        role=session.role,
        audit=session.audit,
        audit_name=_audit_name(station),
        audits=tuple((row.audit, row.name) for row in station.stock.audits(states=OPEN_STATES)),
        blind=session.blind,
        location=session.location,
        round=session.round,
        location_lines=len(lines),
        location_units=sum(line.qty for line in lines),
        locations_closed=closed,
        locations_total=total,
        pending_quantity=session.pending,
        can_undo=session.can_undo,
        last=station.last,
        lines=lines,
        parked=tuple(_parked(event) for event in session.parked),
        devices=tuple(
            _device(device, station.watches.of(device.name).last_notice, station.silent.get(device.name))
            for device in station.devices.values()
        ),
        events=seq,
        head=head,
        alarm=station.alarm,
        badge_waiting=station.badge_waiting,
        swept_tags=len(station.sweep) if station.sweep else 0,
        present_tags=station.fixed.at(session.location),
        question=_question(station),
        notice=station.notice,
    )


def _question(station: Station) -> OpenQuestion | None:
    standing = station.session.question
    if standing is None:
        return None
    asked = standing.question
    names = station.stock.names(asked.options) if asked.options else {}
    return OpenQuestion(
        seq=standing.event.seq,
        kind=asked.kind.value,
        words=asked.words,
        wants=asked.wants.value,
        yes=asked.yes,
        no=asked.no,
        none=asked.none,
        unit=asked.unit,
        options=tuple((item, names.get(item) or item) for item in asked.options),
    )


def _phase(station: Station) -> Phase:
    session = station.session
    if station.alarm is not None:
        return Phase.STOPPED
    if session.operator is None:
        return Phase.SIGNED_OUT
    if session.audit is None:
        return Phase.CHOOSE_AUDIT
    return Phase.COUNTING if session.location is not None else Phase.SCAN_LOCATION


def _audit_name(station: Station) -> str | None:
    row = station.stock.audit(station.session.audit) if station.session.audit else None
    return row.name if row else None


def _lines(station: Station) -> tuple[Line, ...]:
    counted = station.session.lines
    names = station.stock.names([line.item for line in counted])
    return tuple(
        Line(
            item=line.item,
            name=names.get(line.item, ""),
            lot=line.lot,
            qty=line.qty,
            damaged=line.damaged,
            quarantined=line.quarantined,
        )
        for line in counted
    )


def _parked(event: CountEvent) -> ParkedCode:
    why = str(event.data.get("why", ""))
    lines = event.data.get("lines", ())
    known = lines[0] if len(lines) == 1 else {}
    return ParkedCode(
        seq=event.seq,
        payload=readable(event.payload or ""),
        text=why,
        location=event.location,
        ts=event.ts,
        item=known.get("item", ""),
        qty=max(1, known.get("qty", 1) * event.qty),
        lot=known.get("lot", ""),
        serial=known.get("serial", ""),
    )


def _device(device: Device, notice: str, silence: Silence | None) -> DeviceView:
    status = device.status
    return DeviceView(
        name=device.name,
        url=masked(device.url),
        state=SILENT if silence else status.state.value,
        message=silence.message if silence else status.message,
        remedy=silence.remedy if silence else status.remedy,
        notice=notice,
    )
