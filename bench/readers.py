"""Many RFID readers at one station, and a serial scanner beside them: is anything lost, and does the scanner wait?

    python bench/readers.py [--seconds 60] [--readers 1 8] [--rate 1000] [--json]

A station with its stock file and journal, a page that watches it, N simulated LLRP readers of 1,000 reads a second
each, and a Zebra scanner (SSI) on a pseudo terminal that scans up to 20 times a second; each device is a process of
its own (bench/peers/load.py).  Every tag lies before two readers.  At the end the location is closed.  Nothing is lost
when every read that was sent was taken in, every tag is counted exactly once, and every scan too, by the journal.

``ack`` is what the scanner sees: from the first byte of its scan to the station's acknowledgement, which follows the
fsync of the journal; it looks for the answer every 5 ms.  ``cpu`` is that of the station's process, in cores.
``maps`` is how many things the station remembers of the reads when all have come: it must not grow with the reads.

Exit status 1 when something is lost or p99 of an acknowledgement is 100 ms or more (``--untimed``: only when lost).
"""

import argparse
import asyncio
import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import structlog
from peers.load import BARCODED, OWN_TAGS, TAGGED

from drivers.device import State
from drivers.devices import WireDevice
from scanstation.access import Role, system_access
from scanstation.counting.clock import StationClock
from scanstation.counting.events import CountEvent, EventKind
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.service import Station
from scanstation.stock.model import Item, Location, Tracking
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock

BAR_MS = 100.0
PATIENCE = 120.0
"""Seconds in which everything must be ready, and in which what was sent must arrive."""
LOAD = Path(__file__).resolve().parent / "peers" / "load.py"


class Peer:
    """A device in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *words: object) -> "Peer":
        """Start it."""
        pipe = subprocess.PIPE
        arguments = (str(LOAD), *map(str, words))
        return cls(
            await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe, limit=1 << 24)
        )

    async def said(self) -> Any:
        """What it says next."""
        assert self._process.stdout is not None
        return json.loads(await self._process.stdout.readline())

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")

    async def stop(self) -> None:
        """End it and wait until it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


def stocked(folder: Path) -> StockStore:
    """A stock file with an item of each kind, one location, one audit and one counter."""
    stock = open_stock(folder / "stock.db")
    stock.put_items(
        [
            Item(item="LAMP", name="Lamp", gtin=BARCODED, unit_cost=1),
            Item(item="DRILL", name="Drill", gtin=TAGGED, unit_cost=1, tracking=Tracking.SERIAL),
        ]
    )
    stock.put_locations([Location(location="A-01")])
    stock.create_audit("AU1", name="Load", at=1)
    stock.take_snapshot("AU1", 2, ["A-01"])
    access = system_access(StoredOperatorBook(stock.engine))
    access.create_first_admin(access.setup_code() or "", "ADM", "Ada", "16180")
    access.add_operator("C01", "Casey", Role.COUNTER, "31415")
    return stock


@asynccontextmanager
async def counting(folder: Path) -> AsyncIterator[Station]:
    """A station at which somebody counts A-01."""
    with closing(stocked(folder)) as stock, SqliteJournal(folder / "journal.db") as journal:
        settings = Settings(data_dir=folder, devices=())
        async with Station(settings, stock, journal, StationClock.system(), random.Random(1)) as station:
            await station.sign_in("C01")
            await station.choose_audit("AU1")
            await station.typed("LOC-A-01")
            yield station


async def watch(station: Station) -> None:
    """Draw every change, as the page does."""
    async for _ in station.changes():
        await asyncio.sleep(0.05)


async def until(what: Any) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(PATIENCE):
        while not what():
            await asyncio.sleep(0.02)


