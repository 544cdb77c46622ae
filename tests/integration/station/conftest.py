"""A real station on a real stock file and journal, without devices."""

import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from drivers import Carrier, Read
from scanstation.access import Role, system_access
from scanstation.counting.clock import StationClock
from scanstation.settings import Settings
from scanstation.station.service import Station
from scanstation.stock.model import Item, Location, StockRecord, Tracking
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock

GTIN = "09521141123454"
TAGGED = "09521141123461"


@pytest.fixture
def stock(tmp_path: Path) -> StockStore:
    """A stock file with one barcoded and one tagged item, two locations, one open audit and two operators."""
    store = open_stock(tmp_path / "stock.db")
    store.put_items(
        [
            Item(item="LAMP", name="Lamp, blue", gtin=GTIN, unit_cost=120_000),
            Item(item="DRILL", name="Drill", gtin=TAGGED, unit_cost=990_000, tracking=Tracking.SERIAL),
        ]
    )
    store.put_locations([Location(location="A-01"), Location(location="A-02"), Location(location="B-01")])
    store.put_records([StockRecord(item="LAMP", location="A-01", lot=None, qty=7)])
    store.create_audit("AU1", name="Monday", at=1)
    store.take_snapshot("AU1", 2, ["A-01", "A-02"])
    access = system_access(StoredOperatorBook(store.engine))
    access.create_first_admin(access.setup_code() or "", "ADM", "Ada", "16180")
    access.add_operator("C01", "Casey", Role.COUNTER, "31415")
    return store


@pytest.fixture
async def station(stock: StockStore, tmp_path: Path) -> AsyncIterator[Station]:
    """The station, started, nobody signed in."""
    with SqliteJournal(tmp_path / "journal.db") as journal:
        made = Station(Settings(data_dir=tmp_path, reread_s=0), stock, journal, StationClock.system(), random.Random(1))
        async with made:
            yield made


@pytest.fixture
def scan(station: Station) -> Callable[..., Read]:
    """Makes a read of a hand scanner."""

    def make(payload: str, aim: str = "", carrier: Carrier = Carrier.BARCODE, **fields: object) -> Read:
        return Read(
            payload=payload.encode("latin-1"),
            device="scanner",
            received_at=station.clock.now(),
            aim=aim,
            carrier=carrier,
            **fields,  # type: ignore[arg-type]
        )

    return make
