"""Whether anybody else has changed the stock file: told by the file itself, whoever wrote, in whatever process."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanstation.audit.model import Approval, AuditState
from scanstation.stock.model import Item, Movement
from scanstation.store.stock import StockStore, open_stock

ELSEWHERE = """
import sys
from scanstation.stock.model import Movement
from scanstation.store.stock import open_stock

with open_stock(sys.argv[1]) as stock:
    stock.book([Movement(item="TEA", location="L1", lot=None, delta=-1, ts=1, reason="issue")])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a stock file is."""
    return tmp_path / "stock.db"


@pytest.fixture
def stock(path: Path, fill: Callable[[StockStore], None]) -> StockStore:
    """A stock file with an audit that is reconciled."""
    with open_stock(path) as opened:
        fill(opened)
        opened.create_audit("A1", name="", at=1)
        opened.take_snapshot("A1", 2, ["L1"])
        opened.set_audit_state("A1", AuditState.RECONCILED, at=3)
        yield opened


def book(stock: StockStore) -> None:
    stock.book([Movement(item="TEA", location="L1", lot=None, delta=-1, ts=1, reason="issue")])


def reprice(stock: StockStore) -> None:
    stock.put_items([Item(item="TEA", name="Tea", unit_cost=26_000)])


def from_another_process(stock: StockStore) -> None:
    subprocess.run([sys.executable, "-c", ELSEWHERE, str(stock.engine.url.database)], check=True)


def take_another_snapshot(stock: StockStore) -> None:
    stock.create_audit("A2", name="", at=1)
    stock.take_snapshot("A2", 2, ["L2"])


CHANGES = [book, reprice, from_another_process, take_another_snapshot]


def note_an_approval(stock: StockStore) -> None:
    stock.approve("A1", Approval(operator="S", at=4, reason_code="count", amount=0))
    stock.set_audit_state("A1", AuditState.APPROVED, at=4)


def test_reading_and_the_notes_of_an_audit_are_no_change(stock: StockStore) -> None:
    before = stock.inputs_version()
    assert before is not None
    inputs = stock.reconcile_inputs("A1")
    note_an_approval(stock)
    assert stock.inputs_version() == before
    assert stock.reconcile_inputs("A1") == inputs
    assert stock.audit("A1").state == AuditState.APPROVED  # and yet it is written


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told(stock: StockStore, change: Callable[[StockStore], None]) -> None:
    seen = [stock.inputs_version()]
    change(stock)
    seen.append(stock.inputs_version())
    note_an_approval(stock)
    assert seen[0] != seen[1] == stock.inputs_version()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_told_where_a_note_follows_or_precedes_it(
    stock: StockStore, change: Callable[[StockStore], None]
) -> None:
    before = stock.inputs_version()
    stock.set_audit_state("A1", AuditState.COUNTING, at=4)
    change(stock)
    stock.set_audit_state("A1", AuditState.RECONCILED, at=5)
    assert stock.inputs_version() != before


def test_what_is_given_up_is_no_change(stock: StockStore) -> None:
    before = stock.inputs_version()
    with pytest.raises(RuntimeError), stock.importing() as session:
        session.write("locations", ("location", "site", "zone"), [("L9", "S", "Z")])
        raise RuntimeError
    assert stock.inputs_version() == before


def test_a_note_that_fails_leaves_nothing_and_is_no_change(stock: StockStore) -> None:
    before = stock.inputs_version()
    with pytest.raises(RuntimeError), stock.watch.aside() as connection:
        connection.exec_driver_sql("UPDATE audits SET name = 'half'")
        raise RuntimeError
    assert stock.inputs_version() == before
    assert stock.audit("A1").name == ""


def test_in_memory_nothing_is_told(fill: Callable[[StockStore], None]) -> None:
    with open_stock(":memory:") as stock:
        fill(stock)
        assert stock.inputs_version() is None


def test_postgresql_tells_nothing(warehouse: StockStore) -> None:
    assert (warehouse.inputs_version() is None) == (warehouse.engine.dialect.name == "postgresql")
