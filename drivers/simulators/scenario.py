"""Scenarios: which simulated devices there are and what happens at them, in a TOML file.

::

    seed = 7
    [devices.scanner]
    kind = "serial"
    [[steps]]
    do = "scan"
    device = "scanner"
    data = "4006381333931"
    aim = "]E0"

Steps: ``scan`` and ``photo`` (one delivery, or ``times`` with ``gap`` seconds between), ``sweep`` (rounds over a
field of tags), ``duplicate`` (the last delivery of the device again, as a new one), ``resend`` (the last message again
as it was, by a sender that heard no answer), ``noise`` (random bytes), ``garbage`` (given bytes), ``unplug`` (with
``data``: in the middle of that delivery), ``plug``, ``restart`` (the broker), ``wait``, ``silence`` (the device answers
nothing for ``seconds``), ``clock`` (the clock of the device jumps by ``seconds``).

A device may have ``[devices.scanner.faults]`` with ``split merge spoil noise slow``: frames are cut, joined, preceded
by a damaged copy or by noise, and slow: ``slow`` seconds before each portion, which is a whole frame unless ``split``
cuts it (`drivers.simulators.faults.Faults`).  `drivers.simulators.kinds` tells which kinds can have which, which steps,
and whether a read there is a code (``data``, ``aim``) or a tag (``epc``, ``antenna``, ``rssi_dbm``).
"""

import asyncio
import contextlib
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from drivers.simulators.base import Delivery, Simulator, make_simulator, simulator_schemes
from drivers.simulators.faults import Faults, Faulty, read_faults
from drivers.simulators.kinds import faults_of
from drivers.simulators.scenario_steps import Step, SweepPlan, check_order, left_unplugged, read_step
from drivers.simulators.tag_field import FieldTag, stray_of
from drivers.toml_file import Problems, Table, load_toml

Sleep = Callable[[float], Awaitable[None]]
REMEDY = "correct these places; the shipped examples are listed by: scanstation simulate --list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Devices (name -> scheme of the simulator) and the timeline; ``seed`` fixes all that is random."""

    title: str
    seed: int
    devices: Mapping[str, str]
    faults: Mapping[str, Faults] = field(default_factory=dict)
    steps: tuple[Step, ...] = field(default=())


@runtime_checkable
class _Sweeps(Protocol):
    async def sweep(
        self,
        tags: list[FieldTag],
        rounds: int = ...,
        *,
        gap: float = ...,
        duplicates: tuple[int, int] = ...,
        sleep: Sleep = ...,
    ) -> object: ...


@runtime_checkable
class _Silent(Protocol):
    silent: bool


@runtime_checkable
class _Resends(Protocol):
    async def resend(self) -> None: ...


@runtime_checkable
class _Restarts(Protocol):
    async def restart(self) -> None: ...


@runtime_checkable
class _Jumps(Protocol):
    def jump(self, seconds: float) -> None: ...


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario; `DriverError` BAD_FILE with every error at once: file, table, key, why."""
    problems = Problems(path)
    top = Table("", load_toml(path), problems)
    title = top.text("title", path.stem)
    seed = top.integer("seed", 1, 0, 2**63)
    named = top.table("devices")
    devices: dict[str, str] = {}
    faults: dict[str, Faults] = {}
    for name in named.keys():  # noqa: SIM118  (a table, not a dict)
        device = named.table(name)
        devices[name] = device.choice("kind", simulator_schemes()) or ""
        if "faults" in device.keys():  # noqa: SIM118
            faults[name] = read_faults(device.table("faults"), faults_of(devices[name]))
        device.finish()
    if not devices:
        problems.add("devices", "", 'there is none; write [devices.scanner] with kind = "serial"')
    steps = [
        (table.name, step)
        for number, values in enumerate(top.rows("steps"), start=1)
        if (step := read_step(table := Table(f"steps {number}", values, problems), devices)) is not None
    ]
    top.finish()
    check_order(steps, problems)
    problems.finish(REMEDY)
    return Scenario(title=title, seed=seed, devices=devices, faults=faults, steps=tuple(step for _, step in steps))


async def play(
    scenario: Scenario, simulators: Mapping[str, Simulator], *, sleep: Sleep = asyncio.sleep, rng: random.Random
) -> None:
    """Let the scenario happen.  ``sleep`` passes the time, so that it can run in simulated time.

    A device that the steps leave unplugged is plugged in anew at the start: the scenario may have been played before.
    """
    for name in left_unplugged(scenario.steps):
        await simulators[name].plug()
    last: dict[str, Delivery] = {}
    for step in scenario.steps:
        if step.do == "wait":
            await sleep(step.seconds)
            continue
        simulator = simulators[step.device]
        if step.do in ("scan", "photo", "duplicate"):
            delivery = step.delivery or last[step.device]
            last[step.device] = delivery
            await _deliver(simulator, delivery, step, sleep)
        elif step.do == "silence" and isinstance(simulator, _Silent):
            simulator.silent = True
            await sleep(step.seconds)
            simulator.silent = False
        elif step.sweep is not None and isinstance(simulator, _Sweeps):
            await _sweep(simulator, step.sweep, sleep, rng)
        else:
            await _disturb(simulator, step, rng)


async def _deliver(simulator: Simulator, delivery: Delivery, step: Step, sleep: Sleep) -> None:
    for _ in range(step.times):
        await simulator.deliver(delivery)
        await sleep(step.gap)


async def _sweep(simulator: _Sweeps, plan: SweepPlan, sleep: Sleep, rng: random.Random) -> None:
    tags = [
        FieldTag(epc=epc, probability=plan.probability, rssi_dbm=plan.rssi_dbm, antenna=plan.antenna)
        for epc in plan.tags
    ]
    middle = FieldTag(epc=b"", rssi_dbm=plan.rssi_dbm, antenna=plan.antenna)
    tags += [stray_of(middle, epc, rng) for epc in plan.strays]
    await simulator.sweep(tags, plan.rounds, gap=plan.gap, duplicates=plan.duplicates, sleep=sleep)


async def _disturb(simulator: Simulator, step: Step, rng: random.Random) -> None:
    if step.do == "noise":
        await simulator.garbage(rng.randbytes(step.times))
    elif step.do == "garbage":
        await simulator.garbage(step.data)
    elif step.do == "plug":
        await simulator.plug()
    elif step.do == "clock" and isinstance(simulator, _Jumps):
        simulator.jump(step.seconds)
    elif step.do == "resend" and isinstance(simulator, _Resends):
        await simulator.resend()
    elif step.do == "restart" and isinstance(simulator, _Restarts):
        await simulator.restart()
    elif step.delivery is not None:
        await simulator.break_off(step.delivery)
    else:
        await simulator.unplug()


@asynccontextmanager
async def start_simulators(
    scenario: Scenario, *, rng: random.Random, folder: Path | None = None
) -> AsyncIterator[dict[str, Simulator]]:
    """Start the devices of the scenario, by name, and stop them at the end.

    Each has a folder of its own inside ``folder`` (default: a temporary one).
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scanstation-")))
        simulators: dict[str, Simulator] = {}
        try:
            for name, scheme in scenario.devices.items():
                place = folder / name
                place.mkdir(parents=True, exist_ok=True)
                simulator = make_simulator(scheme, random.Random(rng.random()), place)
                simulators[name] = simulator
                if isinstance(simulator, Faulty):
                    simulator.faults = scenario.faults.get(name, simulator.faults)
                await simulator.start()
            yield simulators
        finally:
            for simulator in simulators.values():
                await simulator.stop()
