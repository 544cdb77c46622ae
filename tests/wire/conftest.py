"""What the wire tests share."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from drivers.transports.base import Transport

ReceiveAll = Callable[[Transport, int], Awaitable[bytes]]


@pytest.fixture
def receive_all() -> ReceiveAll:
    """Receives until so many bytes came; a time-out fails the test."""

    async def receive(transport: Transport, size: int) -> bytes:
        data = b""
        async with asyncio.timeout(20):
            while len(data) < size:
                data += await transport.receive(0.1)
        return data

    return receive
