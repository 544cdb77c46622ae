"""Where supervisors work while the station counts: one step at a time, in a thread, and then the seat is told."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from scanstation.station.closings import Closings
from scanstation.station.desk import Desk
from scanstation.station.office import Office
from scanstation.station.progress import Progress
from scanstation.station.service import Station
from scanstation.web.office_door import OfficeDoor, Visitor

T = TypeVar("T")


class BackOffice:
    """The office of a running station.

    Steps and reports take turns: each may need both cores for seconds, and scans must go on meanwhile.
    """

    def __init__(self, office: Office, station: Station, door: OfficeDoor) -> None:
        self.office = office
        self.door = door
        self.progress = Progress(office.journal)
        self.closings = Closings(office.stock, office.journal, clock=office.clock, policy=office.policy)
        self._station = station
        self._turn = asyncio.Lock()

    def desk(self, visitor: Visitor) -> Desk:
        """The office as this visitor uses it."""
        return Desk(self.office, visitor.badge, visitor.role)

    async def look(self, work: Callable[[], T]) -> T:
        """Do something long that changes nothing."""
        async with self._turn:
            return await asyncio.to_thread(work)

    async def step(self, work: Callable[[], T]) -> T:
        """Do a step; whatever it has journaled is known to the seat and shown on its page before this returns."""
        try:
            return await self.look(work)
        finally:
            await self._station.refresh()
