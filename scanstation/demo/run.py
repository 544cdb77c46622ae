"""Runs the demo: import, open an audit, let the crew count at the wire, reconcile, judge, report."""

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from scanstation.access import Role
from scanstation.demo.crew import Crew, hired
from scanstation.demo.data import import_files, write_files
from scanstation.demo.judge import Verdict, judge
from scanstation.demo.warehouse import Truth, Warehouse, make_warehouse
from scanstation.reports import AuditReport, write_report
from scanstation.settings import Settings
from scanstation.station.service import Station
from scanstation.station.wiring import House, open_house
from scanstation.stock.model import Movement

DAY_US = 86_400_000_000
COUNTER, SUPERVISOR = "C01", "S01"
PINS = {COUNTER: "31415", SUPERVISOR: "27182"}
"""Badges and PINs of the demo's own throw-away station; they open nothing else."""

Tell = Callable[[str], None]
Page = Callable[[Station, House], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found, held against what was planted."""

    report: AuditReport
    truth: Truth
    verdict: Verdict
    rescans: int
    out: Path


def wall_us() -> int:
    """The machine's clock in microseconds."""
    return time.time_ns() // 1000


async def run_demo(
    settings: Settings,
    out: Path,
    *,
    seed: int,
    tell: Tell,
    page: Page | None = None,
    head_start: float = 0.0,
    pace: float = 0.0,
    stay: bool = False,
    show: Callable[[DemoResult], None] = lambda result: None,
) -> DemoResult:
    """Run it in ``out`` (an earlier run there is replaced).

    ``page`` serves the station page while the crew counts; ``head_start`` seconds pass before it begins, so that a
    person can open it, and ``pace`` seconds from scan to scan, so that one can follow; ``show`` is told the result;
    with ``stay`` the page is served until cancelled.
    """
    rng = random.Random(seed)
    warehouse = make_warehouse(rng, today=wall_us() // DAY_US)
    shutil.rmtree(out / "station", ignore_errors=True)
    files = write_files(warehouse, out / "data")
    here = settings.model_copy(update={"data_dir": out / "station", "devices": ()})
    async with hired(warehouse, rng, out, tell, pace) as crew:
        here = here.model_copy(update={"devices": crew.devices()})
        with open_house(
            here, wall=wall_us, monotonic=lambda: time.monotonic_ns() // 1000, ids=lambda: f"DEMO-{seed}"
        ) as house:
            import_files(files, house.stock)
            _hire_people(house)
            async with house.station(rng) as station, page(station, house) if page else contextlib.nullcontext():
                await asyncio.sleep(head_start)
                result = await _audit(house, station, crew, warehouse, out, tell)
                show(result)
                if stay:
                    tell("the page goes on; stop it with Ctrl-C")
                    await asyncio.Event().wait()
    return result


def _hire_people(house: House) -> None:
    code = house.access.setup_code() or ""
    house.access.create_first_admin(code, "ADMIN", "Demo admin", "16180")
    house.access.add_operator(COUNTER, "Casey Counter", Role.COUNTER, PINS[COUNTER])
    house.access.add_operator(SUPERVISOR, "Sam Supervisor", Role.SUPERVISOR, PINS[SUPERVISOR])


async def _audit(house: House, station: Station, crew: Crew, warehouse: Warehouse, out: Path, tell: Tell) -> DemoResult:
    await _devices_ready(station)
    scope = [location.location for location in warehouse.locations if location.location != "X-01-1"]
    audit = house.office.open_audit("Demo audit", scope, operator=SUPERVISOR, blind=True)
    tell(f"audit {audit} is open: {len(scope)} locations, blind")
    _book(house, warehouse.before_count)
    await station.sign_in(COUNTER)
    await station.choose_audit(audit)
    for location in scope:
        await crew.count(station, location)
    _book(house, warehouse.after_count)
    await station.sign_out()
    report = house.office.report(audit)
    write_report(report, out)
    verdict = judge(report, warehouse.truth)
    return DemoResult(report, warehouse.truth, verdict, crew.rescans, out)


async def _devices_ready(station: Station) -> None:
    async with asyncio.timeout(20):
        async for view in station.changes():
            if all(device.state == "ready" for device in view.devices):
                return


def _book(house: House, movements: list[Movement]) -> None:
    """Book movements now: before the count of their place, or after it."""
    house.stock.book([replace(movement, ts=house.clock.now()) for movement in movements])
