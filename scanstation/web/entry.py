"""Sign in, sign out, and the first start."""

import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from scanstation.access import Permission, Session
from scanstation.counting.decision import Decision, Outcome
from scanstation.web.context import Context, context_of
from scanstation.web.door import Denied
from scanstation.web.messages import Nothing, Setup, SignIn
from scanstation.web.seat import NOBODY, Caller

router = APIRouter(prefix="/api")


@router.post("/sign-in")
async def sign_in(body: SignIn, request: Request, response: Response) -> dict[str, Any]:
    """Check badge and PIN, start a session, and take the seat if the role counts."""
    context = context_of(request)
    badge = body.badge.strip().removeprefix(context.settings.labels.operator)
    session = await asyncio.to_thread(context.access.sign_in, badge, body.pin)
    before = context.door.caller(request).session
    if before is not None:
        context.access.sessions.end(before.id)
    decision = await _take_seat(context, session)
    context.door.admit(response, session.id)
    return context.answer(Caller(session=session), decision)


async def _take_seat(context: Context, session: Session) -> Decision:
    """Seat the operator: whoever sat there before is signed out; who sits there already goes on where they were."""
    welcome = Decision(outcome=Outcome.OK, text=f"signed in as {session.name}")
    seated = context.station.view().operator
    if not session.may(Permission.COUNT) or seated == session.badge:
        return welcome
    decision = await context.station.sign_in(session.badge)
    if decision.outcome is not Outcome.OK:
        context.access.sessions.end(session.id)
        raise Denied(HTTPStatus.CONFLICT, decision.text)
    if seated is not None:
        context.access.sessions.end_of(seated)
    return decision


@router.post("/sign-out")
async def sign_out(body: Nothing, request: Request, response: Response) -> dict[str, Any]:
    """End the session and free the seat if it was the caller's."""
    context = context_of(request)
    caller = context.door.person(request)
    decision = Decision(outcome=Outcome.OK, text="signed out")
    if caller.seated(context.station.view()):
        decision = await context.station.sign_out()
    if caller.session is not None:
        context.access.sessions.end(caller.session.id)
    context.door.dismiss(response)
    return context.answer(NOBODY, decision)


@router.post("/setup")
async def set_up(body: Setup, request: Request) -> dict[str, Any]:
    """Use the one-time set-up code: the first admin is made, who then signs in like everybody."""
    context = context_of(request)
    badge = body.badge.strip().removeprefix(context.settings.labels.operator)
    admin = await asyncio.to_thread(context.access.create_first_admin, body.code, badge, body.name, body.pin)
    text = f"{admin.name} is the first admin: sign in with badge {admin.badge}"
    return context.answer(NOBODY, Decision(outcome=Outcome.OK, text=text))
