"""The shape of a simulator: a peer at the wire that behaves, and misbehaves, as a device does."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Delivery:
    """One read that a simulated device puts on its wire: a symbol, or with ``epc`` a tag in front of an antenna."""

    payload: bytes
    aim: str = ""
    epc: bool = False
    antenna: int = 1
    rssi_dbm: float = -55.0


class Simulator(Protocol):
    """A simulated device."""

    @property
    def url(self) -> str:
        """What `drivers.registry.open_device` takes."""
        ...

    async def start(self) -> None:
        """Come to life."""

    async def stop(self) -> None:
        """Vanish for good."""

    async def deliver(self, delivery: Delivery) -> None:
        """Put one complete read on the wire."""

    async def break_off(self, delivery: Delivery) -> None:
        """Put half a frame on the wire, then vanish (unplugged)."""

    async def unplug(self) -> None:
        """Vanish."""

    async def plug(self) -> None:
        """Come back under the same url."""

    async def garbage(self, data: bytes) -> None:
        """Put bytes on the wire that mean nothing."""
