"""docs/reconcile.md is what the steps say today, and its example comes out as its words tell it."""

from pathlib import Path

import pytest

from scanstation.reconcile import as_table, reconcile
from scanstation.reconcile.describe import head, page, picture, reads
from scanstation.reconcile.example import INPUTS, NINE, TOLD
from scanstation.reconcile.sqlite_engine import SQLiteEngine
from scanstation.reconcile.street import ANSWERS, STREET, Step

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reconcile.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page() + "\n", (
        "make it anew: python -m scanstation.reconcile.describe > docs/reconcile.md"
    )


@pytest.mark.parametrize("step", STREET, ids=lambda step: step.name)
def test_every_step_says_what_it_is_and_reads_only_what_stands_before_it(step):
    told = head(step)
    assert told.title and told.goes_in and told.comes_out and told.rule
    later = [other.name for other in STREET[STREET.index(step) :]]
    assert reads(step)
    assert not set(reads(step)) & set(later)
    for source in reads(step):
        assert source in told.goes_in, f"{step.file}.sql reads {source} and its head does not say so"


def test_a_step_without_its_head_is_noticed():
    with pytest.raises(FileNotFoundError):
        head(Step("99_nothing"))


def test_the_picture_holds_every_step_and_answer():
    drawn = picture()
    assert all(f'["{step.name}"]' in drawn for step in STREET)
    assert "s_variance --> s_discrepancies" in drawn
    assert all(f"s_{name}" in drawn.splitlines()[-1] for name in ANSWERS.values())


@pytest.mark.parametrize("engine", [None, SQLiteEngine])
def test_the_example_by_hand(engine):
    tables = {name: as_table(name, columns) for name, columns in INPUTS.items()}
    outcome = reconcile(tables, snapshot_ts=NINE, engine=engine and engine())

    def rows(table):
        return sorted(tuple(row.values()) for row in table.to_pylist())

    assert rows(outcome.discrepancies) == [
        ("chair", "B1", None, 0, 3, 3, 600_000, "hidden"),
        ("desk", "A1", None, 1, 0, -1, -900_000, "misplaced"),
        ("desk", "B1", None, 0, 1, 1, 900_000, "misplaced"),
        ("lamp", "A1", None, 9, 5, -4, -200_000, "phantom"),
    ]
    assert rows(outcome.items) == [
        ("chair", 0, 3, 0, 3, 0, 2, 0, 0),
        ("desk", 1, 1, 1, 1, 0, 0, 0, 0),
        ("lamp", 13, 9, 10, 6, 4, 0, 0, 200_000),
    ]
    assert {(row["order_id"], row["short"], row["released"]) for row in outcome.order_lines.to_pylist()} == {
        ("O2", 4, 0),
        ("O4", 0, 2),
    }
    assert rows(outcome.listings) == [
        ("shop", "lamp", "in_stock", 2, 0, 0, 0, 2),
        ("web", "chair", "out_of_stock", None, 0, 1, 1, 0),
    ]
    outcome.close()


def test_every_table_of_the_example_is_told():
    assert list(TOLD) == list(INPUTS)
