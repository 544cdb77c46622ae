"""The routes of the office: audits, their review, and the steps from open to posted."""

import asyncio
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from scanstation.access import Permission
from scanstation.reports import AuditReport, to_json
from scanstation.web.back_office import BackOffice
from scanstation.web.context import context_of
from scanstation.web.messages import Nothing, SignIn
from scanstation.web.office_answers import OfficeRoute, report_page
from scanstation.web.office_bodies import Approve, Open, Record, Recount, Reject
from scanstation.web.office_door import OfficeRefusal, Visitor
from scanstation.web.pages import page

router = APIRouter(route_class=OfficeRoute)


def _back(request: Request) -> BackOffice:
    back = context_of(request).back
    assert back is not None
    return back


@router.get("/office")
async def office_page(request: Request) -> Response:
    """The page of the supervisors; it asks for badge and PIN by itself."""
    visitor = await _back(request).door.visitor(request)
    stranger = visitor is not None and not visitor.may(Permission.REVIEW)
    status = HTTPStatus.FORBIDDEN if stranger else HTTPStatus.OK
    return page(request, "office.html", status=status, refused=str(visitor.role) if visitor and stranger else "")


@router.get("/office/{audit}/report")
async def report_html(audit: str, request: Request) -> Response:
    """The report as a page to read, print and keep."""
    back = _back(request)
    try:
        visitor = await back.door.admit(request, Permission.REVIEW)
    except OfficeRefusal as refusal:
        if refusal.status is HTTPStatus.UNAUTHORIZED:
            return RedirectResponse("/office", HTTPStatus.SEE_OTHER, headers={"cache-control": "no-store"})
        raise
    back.door.touch(visitor)
    return await back.look(lambda: report_page(back.office.report(audit)))


@router.get("/api/office/session")
async def session(request: Request) -> dict[str, Any]:
    """Who is signed in at the office, with the token that the page sends along with every change."""
    visitor = await _back(request).door.visitor(request)
    if visitor is None or visitor.session is None:
        return {"session": None}
    await _back(request).door.admit(request, Permission.REVIEW)
    return {"session": _person(visitor)}


@router.post("/api/office/sign-in")
async def sign_in(body: SignIn, request: Request, response: Response) -> dict[str, Any]:
    """Check badge and PIN and start a session of the office; nobody's seat is taken."""
    held = await _back(request).door.sign_in(request, response, body.badge, body.pin)
    return {"session": _person(Visitor(badge=held.badge, role=held.role, session=held))}


@router.post("/api/office/sign-out")
async def sign_out(body: Nothing, request: Request, response: Response) -> dict[str, Any]:
    """End the session of the office."""
    await _back(request).door.admit(request, Permission.REVIEW)
    _back(request).door.sign_out(request, response)
    return {"session": None}


@router.get("/api/office/audits")
async def audits(request: Request) -> dict[str, Any]:
    """Every audit with its state and how far its count is."""
    back = _back(request)
    await back.door.admit(request, Permission.REVIEW, with_key=True)
    rows = await asyncio.to_thread(_audits, back)
    return {"audits": rows, "currency": back.office.policy.currency}


@router.get("/api/office/zones")
async def zones(request: Request) -> dict[str, Any]:
    """The zones that an audit may count, with the number of their locations."""
    back = _back(request)
    await back.door.admit(request, Permission.REVIEW)
    return {"zones": await asyncio.to_thread(_zones, back)}


@router.get("/api/office/devices")
async def devices(request: Request) -> dict[str, Any]:
    """Every device of the station with its state, rate and errors; ``at`` is the station's time."""
    await _back(request).door.admit(request, Permission.REVIEW, with_key=True)
    station = context_of(request).station
    return {
        "station": station.settings.station,
        "at": station.clock.now(),
        "devices": [asdict(life) for life in station.devices.lives(station.silent)],
    }


@router.post("/api/office/open")
async def open_audit(body: Open, request: Request) -> dict[str, Any]:
    """Take the snapshot and let counting begin."""
    back = _back(request)
    desk = back.desk(await back.door.admit(request, Permission.APPROVE, "open an audit"))
    return asdict(await back.step(lambda: desk.open(body.name, body.locations, body.zones, body.blind)))


@router.post("/api/office/{audit}/reconcile")
async def reconcile(audit: str, body: Nothing, request: Request) -> Response:
    """End the count, compare, and answer with the report."""
    back = _back(request)
    desk = back.desk(await back.door.admit(request, Permission.APPROVE, "end the count"))
    return await back.step(lambda: _json(desk.reconcile(audit)))


