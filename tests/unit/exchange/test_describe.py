"""docs/tables.md is what the code says today."""

from pathlib import Path

import pytest

from scanstation.exchange.columns import TABLES
from scanstation.exchange.describe import TOLD, page, rule_words

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tables.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page() + "\n", (
        "make it anew: python -m scanstation.exchange.describe > docs/tables.md"
    )


def test_every_table_is_told() -> None:
    assert list(TOLD) == list(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_the_example_has_what_is_required_and_nothing_else(table: str) -> None:
    columns = {column.name: column for column in TABLES[table].columns}
    example = TOLD[table].example
    assert {name for name, column in columns.items() if column.required} <= example.keys() <= columns.keys()


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("stock", "qty", "whole number of at least 0"),
        ("movements", "delta", "whole number, may be negative"),
        ("listings", "share", "whole number from 0 to 100"),
        ("orders", "status", "one of `open`, `shipped`, `cancelled`"),
        ("items", "item", "text of at most 64 characters"),
    ],
)
def test_rules_in_words(table: str, column: str, words: str) -> None:
    rules = {known.name: known.rule for known in TABLES[table].columns}
    assert rule_words(rules[column]) == words


def test_a_rule_without_words_is_noticed() -> None:
    with pytest.raises(KeyError):
        rule_words(lambda text: text)
