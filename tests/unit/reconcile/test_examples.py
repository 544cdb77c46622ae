"""Every cause and every consequence has an example that the engine computes as its words tell it."""

from pathlib import Path

import pytest

from scanstation.reconcile.examples import CAUSES, CONSEQUENCES, EXAMPLES, FINDINGS, WHOLE, shown
from scanstation.reconcile.examples.page import page
from scanstation.reconcile.sqlite_engine import SQLiteEngine

PAGE = Path(__file__).resolve().parents[3] / "docs" / "causes-and-consequences.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page() + "\n", (
        "make it anew: python -m scanstation.reconcile.examples > docs/causes-and-consequences.md"
    )


@pytest.mark.parametrize("example", (*EXAMPLES, WHOLE), ids=lambda example: example.kind)
@pytest.mark.parametrize("engine", [None, SQLiteEngine])
def test_an_example_comes_out_as_it_is_told(example, engine):
    outcome = example.run(engine and engine())
    rows = [{name: row[name] for name in example.says} for row in shown(example, outcome)]
    outcome.close()
    assert dict(example.says) in rows


def test_no_kind_is_without_an_example():
    assert {example.kind for example in CAUSES} == {
        "TIMING", "MISPLACED", "SWAP", "RECEIPT_SHORT", "RECEIPT_OVER", "UNIT_OF_MEASURE", "DUPLICATE",
        "UNRECORDED_ISSUE", "UNRECORDED_RETURN", "LOT", "COUNT_ERROR", "UNEXPLAINED",
    }  # fmt: skip
    assert {example.kind for example in CONSEQUENCES} == {
        "OVERSOLD", "OVERSELL_NEXT", "FALSE_OUT_OF_STOCK", "NEEDLESS_BACKORDER", "FROZEN_REORDER",
        "NEEDLESS_REORDER", "LATE_PROMISE", "PARTIAL", "SERVICE", "MONEY",
    }  # fmt: skip
    assert {example.kind for example in FINDINGS} == {"STALE_RESERVATION", "LISTING_DRIFT"}