@router.post("/api/office/{audit}/recount")
async def recount(audit: str, body: Recount, request: Request) -> dict[str, Any]:
    """Ask for another count by another person."""
    back = _back(request)
    desk = back.desk(await back.door.admit(request, Permission.APPROVE, "ask for a recount"))
    return {"locations": await back.step(lambda: desk.recount(audit, body.locations, body.reason))}


@router.post("/api/office/{audit}/reject")
async def reject(audit: str, body: Reject, request: Request) -> dict[str, Any]:
    """Leave one record as it is; a person has to answer for it."""
    back = _back(request)
    desk = back.desk(_person_only(await back.door.admit(request, Permission.APPROVE, "reject"), "reject"))
    return asdict(await back.step(lambda: desk.reject(audit, body.key, body.reason, body.alone)))


@router.post("/api/office/{audit}/withdraw-rejection")
async def withdraw_rejection(audit: str, body: Record, request: Request) -> dict[str, Any]:
    """Take a rejection back before the audit is approved."""
    back = _back(request)
    doing = "withdraw a rejection"
    desk = back.desk(_person_only(await back.door.admit(request, Permission.APPROVE, doing), doing))
    await back.step(lambda: desk.withdraw_rejection(audit, body.key))
    return {}


@router.post("/api/office/{audit}/approve")
async def approve(audit: str, body: Approve, request: Request) -> dict[str, Any]:
    """Approve the adjustments; four eyes need a person, so a token is not enough."""
    back = _back(request)
    desk = back.desk(_person_only(await back.door.admit(request, Permission.APPROVE, "approve"), "approve"))
    return asdict(await back.step(lambda: desk.approve(audit, body.reason)))


@router.post("/api/office/{audit}/withdraw")
async def withdraw(audit: str, body: Nothing, request: Request) -> dict[str, Any]:
    """Take an approval back before anything is posted."""
    back = _back(request)
    desk = back.desk(await back.door.admit(request, Permission.APPROVE, "withdraw an approval"))
    await back.step(lambda: desk.withdraw(audit))
    return {}


@router.post("/api/office/{audit}/post")
async def post(audit: str, body: Nothing, request: Request) -> dict[str, Any]:
    """Post what was approved; posting again changes nothing."""
    back = _back(request)
    desk = back.desk(await back.door.admit(request, Permission.APPROVE, "post"))
    return asdict(await back.step(lambda: desk.post(audit)))


@router.get("/api/office/{audit}/report")
async def report(audit: str, request: Request) -> Response:
    """The report as it stands now; nothing is changed."""
    back = _back(request)
    visitor = await back.door.admit(request, Permission.REVIEW, with_key=True)
    back.door.touch(visitor)
    return await back.look(lambda: _json(back.office.report(audit)))


@router.get("/api/office/{audit}/closings")
async def closings(audit: str, request: Request) -> dict[str, Any]:
    """What was found at the locations that closed lately, the latest first, before the count has ended."""
    back = _back(request)
    await back.door.admit(request, Permission.REVIEW, with_key=True)
    return {"closings": [asdict(row) for row in await asyncio.to_thread(back.closings.of, audit)]}


def _person_only(visitor: Visitor, doing: str) -> Visitor:
    if visitor.token:
        raise OfficeRefusal(
            HTTPStatus.FORBIDDEN, "needs_a_person", "a token names no person", f"{doing} with badge and PIN"
        )
    return visitor


def _json(report: AuditReport) -> Response:
    return Response(to_json(report), media_type="application/json", headers={"cache-control": "no-store"})


def _person(visitor: Visitor) -> dict[str, Any]:
    held = visitor.session
    assert held is not None
    words = {"badge": held.badge, "name": held.name, "role": held.role.value, "csrf": held.csrf}
    return {**words, "changes": visitor.may(Permission.APPROVE)}


def _audits(back: BackOffice) -> list[dict[str, Any]]:
    stock = back.office.stock
    return [asdict(row) | asdict(back.progress.of(row.audit, stock.scope(row.audit))) for row in stock.audits()]


def _zones(back: BackOffice) -> list[dict[str, Any]]:
    count: dict[str, int] = {}
    for place in back.office.stock.locations():
        count[place.zone] = count.get(place.zone, 0) + 1
    return [{"zone": zone, "locations": count[zone]} for zone in sorted(count)]
