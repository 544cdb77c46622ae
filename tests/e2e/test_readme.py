"""Every command of README, run as it stands, in its order, at a site that is set up as README says."""

import asyncio
import json
import os
import random
import re
import shlex
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from scanstation.cli.app import command_line
from scanstation.counting.clock import StationClock
from scanstation.demo.data import write_files
from scanstation.demo.warehouse import make_warehouse
from scanstation.settings import Settings
from scanstation.station.service import Station
from scanstation.station.wiring import open_house

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    line.split("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]


class Site:
    """A folder with everything that README speaks of."""

    def __init__(self, folder: Path, tool: Path) -> None:
        self.folder = folder
        self.audit = ""
        self.env = os.environ | {
            "PATH": f"{tool.parent}:{os.environ['PATH']}",
            "SCANSTATION_DATA_DIR": str(folder / "var"),
            "SCANSTATION_PORT": "0",
            "SCANSTATION_PIN": "31415",
            "SCANSTATION_NEW_PIN": "31415",
        }
        write_files(make_warehouse(random.Random(3), today=20_000), folder)
        _label(folder / "label.png")
        (folder / "capture.jsonl").write_text('{"t": 0, "hex": "343030363338313333333933310d"}\n', "utf-8")
        _tables(folder / "audit")
        page = (ROOT / "docs/rehearsals.md").read_text("utf-8")
        lamps = page.split("```json\n", 1)[1].split("```", 1)[0]  # with its one mistake put right, as the page says
        (folder / "lamps.json").write_text(lamps.replace('"short": 2', '"short": 1'), "utf-8")

    def run(self, command: str) -> str:
        """Run a command as a person would; it must succeed."""
        text = command.replace("$AUDIT", self.audit)
        if text.startswith("make "):
            text, where = f"{text} OUT={self.folder / 'demo'}", ROOT
        else:
            where = self.folder
        if text == "scanstation serve":
            return self._serve()
        done = subprocess.run(
            shlex.split(text), cwd=where, env=self.env, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _serve(self) -> str:
        """Start the station, wait until it says where its page is, stop it as a person does."""
        with subprocess.Popen(
            ["scanstation", "serve"], cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "open at http" in line:
                    break
            process.send_signal(2)
            said += process.stdout.read()
            assert process.wait(timeout=20) == 0, said
        return said

    def count(self, operator: str, locations: list[str]) -> None:
        """Count places by typing their codes: one unit of every item that is recorded there."""
        settings = Settings(data_dir=self.folder / "var", devices=())
        clock = StationClock.system()
        with open_house(settings, wall=clock.now, monotonic=clock.now, ids=str) as house:
            asyncio.run(self._count(house.station(random.Random(1)), operator, locations))

    async def _count(self, station: Station, operator: str, locations: list[str]) -> None:
        async with station:
            await station.sign_in(operator)
            await station.choose_audit(self.audit)
            for location in locations:
                assert (await station.typed(f"LOC-{location}")).outcome == "ok"
                for record in station.stock.records(location=location):
                    item = station.stock.item(record.item)
                    assert item is not None and item.gtin is not None
                    assert (await station.typed(item.gtin[1:])).outcome == "ok"
                assert (await station.close_location()).outcome == "ok"
            await station.sign_out()


def _label(path: Path) -> None:
    import barcode
    from barcode.writer import ImageWriter

    with path.open("wb") as file:
        barcode.get("ean13", "9521141123454", writer=ImageWriter()).write(file)


def _tables(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables: dict[str, dict[str, list[object]]] = {
        "recorded": {"item": ["i"], "location": ["l"], "lot": [None], "qty": [10], "unit_cost": [500]},
        "counts": {"location": ["l"], "count_ts": [100]},
        "reads": {"event_id": [1], "ts": [101], "station": ["s"], "location": ["l"], "item": ["i"], "lot": [None],
                  "serial": [None], "qty": [6], "voided": [False]},
        "movements": {"item": ["i"], "location": ["l"], "lot": [None], "delta": [1], "ts": [50]},
        "orders": {"order_id": [1], "item": ["i"], "qty": [9], "due": [3], "allow_backorder": [False]},
        "reservations": {"item": ["i"], "qty": [1]},
    }  # fmt: skip
    folder.mkdir()
    for name, columns in tables.items():
        text = {"item", "location", "lot", "station", "serial"}
        arrays = {
            key: pa.array(
                values, pa.string() if key in text else pa.bool_() if isinstance(values[0], bool) else pa.int64()
            )
            for key, values in columns.items()
        }
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet")
    (folder / "meta.json").write_text(json.dumps({"snapshot_ts": 10}), "utf-8")


def test_readme_has_commands() -> None:
    assert len(COMMANDS) > 25
    assert not [command for command in COMMANDS if not command.startswith(("scanstation ", "make "))]


def test_every_command_of_readme_works(tmp_path: Path, tool: Path) -> None:
    site = Site(tmp_path, tool)
    after: dict[str, Callable[[], None]] = {
        "scanstation audit open": lambda: _count_first(site),
        "scanstation audit recount": lambda: site.count("C02", ["A-01-2"]),
    }
    said = {}
    for command in COMMANDS:
        said[command] = site.run(command)
        for start, then in after.items():
            if command.startswith(start):
                then()
    everything = "".join(said.values())
    assert "0 missed, 0 invented" in everything
    assert "adjustments posted" in everything
    assert json.loads(said["scanstation decode label.png"])["codes"] == [
        {"text": "9521141123454", "symbology": "EAN-13"}
    ]
    assert (tmp_path / "result" / "order_lines.parquet").exists()


def _count_first(site: Site) -> None:
    (row,) = [json.loads(line) for line in site.run("scanstation audit list --json").splitlines()]
    site.audit = row["audit"]
    site.count("C01", ["A-01-1", "A-01-2"])


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


def test_every_command_has_help_with_an_example() -> None:
    names = list(_commands(typer.main.get_command(command_line())))
    assert len(names) > 20
    for words in names:
        said = CliRunner().invoke(command_line(), [*words, "--help"]).output
        assert f"Example: scanstation {words[0]}" in said, words


def test_make_demo_serves_the_station_until_it_is_stopped(tmp_path: Path) -> None:
    """`make demo` as README shows it: it says where the page is, the page answers, Ctrl-C ends it."""
    with subprocess.Popen(
        ["env", "--default-signal=INT", "make", "demo", f"OUT={tmp_path}"],  # also where tests run in the background
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "open at http" in line)
        with urllib.request.urlopen(said.split("open at ")[1].split()[0], timeout=20) as answer:
            assert answer.status == 200
        assert any("counting A-01-1" in line for line in process.stdout)
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        assert process.wait(timeout=30) in (0, 2, -signal.SIGINT)  # make ends as interrupted, whatever its recipe did
