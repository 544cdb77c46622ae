"""Opens what a station stands on: stock file, journal, access; and closes it again."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from scanstation.access import Access, system_access
from scanstation.counting.clock import StationClock
from scanstation.settings import Policy, Settings, load_policy
from scanstation.station.office import Office
from scanstation.station.service import Station
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock


@dataclass(frozen=True)
class House:
    """Everything of one station that is open."""

    settings: Settings
    stock: StockStore
    journal: SqliteJournal
    clock: StationClock
    office: Office

    @cached_property
    def access(self) -> Access:
        """Who may do what here; made when it is first asked for, which takes a while."""
        return system_access(StoredOperatorBook(self.stock.engine), idle_s=self.settings.session_idle_s)

    def station(self, rng: random.Random) -> Station:
        """The counting seat; it must be started in an event loop."""
        return Station(self.settings, self.stock, self.journal, self.clock, rng, self.office.policy)


@contextmanager
def open_house(
    settings: Settings,
    *,
    wall: Callable[[], int],
    monotonic: Callable[[], int],
    ids: Callable[[], str],
    policy: Policy | None = None,
) -> Iterator[House]:
    """Open (and create where missing) the files of a station; heal what a crash left half done.

    ``wall`` and ``monotonic`` give microseconds, ``ids`` new audit numbers; ``policy`` is what the
    site decides, else that of its policy.toml.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (
        open_stock(settings.stock_path) as stock,
        SqliteJournal(settings.journal_path, min_free_bytes=settings.min_free_bytes) as journal,
    ):
        tolerance = int(settings.clock_step_tolerance_s * 1e6)
        clock = StationClock(wall, monotonic, tolerance_us=tolerance, not_before=_last_ts(journal))
        office = Office.open(settings, policy or load_policy(), stock, journal, clock=clock.now, ids=ids)
        yield House(settings, stock, journal, clock, office)


def _last_ts(journal: SqliteJournal) -> int:
    """Time of the last event, 0 when there is none."""
    seq, _ = journal.head
    return next((event.ts for event in journal.events(after=seq - 1)), 0) if seq else 0
