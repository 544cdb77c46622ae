"""Opens what a station stands on: stock file, journal, access; and closes it again."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scanstation.access import Access, system_access
from scanstation.counting.clock import StationClock
from scanstation.settings import Settings, load_policy
from scanstation.station.office import Office
from scanstation.station.service import Station
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock


@dataclass(frozen=True, slots=True)
class House:
    """Everything of one station that is open."""

    settings: Settings
    stock: StockStore
    journal: SqliteJournal
    access: Access
    clock: StationClock
    office: Office

    def station(self, rng: random.Random) -> Station:
        """The counting seat; it must be started in an event loop."""
        return Station(self.settings, self.stock, self.journal, self.clock, rng)


@contextmanager
def open_house(
    settings: Settings, *, wall: Callable[[], int], monotonic: Callable[[], int], ids: Callable[[], str]
) -> Iterator[House]:
    """Open (and create where missing) the files of a station; heal what a crash left half done.

    ``wall`` and ``monotonic`` give microseconds, ``ids`` new audit numbers.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (
        open_stock(settings.stock_path) as stock,
        SqliteJournal(settings.journal_path, min_free_bytes=settings.min_free_bytes) as journal,
    ):
        tolerance = int(settings.clock_step_tolerance_s * 1e6)
        clock = StationClock(wall, monotonic, tolerance_us=tolerance, not_before=_last_ts(journal))
        office = Office.open(settings, load_policy(), stock, journal, clock=clock.now, ids=ids)
        access = system_access(StoredOperatorBook(stock.engine), idle_s=settings.session_idle_s)
        yield House(settings, stock, journal, access, clock, office)


def _last_ts(journal: SqliteJournal) -> int:
    """Time of the last event, 0 when there is none."""
    seq, _ = journal.head
    return next((event.ts for event in journal.events(after=seq - 1)), 0) if seq else 0
