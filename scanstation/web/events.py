"""Server-sent events: the whole state after every change, and a beat in between so that silence means trouble."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from scanstation.web.context import Context, context_of

BEAT_S = 0.4
"""Seconds between beats; the page misses three of them before it asks, and is sure within two seconds."""

router = APIRouter()


@router.get("/api/events")
async def events(request: Request) -> StreamingResponse:
    """The state now, then after every change.

    Every event carries everything, so a page that was away needs no history: ``Last-Event-ID`` is not used.
    """
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_stream(context_of(request), request), media_type="text/event-stream", headers=headers)


async def _stream(context: Context, request: Request) -> AsyncIterator[bytes]:
    yield b"retry: 400\n\n"
    changes = context.station.changes()
    change = asyncio.ensure_future(anext(changes))
    stopping = asyncio.ensure_future(context.stopping.wait())
    number, sent = 0, ""
    try:
        while not stopping.done():
            state = _encoded(context.state(context.door.caller(request)))
            if state != sent:
                number, sent = number + 1, state
                yield f"id: {number}\nevent: state\ndata: {state}\n\n".encode()
            else:
                yield b"event: beat\ndata: {}\n\n"
            await asyncio.wait({change, stopping}, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED)
            if change.done():
                change.result()
                change = asyncio.ensure_future(anext(changes))
    finally:
        change.cancel()
        stopping.cancel()


def _encoded(state: dict[str, Any]) -> str:
    """JSON in ASCII on one line: nothing that was scanned can end an event or start another."""
    return json.dumps(state, separators=(",", ":"))
