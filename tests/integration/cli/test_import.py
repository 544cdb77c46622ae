"""``stock import`` says what it did with a file, and what it did not."""

import json
from pathlib import Path

from typer.testing import CliRunner

from scanstation.cli.app import command_line


def run(file: Path, *words: str) -> tuple[int, str, str]:
    env = {"SCANSTATION_DATA_DIR": str(file.parent)}
    done = CliRunner().invoke(command_line(), ["stock", "import", "items", str(file), *words], env=env)
    return done.exit_code, done.stdout, done.stderr


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "lots.csv"
    file.write_text("item,name,,lot no,b\x07\nA,Alpha,,L1,x\n")
    told = (
        "not read, because items has no such column: 'lot no', 'b\\x07'. The columns are item, name, gtin, base_unit, "
        "unit_cost, price, abc_class, tracking, packs."
    )
    code, output, said = run(file)
    assert (code, output) == (0, "1 rows imported into items\n")
    assert told in said.splitlines()
    code, output, said = run(file, "--json")
    assert (code, json.loads(output)) == (0, {"table": "items", "rows": 1, "ignored": ["lot no", "b\x07"]})
    file.write_text("item,name,,lot no,b\x07\nA,#N/A,,L1,x\n")
    code, output, said = run(file)
    assert (code, output) == (1, "")
    assert told in said.splitlines()
