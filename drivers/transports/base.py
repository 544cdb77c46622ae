"""The shape of a transport: it moves bytes and knows no protocol."""

from typing import Protocol


class Transport(Protocol):
    """A byte pipe to one device.  Every failure is a `DriverError` with its reason and remedy."""

    async def open(self) -> None:
        """Connect; raise `DriverError` (not found, busy, permission, refused, timeout)."""

    async def receive(self, timeout: float) -> bytes:
        """Wait up to ``timeout`` seconds for bytes (``b""``: none came); raise `DriverError` when the wire broke."""

    async def send(self, data: bytes) -> None:
        """Send all of ``data`` or raise `DriverError`."""

    async def close(self) -> None:
        """Release the wire; never raises."""
