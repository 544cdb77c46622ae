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
field of tags), ``duplicate`` (the last delivery of the device again), ``noise`` (random bytes), ``garbage`` (given
bytes), ``unplug`` (with ``data``: in the middle of that delivery), ``plug``, ``wait``.
"""

import asyncio
import contextlib
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from drivers.simulators.base import Delivery, Simulator, make_simulator, simulator_schemes
from drivers.simulators.tag_field import FieldTag, stray_of
from drivers.toml_file import Problems, Table, load_toml

Sleep = Callable[[float], Awaitable[None]]
REMEDY = "correct these places; the shipped examples are listed by: scanstation simulate --list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens: ``do`` at ``device``; the other fields as far as the step uses them."""

    do: str
    device: str = ""
    delivery: Delivery | None = None
    times: int = 1
    gap: float = 0.0
    data: bytes = b""
    seconds: float = 0.0
    sweep: "SweepPlan | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """A pass of the reader: each tag answers a round with ``probability`` around ``rssi_dbm`` on ``antenna``.

    ``strays`` are tags of the next bay: seldom read and 10 to 20 dB lower.  ``duplicates``: answers of a tag in one
    round, from and to.
    """

    tags: tuple[bytes, ...]
    strays: tuple[bytes, ...] = ()
    rounds: int = 20
    probability: float = 0.65
    rssi_dbm: float = -55.0
    antenna: int = 1
    duplicates: tuple[int, int] = (1, 1)
    gap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Devices (name -> scheme of the simulator) and the timeline; ``seed`` fixes all that is random."""

    title: str
    seed: int
    devices: Mapping[str, str]
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


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario; `DriverError` BAD_FILE with every error at once: file, table, key, why."""
    problems = Problems(path)
    top = Table("", load_toml(path), problems)
    title = top.text("title", path.stem)
    seed = top.integer("seed", 1, 0, 2**63)
    named = top.table("devices")
    devices: dict[str, str] = {}
    for name in named.keys():  # noqa: SIM118  (a table, not a dict)
        device = named.table(name)
        devices[name] = device.choice("kind", simulator_schemes()) or ""
        device.finish()
    if not devices:
        problems.add("devices", "", 'there is none; write [devices.scanner] with kind = "serial"')
    steps = [
        (table.name, step)
        for number, values in enumerate(top.rows("steps"), start=1)
        if (step := _step(table := Table(f"steps {number}", values, problems), devices)) is not None
    ]
    top.finish()
    _check_order(steps, problems)
    problems.finish(REMEDY)
    return Scenario(title=title, seed=seed, devices=devices, steps=tuple(step for _, step in steps))


def _step(table: Table, devices: Mapping[str, str]) -> Step | None:
    """One step, or None with its problems noted."""
    do = table.choice("do", tuple(_READERS))
    if do is None:
        return None
    device = ""
    if do != "wait":
        device = table.choice("device", tuple(devices)) or ""
    step = _READERS[do](table, do, device)
    kind = devices.get(device)
    only = _ONLY.get(do)
    if kind and only and kind != only:
        table.wrong("device", f"{do} needs a device of kind {only}, {device} is {kind}")
    table.finish()
    return step


def _delivery(table: Table) -> Delivery:
    if "epc" in table.keys():  # noqa: SIM118
        return Delivery(
            payload=table.octets("epc"),
            epc=True,
            antenna=table.integer("antenna", 1, 1, 65535),
            rssi_dbm=table.number("rssi_dbm", -55.0, -128.0, 127.0),
        )
    return Delivery(payload=table.text("data").encode("utf-8"), aim=table.text("aim", ""))


def _read_delivery(table: Table, do: str, device: str) -> Step:
    times, gap = table.integer("times", 1, 1, 1_000_000), table.number("gap", 0.0, 0.0, 3600.0)
    return Step(do=do, device=device, delivery=_delivery(table), times=times, gap=gap)


def _read_duplicate(table: Table, do: str, device: str) -> Step:
    times, gap = table.integer("times", 1, 1, 1_000_000), table.number("gap", 0.0, 0.0, 3600.0)
    return Step(do=do, device=device, times=times, gap=gap)


def _read_unplug(table: Table, do: str, device: str) -> Step:
    within = {"data", "epc"} & set(table.keys())
    return Step(do=do, device=device, delivery=_delivery(table) if within else None)


def _read_plug(table: Table, do: str, device: str) -> Step:
    del table
    return Step(do=do, device=device)


def _read_noise(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, times=table.integer("bytes", 100, 1, 10_000_000))


def _read_garbage(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, data=table.octets("hex"))


def _read_wait(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, seconds=table.number("seconds", None, 0.0, 86400.0))


def _read_sweep(table: Table, do: str, device: str) -> Step:
    low = table.integer("duplicates_from", 1, 1, 1000)
    plan = SweepPlan(
        tags=_epcs(table, "tags", None),
        strays=_epcs(table, "strays", ()),
        rounds=table.integer("rounds", 20, 1, 100_000),
        probability=table.number("probability", 0.65, 0.0, 1.0),
        rssi_dbm=table.number("rssi_dbm", -55.0, -128.0, 0.0),
        antenna=table.integer("antenna", 1, 1, 65535),
        duplicates=(low, max(low, table.integer("duplicates_to", low, 1, 1000))),
        gap=table.number("gap", 0.0, 0.0, 3600.0),
    )
    return Step(do=do, device=device, sweep=plan)


def _epcs(table: Table, key: str, default: tuple[str, ...] | None) -> tuple[bytes, ...]:
    epcs: list[bytes] = []
    for text in table.texts(key, default):
        try:
            epcs.append(bytes.fromhex(text))
        except ValueError:
            table.wrong(key, f"{text!r} is not an EPC in hex")
    return tuple(epcs)


_READERS: dict[str, Callable[[Table, str, str], Step]] = {
    "scan": _read_delivery,
    "photo": _read_delivery,
    "sweep": _read_sweep,
    "duplicate": _read_duplicate,
    "noise": _read_noise,
    "garbage": _read_garbage,
    "unplug": _read_unplug,
    "plug": _read_plug,
    "wait": _read_wait,
}
_ONLY = {"photo": "camera", "sweep": "llrp"}
_NEED_PLUG = frozenset({"scan", "photo", "sweep", "duplicate", "noise", "garbage", "unplug"})


def _check_order(steps: Sequence[tuple[str, Step]], problems: Problems) -> None:
    """Note what cannot happen: a scan at an unplugged device, a duplicate of nothing."""
    out: set[str] = set()
    delivered: set[str] = set()
    for table, step in steps:
        if step.do in _NEED_PLUG and step.device in out:
            problems.add(table, "do", f"{step.do} at {step.device}, which is unplugged at this time")
        if step.do == "duplicate" and step.device not in delivered:
            problems.add(table, "do", f"duplicate before anything was delivered by {step.device}")
        if step.do in ("scan", "photo"):
            delivered.add(step.device)
        if step.do == "unplug":
            out.add(step.device)
        if step.do == "plug":
            out.discard(step.device)


async def play(
    scenario: Scenario, simulators: Mapping[str, Simulator], *, sleep: Sleep = asyncio.sleep, rng: random.Random
) -> None:
    """Let the scenario happen.  ``sleep`` passes the time, so that it can run in simulated time."""
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
                await simulator.start()
            yield simulators
        finally:
            for simulator in simulators.values():
                await simulator.stop()
