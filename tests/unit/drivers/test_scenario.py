"""Scenario files: what they say, and every mistake of a file at once."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from drivers import DriverError, Reason
from drivers.simulators.base import Delivery, Simulator, simulator_schemes
from drivers.simulators.faults import Faults, FaultyWire, damaged
from drivers.simulators.kinds import BADGE_SIZES, CARRIED, ONLY, Carried, faults_of
from drivers.simulators.scenario import Scenario, Step, load_scenario, play

GOOD = """
title = "Two devices"
seed = 9
[devices.scanner]
kind = "serial"
[devices.portal]
kind = "llrp"
[[steps]]
do = "scan"
device = "scanner"
data = "LOC-A-01"
aim = "]C0"
times = 2
gap = 0.5
[[steps]]
do = "duplicate"
device = "scanner"
[[steps]]
do = "sweep"
device = "portal"
tags = ["3034257BF7194E4000000001"]
duplicates_to = 3
[[steps]]
do = "scan"
device = "portal"
epc = "3034257BF7194E4000000002"
antenna = 2
rssi_dbm = -60
[[steps]]
do = "unplug"
device = "scanner"
data = "HALF"
[[steps]]
do = "wait"
seconds = 3
[[steps]]
do = "plug"
device = "scanner"
[[steps]]
do = "noise"
device = "scanner"
bytes = 16
[[steps]]
do = "garbage"
device = "scanner"
hex = "0d 0a"
[[steps]]
do = "unplug"
device = "scanner"
"""

BAD = """
seed = "seven"
sed = 7
[devices.scanner]
kind = "morse"
[devices.camera]
kind = "camera"
[devices.portal]
kind = "llrp"
colour = "red"
[[steps]]
do = "dance"
[[steps]]
do = "scan"
device = "nobody"
[[steps]]
do = "photo"
device = "portal"
data = "X"
times = 0
[[steps]]
do = "sweep"
device = "camera"
probability = 1.5
tags = ["zz", "e28011"]
[[steps]]
do = "unplug"
device = "camera"
[[steps]]
do = "photo"
device = "camera"
data = "X"
tmes = 2
[[steps]]
do = "duplicate"
device = "scanner"
[[steps]]
do = "garbage"
device = "portal"
hex = "0"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


class Diary:
    """A simulator that writes down what is asked of it."""

    def __init__(self) -> None:
        self.url = "null:"
        self.entries: list[object] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def deliver(self, delivery: Delivery) -> None:
        self.entries.append(delivery)

    async def break_off(self, delivery: Delivery) -> None:
        self.entries.append(("break off", delivery))

    async def unplug(self) -> None:
        self.entries.append("unplug")

    async def plug(self) -> None:
        self.entries.append("plug")

    async def garbage(self, data: bytes) -> None:
        self.entries.append(data)

    async def sweep(self, tags, rounds=20, *, gap=0.0, duplicates=(1, 1), sleep=None) -> None:  # type: ignore[no-untyped-def]
        self.entries.append((tags[0].epc.hex(), rounds, duplicates))


async def test_a_scenario_plays_step_by_step_in_simulated_time(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, GOOD))
    assert (scenario.title, scenario.seed) == ("Two devices", 9)
    assert scenario.devices == {"scanner": "serial", "portal": "llrp"}
    scanner, portal = Diary(), Diary()
    simulators: dict[str, Simulator] = {"scanner": scanner, "portal": portal}
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    await play(scenario, simulators, sleep=sleep, rng=random.Random(scenario.seed))
    place = Delivery(b"LOC-A-01", "]C0")
    noise = random.Random(9).randbytes(16)
    assert scanner.entries == [
        "plug", place, place, place, ("break off", Delivery(b"HALF")), "plug", noise, b"\r\n", "unplug",
    ]  # fmt: skip
    assert portal.entries == [
        ("3034257bf7194e4000000001", 20, (1, 3)),
        Delivery(bytes.fromhex("3034257BF7194E4000000002"), epc=True, antenna=2, rssi_dbm=-60.0),
    ]
    assert slept == [0.5, 0.5, 0.0, 0.0, 3.0]


