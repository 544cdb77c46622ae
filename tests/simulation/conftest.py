"""Helpers of the simulations, and the stock file of the warehouse that is counted."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def load(name):
    """A module of this folder (the tests are no package)."""
    spec = importlib.util.spec_from_file_location(f"simulation_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def slow():
    """The independent slow replay."""
    return load("replay")


@pytest.fixture(scope="session")
def crew():
    """Devices and the station's process, seen from outside."""
    return load("crew")


@pytest.fixture
def warehouse(tmp_path):
    """A data folder with one item, 400 locations, an open audit and a counter; returns (folder, locations)."""
    from scanstation.access import Role, system_access
    from scanstation.stock.model import Item, Location, Tracking
    from scanstation.store.access import StoredOperatorBook
    from scanstation.store.stock import open_stock

    folder = tmp_path / "station"
    folder.mkdir()
    locations = [f"A-{number:03}" for number in range(400)]
    with open_stock(folder / "stock.db") as stock:
        lamp = Item(item="LAMP", name="Lamp", gtin="09521141123454", tracking=Tracking.LOT)
        stock.put_items([lamp])
        stock.put_locations([Location(location=name) for name in locations])
        stock.create_audit("AU1", name="Monday", at=1)
        stock.take_snapshot("AU1", 2, locations)
        access = system_access(StoredOperatorBook(stock.engine))
        access.create_first_admin(access.setup_code() or "", "ADM", "Ada", "16180")
        access.add_operator("C01", "Casey", Role.COUNTER, "31415")
    return folder, locations
