"""The steps of a scenario: how each is written in the file, and which order of steps can happen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from drivers.simulators.base import Delivery
from drivers.simulators.deliveries import epc_problem, read_delivery
from drivers.simulators.kinds import ONLY, antennas_of
from drivers.toml_file import Problems, Table


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


def read_step(table: Table, devices: Mapping[str, str]) -> Step | None:
    """One step, or None with its problems noted."""
    do = table.choice("do", tuple(_READERS))
    if do is None:
        return None
    device = ""
    if do != "wait":
        device = table.choice("device", tuple(devices)) or ""
    step = _READERS[do](table, do, device)
    kind = devices.get(device, "")
    only = ONLY.get(do)
    fits = not only or kind in only
    if do in ("scan", "photo") or (do == "unplug" and {"data", "epc"} & set(table.keys())):
        step = replace(step, delivery=read_delivery(table, kind if fits else ""))
    if kind and only and not fits:
        table.wrong("device", f"{do} needs a device of kind {' or '.join(only)}, {device} is {kind}")
    table.finish()
    return step


def _read_often(table: Table, do: str, device: str) -> Step:
    times, gap = table.integer("times", 1, 1, 1_000_000), table.number("gap", 0.0, 0.0, 3600.0)
    return Step(do=do, device=device, times=times, gap=gap)


def _read_plain(table: Table, do: str, device: str) -> Step:
    del table
    return Step(do=do, device=device)


def _read_noise(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, times=table.integer("bytes", 100, 1, 10_000_000))


def _read_garbage(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, data=table.octets("hex"))


def _read_wait(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, seconds=table.number("seconds", None, 0.0, 86400.0))


def _read_clock(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, seconds=table.number("seconds", None, -1e9, 1e9))


def _read_silence(table: Table, do: str, device: str) -> Step:
    return Step(do=do, device=device, seconds=table.number("seconds", None, 0.0, 86400.0))


def _read_sweep(table: Table, do: str, device: str) -> Step:
    low = table.integer("duplicates_from", 1, 1, 1000)
    plan = SweepPlan(
        tags=_epcs(table, "tags", None),
        strays=_epcs(table, "strays", ()),
        rounds=table.integer("rounds", 20, 1, 100_000),
        probability=table.number("probability", 0.65, 0.0, 1.0),
        rssi_dbm=table.number("rssi_dbm", -55.0, -128.0, 0.0),
        antenna=table.integer("antenna", 1, 1, antennas_of("llrp")),
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
        else:
            if problem := epc_problem(epcs[-1]):
                table.wrong(key, problem)
    return tuple(epcs)


_READERS: dict[str, Callable[[Table, str, str], Step]] = {
    "scan": _read_often,
    "photo": _read_often,
    "sweep": _read_sweep,
    "duplicate": _read_often,
    "noise": _read_noise,
    "garbage": _read_garbage,
    "resend": _read_plain,
    "restart": _read_plain,
    "unplug": _read_plain,
    "plug": _read_plain,
    "wait": _read_wait,
    "silence": _read_silence,
    "clock": _read_clock,
}
_NEED_PLUG = frozenset({"scan", "photo", "sweep", "duplicate", "resend", "noise", "garbage", "silence", "unplug"})


def check_order(steps: Sequence[tuple[str, Step]], problems: Problems) -> None:
    """Note what cannot happen: a scan at an unplugged device, a duplicate of nothing."""
    out: set[str] = set()
    delivered: set[str] = set()
    for table, step in steps:
        if step.do in _NEED_PLUG and step.device in out:
            problems.add(table, "do", f"{step.do} at {step.device}, which is unplugged at this time")
        if step.do in ("duplicate", "resend") and step.device not in delivered:
            problems.add(table, "do", f"{step.do} before anything was delivered by {step.device}")
        if step.do in ("scan", "photo"):
            delivered.add(step.device)
        out = _out_after(step, out)


def left_unplugged(steps: Sequence[Step]) -> list[str]:
    """The devices that are unplugged when the steps have happened, sorted."""
    out: set[str] = set()
    for step in steps:
        out = _out_after(step, out)
    return sorted(out)


def _out_after(step: Step, out: set[str]) -> set[str]:
    if step.do == "unplug":
        return out | {step.device}
    return out - {step.device} if step.do == "plug" else out