def test_every_mistake_is_told_at_once_with_table_key_and_why(tmp_path: Path) -> None:
    with pytest.raises(DriverError) as caught:
        load_scenario(written(tmp_path, BAD))
    assert caught.value.reason is Reason.BAD_FILE
    kinds = ", ".join(simulator_schemes())
    dances = "scan, photo, sweep, duplicate, noise, garbage, resend, restart, unplug, plug, wait, silence, clock"
    assert str(caught.value).splitlines() == [
        "scenario.toml: [] seed: 'seven' is not a whole number",
        f"scenario.toml: [devices.scanner] kind: 'morse' is none of {kinds}",
        "scenario.toml: [devices.portal] colour: unknown key (known here: kind)",
        f"scenario.toml: [steps 1] do: 'dance' is none of {dances}",
        "scenario.toml: [steps 2] device: 'nobody' is none of scanner, camera, portal",
        "scenario.toml: [steps 2] data: is missing; it is text",
        "scenario.toml: [steps 3] times: 0 is not from 1 to 1000000",
        "scenario.toml: [steps 3] device: photo needs a device of kind camera or rtsp, portal is llrp",
        "scenario.toml: [steps 4] tags: 'zz' is not an EPC in hex",
        "scenario.toml: [steps 4] tags: 'e28011' is no EPC: it is whole words of 4 hex digits, from 1 to 31 of them",
        "scenario.toml: [steps 4] probability: 1.5 is not from 0.0 to 1.0",
        "scenario.toml: [steps 4] device: sweep needs a device of kind llrp, camera is camera",
        "scenario.toml: [steps 6] tmes: unknown key (known here: do, device, times, gap, data, aim)",
        "scenario.toml: [steps 8] hex: '0' is not pairs of hex digits",
        "scenario.toml: [] sed: unknown key (known here: title, seed, devices, steps)",
        "scenario.toml: [steps 6] do: photo at camera, which is unplugged at this time",
        "scenario.toml: [steps 7] do: duplicate before anything was delivered by scanner",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "[devices]: there is none"),
        ("seed = x", "line 1"),
        ("devices = 3", "devices: 3 is not a table"),
        ('steps = [1]\n[devices.a]\nkind = "serial"', "[steps 1]: is not a table"),
        ('steps = 1\n[devices.a]\nkind = "serial"', "steps: 1 is not a list"),
        ("[devices]\na = 1", "a: 1 is not a table"),
    ],
)
def test_files_of_the_wrong_shape(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DriverError) as caught:
        load_scenario(written(tmp_path, text))
    assert caught.value.reason is Reason.BAD_FILE
    assert words in str(caught.value)


EAN = 'data = "4006381333931"'
TAG = 'epc = "3034257bf7194e4000000001"'
CODES = 'reads codes and no tags; write data = "4006381333931" and aim = "]E0"'
LINE_END = "ends a scan at CR and LF; leave them out, or write a scan for each line"
RETAIL = "]E0 (13 digits), ]E3 (15 or 18 digits) or ]E4 (8 digits)"
LETTERS = "]A ]C ]F ]G ]H ]I ]J ]K ]L ]M ]Q ]R ]S ]T ]U ]d ]e ]h ]z"
SSI = "aim: SSI has no code type for"
TAGS = f"reads tags and no codes; write {TAG}"


@pytest.mark.parametrize(
    ("kind", "read", "told"),
    [
        ("evdev", 'epc = "e280"\nantenna = 2', f"epc: evdev {CODES}"),
        ("camera", TAG, f"epc: camera {CODES}"),
        ("r200", EAN, f"data: r200 {TAGS}"),
        ("thingmagic", EAN + '\naim = "]E0"', f"data: thingmagic {TAGS}"),
        ("llrp", EAN, f"data: llrp {TAGS}"),
        ("http", EAN, f"data: http {TAGS}"),
        ("mqtt-zebra", EAN, f"data: mqtt-zebra {TAGS}"),
        ("rdm6300", EAN, 'data: rdm6300 reads badges and no codes; write epc = "0000000000"'),
        ("rdm6300", 'epc = "0102"', "epc: a badge of rdm6300 has 5 bytes, not 2"),
        ("pn532", 'epc = "010203"', "epc: a badge of pn532 has 4 or 7 or 10 bytes, not 3"),
        ("r200", 'epc = "e28011"', "epc: 'e28011' is no EPC: it is whole words of 4 hex digits, from 1 to 31 of them"),
        ("tsl", 'epc = ""', "epc: '' is no EPC: it is whole words of 4 hex digits, from 1 to 31 of them"),
        ("thingmagic", f"{TAG}\nantenna = 16", "antenna: 16 is not from 1 to 15"),
        ("uhfreader18", f"{TAG}\nantenna = 9", "antenna: 9 is not from 1 to 8"),
        ("llrp", f"{TAG}\nantenna = 5", "antenna: 5 is not from 1 to 4"),
        ("tsl", f"{TAG}\nantenna = 2", "antenna: unknown key (known here: do, device, times, gap, epc, rssi_dbm)"),
        ("hidraw", EAN + '\naim = "E0"', "aim: 'E0' is no AIM identifier; write ], a letter and a digit, such as ]E0"),
        ("serial", 'data = ""', "data: is empty; a scan has at least one character"),
        ("serial", 'data = "A\\rB"', f"data: serial {LINE_END}"),
        ("camera", 'data = "A"\naim = "]E0"', "data: 'A' is no EAN: 13 or 8 digits"),
        ("ssi", EAN + '\naim = "]X0"', f"{SSI} ]X0; take a modifier of {LETTERS}, or {RETAIL}"),
        ("ssi", 'data = "12345"\naim = "]E0"', f"{SSI} ]E0 with 5 characters; EAN and UPC are {RETAIL}"),
    ],
)
def test_a_read_that_a_kind_cannot_make_is_told_at_load(kind: str, read: str, told: str, tmp_path: Path) -> None:
    for do in ("scan", "unplug"):
        text = f'[devices.it]\nkind = "{kind}"\n[[steps]]\ndo = "{do}"\ndevice = "it"\n{read}\n'
        with pytest.raises(DriverError) as caught:
            load_scenario(written(tmp_path, text))
        expected = told.replace("times, gap, ", "") if do == "unplug" else told
        assert str(caught.value) == f"scenario.toml: [steps 1] {expected}"


