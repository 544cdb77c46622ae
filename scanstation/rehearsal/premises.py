"""The rehearsed site: real files in a temporary folder, real seats on them, and a time that only the steps move."""

import random
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from scanstation.access import Operator, Role
from scanstation.settings import Policy, Settings
from scanstation.station.desk import Desk
from scanstation.station.service import Station
from scanstation.station.wiring import House, open_house
from scanstation.store.access import StoredOperatorBook
from scanstation.store.stock import open_stock

PEOPLE: dict[str, Role] = {
    "C01": Role.COUNTER,
    "C02": Role.COUNTER,
    "C03": Role.COUNTER,
    "S01": Role.SUPERVISOR,
    "S02": Role.SUPERVISOR,
    "A01": Role.AUDITOR,
    "ADM": Role.ADMIN,
}
"""Who exists in every rehearsal.  Nobody has a PIN: the badges open nothing else."""


class SimulatedTime:
    """Microseconds UTC that stand still until a step moves them."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """The time now: wall clock and monotonic clock of the site alike."""
        return self.now


class Premises:
    """One site: a house and the seats in it.  Close it in the event loop that it was used in."""

    def __init__(self, folder: Path, settings: Settings, policy: Policy, time: SimulatedTime, seed: int) -> None:
        self.folder, self.settings, self.policy, self.time = folder, settings, policy, time
        self.opening = "AUDIT"
        """The number that the next audit gets."""
        self._rng = random.Random(seed)
        self._open = ExitStack()
        self._seats: dict[str, Station] = {}
        settings.stock_path.write_bytes(fresh_stock())
        self._unlock()

    @property
    def seats(self) -> Sequence[Station]:
        """Every seat that somebody used since the last start."""
        return tuple(self._seats.values())

    async def seat(self, seat: str, station: str) -> Station:
        """A seat by its name; the first use of it starts it."""
        name = station or self.settings.station
        name = name if seat == "1" else f"{name}-{seat}"
        if name not in self._seats:
            await self._start(name)
        return self._seats[name]

    def desk(self, operator: str) -> Desk:
        """The office as a person uses it."""
        return Desk(self.house.office, operator, PEOPLE[operator])

    async def refresh(self) -> None:
        """Let every seat see what others journaled."""
        for seat in self.seats:
            await seat.refresh()

    async def restart(self) -> None:
        """Drop what is in memory, as a crash does, and start again from the files."""
        names = list(self._seats)
        await self.close()
        self._unlock()
        for name in names:
            await self._start(name)

    async def close(self) -> None:
        """Let the files go."""
        for seat in self.seats:
            await seat.stop()
        self._seats.clear()
        self._open.close()

    def _unlock(self) -> None:
        self._open = ExitStack()
        self.house: House = self._open.enter_context(
            open_house(self.settings, wall=self.time, monotonic=self.time, ids=lambda: self.opening, policy=self.policy)
        )

    async def _start(self, name: str) -> None:
        """A seat is a station of its own name on the files of the house."""
        here = replace(self.house, settings=self.settings.model_copy(update={"station": name}))
        self._seats[name] = here.station(self._rng)
        await self._seats[name].start()


@cache
def fresh_stock() -> bytes:
    """A stock file of this release's schema with the people in it: made once, copied for every rehearsal."""
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        path = Path(folder) / "stock.db"
        with open_stock(path) as store:
            book = StoredOperatorBook(store.engine)
            for badge, role in PEOPLE.items():
                book.add_operator(Operator(badge=badge, name=badge, role=role, pin_hash=""))
        return path.read_bytes()
