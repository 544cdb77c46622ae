"""Keeps sessions and seat together: work at the devices keeps a session alive, an idle session frees the seat."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from scanstation.audit.live import warm_up
from scanstation.web.context import Context

SWEEP_S = 1.0

log = structlog.get_logger()


async def lasting(watch: Callable[[Context], Awaitable[None]], context: Context) -> None:
    """Run a watch for as long as the app lives: a failure is logged and the watch begun anew."""
    while True:
        try:
            await watch(context)
        except Exception:
            log.exception("a watch failed and begins anew", watch=watch.__name__)
        await asyncio.sleep(SWEEP_S)


async def keep_sessions(context: Context) -> None:
    """Count every scan of a device as a sign of life of the operator who sits there."""
    number = 0
    async for view in context.station.changes():
        if view.last is not None and view.last.number != number:
            number = view.last.number
            if view.operator is not None:
                context.access.sessions.touch_badge(view.operator)


async def look_at_closings(context: Context) -> None:
    """Reconcile every location that closes, at once and beside the counting; get ready when somebody sits down."""
    if context.back is None:
        return
    closed, ready = -1, False
    async for view in context.station.changes():
        if view.operator is not None and not ready:
            ready = True
            await asyncio.to_thread(warm_up)
        if view.locations_closed != closed:
            closed = view.locations_closed
            await asyncio.to_thread(context.back.closings.catch_up)


async def keep_the_seat(context: Context) -> None:
    """Sign the seat out when its operator's last session idled out.

    An operator who never signed in through a page (a demonstration, a program) is left alone.
    """
    while True:
        await asyncio.sleep(SWEEP_S)
        for session in context.access.sessions.sweep():
            seated = context.station.view().operator == session.badge
            if seated and not context.access.sessions.live(session.badge):
                log.info("the seat was idle and is free again", badge=session.badge)
                await context.station.sign_out()
