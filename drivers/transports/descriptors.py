"""Waiting for a file descriptor in the event loop."""

import asyncio
from collections.abc import Callable
from typing import Any


def _settle(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


async def ready(descriptor: int, timeout: float | None, writing: bool = False) -> bool:
    """Wait until ``descriptor`` can be read (or written); False after ``timeout`` seconds."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[None] = loop.create_future()
    add: Callable[..., Any] = loop.add_writer if writing else loop.add_reader
    remove: Callable[[int], bool] = loop.remove_writer if writing else loop.remove_reader
    add(descriptor, _settle, waiting)
    try:
        async with asyncio.timeout(timeout):
            await waiting
    except TimeoutError:
        return False
    finally:
        remove(descriptor)
    return True
