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
    assert (code, output) == (0, "1 row imported into items\n")
    assert told in said.splitlines()
    code, output, said = run(file, "--json")
    told_all = {"table": "items", "rows": 1, "ignored": ["lot no", "b\x07"], "warnings": 0}
    assert (code, json.loads(output)) == (0, told_all)
    file.write_text("item,name,,lot no,b\x07\nA,#N/A,,L1,x\n")
    code, output, said = run(file)
    assert (code, output) == (1, "")
    assert told in said.splitlines()


def test_item_numbers_that_look_like_something_else_are_told(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("item,name\nLOC-243,Bracket\nA,Alpha\n+A99912345E,Pump\n")
    code, output, said = run(file)
    assert (code, output) == (0, "3 rows imported into items\n")
    location = (
        "warning: items.csv, row 2, column item: 'LOC-243' looks like a location label of ours (LOC-...): it counts as "
        "the item unless there is a location '243'; then it is parked. Give it another number, or change location in "
        "[labels] of station.toml and print those anew."
    )
    hibc = (
        "warning: items.csv, row 4, column item: '+A99912345E' looks like a HIBC label: it counts as the item, and "
        "nothing that it seems to state (a lot, a quantity) is taken from it. Give it another number, or print its "
        "GTIN."
    )
    assert [line for line in said.splitlines() if "warning" in line] == [location, hibc]
    code, output, _ = run(file, "--json")
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line.get("row") for line in lines] == [2, 4, None]
    assert lines[0]["warning"].startswith("'LOC-243' looks like") and "station.toml" in lines[0]["mend"]
    assert lines[2] == {"table": "items", "rows": 3, "ignored": [], "warnings": 2}


def test_a_place_whose_label_reads_as_an_item_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("item,name\nLOC-243,Bracket\n")
    assert run(file)[0] == 0
    file.write_text("location\n242\n243\n")
    env = {"SCANSTATION_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(command_line(), ["stock", "import", "locations", str(file), "--json"], env=env)
    warning, result = (json.loads(line) for line in done.stdout.splitlines())
    assert (warning["row"], warning["column"]) == (3, "location")
    assert warning["warning"].startswith("its label 'LOC-243' is the number of an item too")
    assert result == {"table": "locations", "rows": 2, "ignored": [], "warnings": 1}
