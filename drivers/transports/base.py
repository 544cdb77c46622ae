"""The shape of a transport: it moves bytes and knows no protocol."""

from typing import Protocol


class Transport(Protocol):
    """A byte pipe to one device.  Every failure is a `DriverError` with its reason and remedy.

    A transport that raised from `receive` or `send` has let go of the broken wire already (a port that stays open
    keeps the system from giving its name to the device that comes back); `open` may be called again.
    """

    async def open(self) -> None:
        """Connect, letting go of an older connection first.

        Raises `DriverError` (not found, busy, permission, refused, timeout).
        """

    async def receive(self, timeout: float) -> bytes:
        """Wait up to ``timeout`` seconds for bytes (``b""``: none came); raise `DriverError` when the wire broke.

        Reason CLOSED means that nothing will ever come again (the end of a capture).  Cancelling loses no bytes.
        """

    async def send(self, data: bytes) -> None:
        """Send all of ``data`` or raise `DriverError`."""

    async def close(self) -> None:
        """Release the wire; never raises."""
