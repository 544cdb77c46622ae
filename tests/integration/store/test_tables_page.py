"""The example rows of docs/tables.md, imported one after the other."""

import re
from pathlib import Path

from scanstation.exchange.columns import TABLES
from scanstation.exchange.importer import import_file
from scanstation.store.stock import open_stock

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tables.md"


def test_every_example_can_be_imported(tmp_path: Path) -> None:
    examples = dict(re.findall(r"^## (\w+)\n.*?^```csv\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE))
    assert list(examples) == list(TABLES)
    with open_stock(tmp_path / "stock.db") as store:
        for table, text in examples.items():
            path = tmp_path / f"{table}.csv"
            path.write_text(text, "utf-8")
            report = import_file(path, table, store)
            assert (report.ok, report.rows, report.ignored) == (True, 1, ()), "\n".join(map(str, report.errors))
        assert [record.qty for record in store.records(item="LAMP-7")] == [62]  # 64 on record, two picked
