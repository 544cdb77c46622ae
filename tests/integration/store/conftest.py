from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanstation.stock.model import Item, Location, StockRecord
from scanstation.store.stock import StockStore, open_stock

KINDS = ["sqlite", "postgresql"]
"""Databases that the tests of this folder run on."""


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty stock file or database is, on each of the two kinds."""
    if request.param == "sqlite":
        yield str(tmp_path / "stock.db")
        return
    folder = request.getfixturevalue("postgres")
    import psycopg

    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    yield f"postgresql://postgres@/postgres?host={folder}"


@pytest.fixture
def store(address: str) -> Iterator[StockStore]:
    """An empty stock file."""
    with open_stock(address) as opened:
        yield opened


@pytest.fixture
def warehouse(store: StockStore) -> StockStore:
    """Two items, three locations, three records."""
    put_warehouse(store)
    return store


@pytest.fixture
def fill() -> Callable[[StockStore], None]:
    """Writes the warehouse into a stock file."""
    return put_warehouse


def put_warehouse(store: StockStore) -> None:
    """Write two items, three locations, three records."""
    store.put_items(
        [
            Item(item="TEA", name="Tea", gtin="04006381333931", unit_cost=25_000, packs={1: 6}),
            Item(item="RICE", name="Rice", unit_cost=10_000, base_unit="gram"),
        ]
    )
    store.put_locations([Location(location=name, site="HAM", zone="A") for name in ("L1", "L2", "L3")])
    store.put_records(
        [
            StockRecord(item="TEA", location="L1", lot=None, qty=10),
            StockRecord(item="TEA", location="L2", lot="B1", qty=4),
            StockRecord(item="RICE", location="L3", lot=None, qty=7),
        ]
    )
