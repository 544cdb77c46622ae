"""What a seated operator does: each route is one call of the station."""

from typing import Any

from fastapi import APIRouter, Request

from drivers import Carrier, Read
from drivers.protocols.aim import split_aim
from scanstation.access import Permission
from scanstation.station.devices import WEDGE
from scanstation.web.context import context_of
from scanstation.web.messages import Answer, Audit, Correct, Mark, Nothing, Quantity, Reopen, Resolve, Scan, Typed

router = APIRouter(prefix="/api")


@router.get("/state")
async def state(request: Request) -> dict[str, Any]:
    """The state of the station, as far as the caller may see it."""
    context = context_of(request)
    return context.state(context.door.caller(request))


@router.post("/audit")
async def choose_audit(body: Audit, request: Request) -> dict[str, Any]:
    """Work on an audit."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    return context.answer(caller, await context.station.choose_audit(body.audit))


@router.post("/scan")
async def scan(body: Scan, request: Request) -> dict[str, Any]:
    """Take a scan that the page or a program brings; one ``read_id`` counts once however often it comes."""
    context = context_of(request)
    caller = context.door.scanner(request)
    aim, payload = body.aim, body.payload.encode("utf-8", "replace")
    if not aim:
        aim, payload = split_aim(payload)
    read = Read(
        payload=payload,
        device=WEDGE,
        received_at=context.clock(),
        carrier=Carrier.BARCODE,
        aim=aim,
        read_id=body.read_id,
        device_time=body.at * 1_000,
    )
    return context.answer(caller, await context.station.decision_of(read))


@router.post("/typed")
async def typed(body: Typed, request: Request) -> dict[str, Any]:
    """Take a code that no device reads; it is marked as typed."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    return context.answer(caller, await context.station.typed(body.code))


@router.post("/answer")
async def answer(body: Answer, request: Request) -> dict[str, Any]:
    """Answer the question that the state shows; another one, or none, refuses it."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    decision = await context.station.answer(body.as_answer(), question=body.question, read_id=body.read_id)
    return context.answer(caller, decision)


@router.post("/quantity")
async def set_quantity(body: Quantity, request: Request) -> dict[str, Any]:
    """Set the quantity of the next scan, or take it back."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    return context.answer(caller, await context.station.set_quantity(body.qty))


@router.post("/undo")
async def undo(body: Nothing, request: Request) -> dict[str, Any]:
    """Void the last fact."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    return context.answer(caller, await context.station.undo())


@router.post("/close")
async def close_location(body: Nothing, request: Request) -> dict[str, Any]:
    """Close the open location: from now on it is counted."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.COUNT)
    return context.answer(caller, await context.station.close_location())


@router.post("/reopen")
async def reopen_location(body: Reopen, request: Request) -> dict[str, Any]:
    """Reopen a closed location; its label may be given with its prefix."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.REOPEN)
    location = body.location.strip().removeprefix(context.settings.labels.location)
    return context.answer(caller, await context.station.reopen_location(location))


@router.post("/correct")
async def correct_line(body: Correct, request: Request) -> dict[str, Any]:
    """Bring a counted line to what is really there."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.CORRECT)
    return context.answer(caller, await context.station.correct_line(body.item, body.lot, body.qty))


@router.post("/mark")
async def mark(body: Mark, request: Request) -> dict[str, Any]:
    """Say how many units of a counted line are damaged or in quarantine."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.CORRECT)
    return context.answer(caller, await context.station.mark(body.item, body.lot, body.qty, body.status))


@router.post("/resolve")
async def resolve_parked(body: Resolve, request: Request) -> dict[str, Any]:
    """Say what a parked code is."""
    context = context_of(request)
    caller = context.door.seated(request, Permission.CORRECT)
    lot, serial = ((words or "").strip() or None for words in (body.lot, body.serial))
    decision = await context.station.resolve_parked(body.seq, body.item.strip(), body.qty, lot, serial)
    return context.answer(caller, decision)
