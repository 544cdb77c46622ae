"""The audit commands beside `scanstation serve`: the same commands, the same output, as on files that nobody holds."""

import json
import os
import random
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers import Read
from scanstation.access import Role
from scanstation.counting.clock import StationClock
from scanstation.settings import Settings
from scanstation.station.running import NAME, find_running
from scanstation.station.wiring import open_house
from scanstation.stock.model import Item, Location, OrderLine, StockRecord

GTIN = "09521141123454"


class Site:
    """A data folder in which A-01 was counted, and the commands on it."""

    def __init__(self, folder, tool):
        self.folder = folder
        self.tool = str(tool)
        self.settings = Settings(data_dir=folder / "var", reread_s=0)  # scans faster than hands
        self.env = os.environ | {
            "SCANSTATION_DATA_DIR": str(folder / "var"),
            "SCANSTATION_PORT": "0",
            "SCANSTATION_PIN": "31415",
            "http_proxy": "http://127.0.0.1:9",  # a proxy of the machine is none of our business
        }

    async def count(self, audit="AU1", scope=("A-01",), counts=(("A-01", 1),)):
        """Open an audit on what the folder holds, filled at the first time, and count lamps."""
        clock = StationClock.system()
        with open_house(self.settings, wall=clock.now, monotonic=clock.now, ids=lambda: audit) as house:
            if audit == "AU1":
                self.fill(house)
            house.office.open_audit("Monday", scope, operator="S01")
            async with house.station(random.Random(1)) as station:
                await station.sign_in("C01")
                await station.choose_audit(audit)
                for location, units in counts:
                    for code in (f"LOC-{location}", *[GTIN[1:]] * units, "CMD-CLOSE"):
                        await station.take(Read(payload=code.encode(), device="scanner", received_at=clock.now()))
                await station.sign_out()

    def fill(self, house):
        house.stock.put_items([Item(item="LAMP", name="Lamp, blue", gtin=GTIN, unit_cost=120_000)])
        house.stock.put_locations([Location(location="A-01", zone="A"), Location(location="B-01", zone="B")])
        house.stock.put_records([StockRecord(item="LAMP", location="A-01", lot=None, qty=7)])
        house.stock.put_orders([OrderLine(order_id="SO-1", item="LAMP", qty=7, due=20_400, customer="Ada")])
        house.access.create_first_admin(house.access.setup_code() or "", "ADM", "Ada", "31415")
        house.access.add_operator("S01", "Sam", Role.SUPERVISOR, "31415")
        house.access.add_operator("Q01", "Quinn", Role.AUDITOR, "31415")
        house.access.add_operator("C01", "Casey", Role.COUNTER, "31415")

    def run(self, *words, code=0):
        done = subprocess.run(
            [self.tool, *words], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == code, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    @contextmanager
    def serving(self):
        """`scanstation serve` in a process of its own."""
        with subprocess.Popen(
            [self.tool, "serve"], cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "open at http" in line:
                    break
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(2)
                    assert process.wait(timeout=20) == 0


@pytest.fixture
async def site(tmp_path, tool):
    made = Site(tmp_path, tool)
    await made.count()
    return made


def without_times(text):
    """Output without the number of a new audit, times and hashes."""
    return re.sub(r"audit [0-9A-F]{8} |\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ|made_at\": \d+", "", text)


LOOKING = [
    ("audit", "reconcile", "AU1", "--operator", "S01"),
    ("audit", "list"),
    ("report", "AU1", "--out", "out"),
    ("report", "AU1", "--json"),
]
DECIDING = [
    ("audit", "approve", "AU1", "--operator", "S01", "--reason", "SHRINK"),
    ("audit", "post", "AU1", "--operator", "S01"),
    ("audit", "post", "AU1", "--operator", "S01", "--json"),
    ("audit", "open", "Tuesday", "--zone", "B", "--operator", "S01"),
]


def test_the_whole_way_beside_a_running_station(site):
    at_rest = [without_times(site.run(*words)) for words in LOOKING]
    with site.serving() as process:
        note = site.folder / "var" / NAME
        assert note.stat().st_mode & 0o777 == 0o600
        assert [without_times(site.run(*words)) for words in LOOKING] == at_rest
        assert (site.folder / "out" / "report.html").exists()
        said = [site.run(*words) for words in DECIDING]
        assert "6 units of orders go short" in at_rest[0]
        assert said[0] == "approved: adjustments worth 72.00 EUR\n"
        assert said[1] == "1 adjustment posted\n"
        assert json.loads(said[2]) == {"audit": "AU1", "new": 0, "adjustments": 1}
        assert re.fullmatch(r"audit [0-9A-F]{8} is open: 1 location\n", said[3])
        events = [json.loads(line)["kind"] for line in site.run("journal", "show").splitlines()]
        assert events[-3:] == ["approved", "posted", "audit_opened"]
        assert json.loads(site.run("journal", "verify", "--json"))["ok"]
        assert process.poll() is None
    assert not note.exists()
    assert [row["state"] for row in map(json.loads, site.run("audit", "list", "--json").splitlines())] == [
        "posted",
        "counting",
    ]


def test_a_finding_is_rejected_on_the_files_and_beside_a_station(site):
    reject = ("audit", "reject", "AU1", "--item", "LAMP", "--location", "A-01", "--operator")
    site.run("audit", "reconcile", "AU1", "--operator", "S01")
    said = site.run(*reject, "S01", "--reason", "on loan")
    assert said == "rejected: Lamp, blue at A-01 stays as it is, 72.00 are not booked\n"
    assert "may not reject" in site.run(*reject, "C01", "--reason", "on loan", code=3)
    assert "say why" in site.run(*reject, "S01", code=2)
    with site.serving():
        left = "rejected by S01: Lamp, blue at A-01 stays as it is: on loan"
        assert left in site.run("report", "AU1", "--out", "out")
        assert "LAMP" in (site.folder / "out" / "rejections.csv").read_text("utf-8")
        assert site.run(*reject, "S01", "--withdraw").startswith("withdrawn")
        assert left not in site.run("report", "AU1")
        assert "is not rejected" in site.run(*reject, "S01", "--withdraw", code=3)
        assert "no finding for LAMP/B-01/-" in site.run(
            *reject[:6], "B-01", *reject[7:], "S01", "--reason", "x", code=3
        )
        assert site.run(*reject, "S01", "--reason", "on loan") == said
        assert "may not reject" in site.run(*reject, "C01", "--reason", "on loan", code=3)
        assert site.run("audit", "approve", "AU1", "--operator", "S01") == "approved: adjustments worth 0.00 EUR\n"
        assert site.run("audit", "post", "AU1", "--operator", "S01") == (
            "nothing was to be posted\nnot posted: Lamp, blue at A-01: rejected by S01: on loan\n"
        )
    events = [json.loads(line) for line in site.run("journal", "show").splitlines()]
    decided = [(event["kind"], event["operator"]) for event in events if "reject" in event["kind"]]
    assert decided == [("finding_rejected", "S01"), ("rejection_withdrawn", "S01"), ("finding_rejected", "S01")]


async def test_both_sides_of_a_transfer_are_decided_by_rejecting_one(site):
    """Of seven lamps one is at A-01 and six lie at B-01; on the files and beside a station."""
    await site.count(audit="AU2", scope=["A-01", "B-01"], counts=(("A-01", 1), ("B-01", 6)))
    site.run("audit", "reconcile", "AU2", "--operator", "S01")
    reject = ("audit", "reject", "AU2", "--item", "LAMP", "--location", "B-01", "--operator", "S01")
    first = "rejected: Lamp, blue at B-01 stays as it is, 72.00 are not booked\n"
    said = site.run(*reject, "--reason", "on its way")
    assert said == f"{first}The other side stays too: 6 at A-01.\n"
    assert "at A-01: The record stays as it is: the other side, B-01, is rejected." in site.run("report", "AU2")
    with site.serving():
        assert site.run(*reject, "--reason", "ours", "--alone") == (
            f"{first}The other side is booked all the same, which changes the item's total: 6 at A-01.\n"
        )
        assert site.run(*reject, "--reason", "on its way") == said
        approved = site.run("audit", "approve", "AU2", "--operator", "S01")
        assert approved == "approved: adjustments worth 0.00 EUR\n"
        posted = site.run("audit", "post", "AU2", "--operator", "S01")
        assert "at A-01: The record stays as it is: the other side, B-01, is rejected.\n" in posted
        assert posted.startswith("nothing was to be posted\n")


def test_a_recount_says_why(site):
    site.run("audit", "reconcile", "AU1", "--operator", "S01")
    again = ("audit", "recount", "AU1", "--location", "A-01", "--reason", "shelf in disorder", "--operator", "S01")
    assert site.run(*again) == "to be counted again: A-01\n"
    report = json.loads(site.run("report", "AU1", "--json"))
    assert [(row["location"], row["operator"], row["reason"]) for row in report["recounts"]] == [
        ("A-01", "S01", "shelf in disorder")
    ]


def test_refusals_beside_a_running_station_are_those_of_the_files(site):
    refused = [
        ("audit", "approve", "AU1", "--operator", "S01"),  # not reconciled yet
        ("audit", "reconcile", "AU1", "--operator", "Q01"),
        ("audit", "approve", "AU1", "--operator", "C01"),
        ("audit", "recount", "AU1", "--operator", "NOBODY"),
        ("report", "NONE"),
        ("audit", "open", "x", "--location", "NOWHERE", "--operator", "S01"),
    ]
    at_rest = [without_times(site.run(*words, code=3)) for words in refused]
    assert all("remedy:" in said for said in at_rest)
    assert "Q01 (auditor) may not end the count" in at_rest[1]
    assert "--operator" in site.run("audit", "reconcile", "AU1", code=2)
    with site.serving():
        assert [without_times(site.run(*words, code=3)) for words in refused] == at_rest


def test_a_journal_that_is_held_by_no_station_that_answers(site):
    """Another command holds the files, or the station was killed and its note is stale: said plainly, no PIN sent."""
    site.tool = str(Path(sys.executable).parent / "scanstation")  # the process itself is killed
    with site.serving() as process:
        stale = (site.folder / "var" / NAME).read_text("utf-8")
        assert find_running(site.settings.data_dir, site.settings.journal_path) is not None
        process.kill()
        process.wait(timeout=20)
    (site.folder / "var" / NAME).write_text(stale, "utf-8")
    clock = StationClock.system()
    with open_house(site.settings, wall=clock.now, monotonic=clock.now, ids=str):
        assert find_running(site.settings.data_dir, site.settings.journal_path) is None
        site.env["SCANSTATION_PORT"] = "9"
        said = site.run("report", "AU1", code=3)
        assert "no station answers at http://127.0.0.1:9/" in said and "remedy:" in said
    assert "Lamp" in site.run("report", "AU1")
