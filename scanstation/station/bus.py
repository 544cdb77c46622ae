"""Tells everyone who watches the station that something changed."""

import asyncio
from collections.abc import AsyncIterator


class Bus:
    """A counter of changes that any number of watchers can wait on; several changes at once wake them once."""

    def __init__(self) -> None:
        self._changes = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Wake every watcher."""
        self._changes += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def watch(self) -> AsyncIterator[int]:
        """Yield the number of changes so far, at once and then after every change."""
        seen = -1
        while True:
            if seen == self._changes:
                waiter = asyncio.get_running_loop().create_future()
                self._waiting.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiting.discard(waiter)
            seen = self._changes
            yield seen