def test_each_kind_takes_the_reads_that_it_can_make(tmp_path: Path) -> None:
    example = {Carried.CODE: EAN, Carried.TAG: f"{TAG}\nrssi_dbm = -61.5"}
    for kind, carried in CARRIED.items():
        for one in carried:
            read = example.get(one) or f'epc = "{bytes(BADGE_SIZES[kind][0]).hex()}"'
            text = f'[devices.it]\nkind = "{kind}"\n[[steps]]\ndo = "scan"\ndevice = "it"\n{read}\n'
            [step] = load_scenario(written(tmp_path, text)).steps
            assert step.delivery is not None and step.delivery.epc == (one is not Carried.CODE)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(DriverError) as caught:
        load_scenario(tmp_path / "none.toml")
    assert caught.value.reason is Reason.NOT_FOUND


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Step(do="wait").do = "scan"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Scenario(title="", seed=1, devices={}).seed = 2  # type: ignore[misc]


def test_faults_silence_and_clock_are_checked(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(
        '[devices.a]\nkind = "camera"\n[devices.a.faults]\nslow = 2\ncut = 1\n'
        '[devices.b]\nkind = "serial"\n[devices.b.faults]\nsplit = 2\n'
        '[devices.c]\nkind = "llrp"\n[devices.c.faults]\nsplit = 1.0\nnoise = 5\n'
        '[[steps]]\ndo = "silence"\ndevice = "b"\nseconds = 1\n'
        '[[steps]]\ndo = "clock"\ndevice = "b"\nseconds = -5\n'
    )
    with pytest.raises(DriverError) as caught:
        load_scenario(tmp_path / "scenario.toml")
    text = str(caught.value)
    for words in (
        "[devices.a.faults] slow: this kind has no such fault (it may have: none)",
        "[devices.a.faults] cut: unknown key (known here: split, merge, spoil, noise, slow)",
        "[devices.b.faults] split: 2 is not from 0.0 to 1.0",
        "[devices.c.faults] noise: this kind has no such fault (it may have: merge, slow, split)",
        "[steps 1] device: silence needs a device of kind r200",
        "[steps 2] device: clock needs a device of kind evdev",
    ):
        assert words in text
    assert "[devices.c.faults] split" not in text


def test_faults_are_the_same_for_the_same_seed_and_lose_nothing() -> None:
    faults = Faults(split=0.3, spoil=0.5, noise=20)
    wires = [
        [faults.portions(faults.dirty(b"]C0ITEM-%d\r" % n, rng, damaged), rng) for n in range(50)]
        for rng in (random.Random(5), random.Random(5), random.Random(6))
    ]
    assert wires[0] == wires[1] != wires[2]
    assert all(b"".join(portions).endswith(b"]C0ITEM-%d\r" % n) for n, portions in enumerate(wires[0]))
    assert any(len(portions) > 3 for portions in wires[0])


class Wire(FaultyWire):
    """Keeps what is put on it."""

    def __init__(self) -> None:
        super().__init__()
        self._rng = random.Random(1)
        self.written = bytearray()

    async def _write(self, data: bytes) -> None:
        self.written += data
        await asyncio.sleep(0)


async def test_a_frame_that_is_said_while_others_go_out_follows_them() -> None:
    wire = Wire()
    wire.faults = Faults(split=1.0, merge=3, slow=0.01)
    await wire.say(b"first")
    async with asyncio.timeout(20):
        while not wire.written:
            await asyncio.sleep(0.001)
        await wire.say(b"second")
        while wire.written != b"firstsecond":
            await asyncio.sleep(0.001)


async def test_a_slow_wire_delays_every_frame_also_when_it_does_not_cut_them() -> None:
    wire = Wire()
    wire.faults = Faults(slow=0.05)
    before = time.monotonic()
    for number in range(1, 4):
        await wire.say(b"frame ")
        assert time.monotonic() - before >= 0.05 * number
    assert wire.written == b"frame frame frame "


def test_faults_and_steps_are_told_of_kinds_that_there_are() -> None:
    assert {kind for kinds in ONLY.values() for kind in kinds} <= set(CARRIED) <= set(simulator_schemes())
    assert {kind: sorted(faults_of(kind)) for kind in ("serial", "http", "ssi", "llrp", "mqtt", "rtsp")} == {
        "serial": ["merge", "noise", "slow", "split", "spoil"],
        "http": ["merge", "slow", "split", "spoil"],
        "ssi": ["noise", "slow", "split", "spoil"],
        "llrp": ["merge", "slow", "split"],
        "mqtt": ["slow", "split"],
        "rtsp": [],
    }
