"""The tables are what their sources say, and the examples in the docstrings run."""

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from scanstation.identity.aim import symbologies
from scanstation.identity.aitable import ai_table
from scanstation.identity.iso15434 import di_table
from scanstation.identity.rules import RULES, code_list

ROOT = Path(__file__).resolve().parents[3]


def test_the_ai_table_is_made_from_the_dictionary(shared: Path, tmp_path: Path) -> None:
    made = tmp_path / "ai.tsv"
    dictionary = shared / "data" / "gs1" / "gs1-syntax-dictionary.txt"
    subprocess.run([sys.executable, ROOT / "tools" / "make_ai_table.py", dictionary, made], check=True, timeout=60)
    assert made.read_text("utf-8") == (ROOT / "scanstation/identity/tables/ai.tsv").read_text("utf-8")


def test_every_ai_compiles() -> None:
    table = ai_table()
    assert len(table) == 541
    for entry in table.values():
        assert entry.field.groups == 1
        assert entry.shortest <= entry.longest
        companions = entry.excludes.union(*(group for rule in entry.requires for group in rule))
        assert companions <= table.keys()


def test_code_lists() -> None:
    sizes = {name: len(code_list(name)) for name in ("iso3166", "iso3166alpha2", "iso4217", "packagetype", "mediatype")}
    assert sizes == {"iso3166": 249, "iso3166alpha2": 249, "iso4217": 182, "packagetype": 431, "mediatype": 30}
    assert {"csum", "csumalpha", "iban", "couponcode"} <= RULES.keys()


def test_symbologies_and_data_identifiers() -> None:
    assert symbologies()["]C1"].reading == "elements"
    assert symbologies()["]C0"].reading == "text"
    roles = {"item", "lot", "serial", "expiry", "plate", "package", ""}
    assert {row.role for row in di_table().values()} == roles


@pytest.mark.parametrize("module", ["checkdigits", "dates", "gtin", "plates"])
def test_docstring_examples(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"scanstation.identity.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