async def run(folder: Path, readers: int, rate: int, seconds: float) -> dict[str, Any]:
    """One station, so many readers; what was sent, taken in and counted, and how long the scanner waited."""
    peers = [await Peer.start("reader", number, readers, rate, seconds) for number in range(readers)]
    peers.append(await Peer.start("scanner", seconds))
    names = [*(f"gate {number}" for number in range(readers)), "scanner"]
    try:
        async with counting(folder) as station:
            page = asyncio.create_task(watch(station))
            for name, peer in zip(names, peers, strict=True):
                station.devices.add(DeviceSettings(name=name, url=await peer.said()))
            await until(lambda: all(device.status.state is State.READY for device in station.devices.values()))
            cpu, began = time.process_time(), time.monotonic()
            for peer in peers:
                peer.go()
            told = [await peer.said() for peer in peers]
            sent, scans = sum(one["sent"] for one in told[:-1]), told[-1]["seconds"]
            await until(lambda: taken(station, names[:-1]) >= sent)
            took, cpu = time.monotonic() - began, time.process_time() - cpu
            maps = remembered(station)
            await station.close_location()
            page.cancel()
            events = list(station.journal.events())
            counted = tally(events)
    finally:
        for peer in peers:
            await peer.stop()
    cuts = [1e3 * one for one in statistics.quantiles(scans, n=100)]
    tags = OWN_TAGS * readers
    return {
        "readers": readers,
        "sent": sent,
        "reads_per_s": round(sent / took),
        "lost_reads": sent - taken(station, names[:-1]),
        "tags": tags,
        "tags_counted_once": sum(times == 1 for (item, _), times in counted.items() if item == "DRILL"),
        "tag_events": sum(times for (item, _), times in counted.items() if item == "DRILL"),
        "sweeps": sum(event.kind is EventKind.SWEEP_STARTED for event in events),
        "scans": len(scans),
        "scans_counted": counted[("LAMP", None)],
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "cpu": round(cpu / took, 2),
        "maps": maps,
    }


def taken(station: Station, names: list[str]) -> int:
    """Reads of these devices that went down the street."""
    return sum(station.watches.of(name).reads for name in names)


def remembered(station: Station) -> dict[str, int]:
    """How many things the station keeps of the reads."""
    wires = [device for device in station.devices.values() if isinstance(device, WireDevice)]
    return {"sweep": len(station.sweep or ()), "waiting": sum(device.held for device in wires)}


def tally(events: Iterable[CountEvent]) -> Counter[tuple[str | None, str | None]]:
    """Units by item and serial, as the journal holds them."""
    counts: Counter[tuple[str | None, str | None]] = Counter()
    for event in events:
        if event.kind is EventKind.COUNTED:
            counts[event.item, event.serial] += event.qty or 0
    return counts


def faults(row: dict[str, Any], timed: bool) -> list[str]:
    """What a run got wrong, in words."""
    wrong = []
    if row["lost_reads"]:
        wrong.append(f"{row['lost_reads']} reads lost")
    if not row["tags"] == row["tags_counted_once"] == row["tag_events"]:
        wrong.append(f"{row['tags_counted_once']} of {row['tags']} tags counted once, {row['tag_events']} events")
    if row["scans"] != row["scans_counted"]:
        wrong.append(f"{row['scans_counted']} of {row['scans']} scans counted")
    if timed and row["p99_ms"] >= BAR_MS:
        wrong.append(f"p99 of the acknowledgement {row['p99_ms']} ms")
    return wrong


def main() -> int:
    """Measure, print, and say by the exit code whether it held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rate", type=int, default=1_000, help="reads a second of each reader")
    parser.add_argument("--untimed", action="store_true", help="judge only what was lost")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rows = []
    for readers in options.readers:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(asyncio.run(run(Path(folder), readers, options.rate, options.seconds)))
    wrong = [f"{row['readers']} readers: {fault}" for row in rows for fault in faults(row, not options.untimed)]
    if options.json:
        print(json.dumps(rows))
    else:
        show(rows)
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


def show(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table; the ratio is to the first."""
    print("readers   reads/s      sent  lost   scans   ack p50   p99 ms  ratio of p99   cpu")
    for row in rows:
        ratio = row["p99_ms"] / rows[0]["p99_ms"]
        print(
            f"{row['readers']:7} {row['reads_per_s']:9,} {row['sent']:9,} {row['lost_reads']:5} {row['scans']:7}"
            f" {row['p50_ms']:9} {row['p99_ms']:8} {ratio:13.2f} {row['cpu']:5}"
        )


if __name__ == "__main__":
    raise SystemExit(main())
