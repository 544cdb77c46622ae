"""A simulated crew that counts a warehouse at the wire: a pty scanner, an LLRP reader, a camera.

The crew behaves as people do: it looks at the page after every scan and scans again when nothing came, it types a
quantity for a big pile, it plugs an unplugged scanner in again.  It never reaches into the station to count.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drivers.simulators.base import Delivery
from drivers.simulators.frames import CameraSimulator, camera_simulator
from drivers.simulators.llrp import FieldTag, LlrpSimulator, llrp_simulator
from drivers.simulators.scanner import ScannerSimulator, scanner_simulator
from scanstation.demo.warehouse import COMPANY_PREFIX, Pile, Warehouse
from scanstation.identity import format_sgtin96
from scanstation.settings import DeviceSettings
from scanstation.station.service import Station
from scanstation.stock.model import Tracking

ROUNDS = 20
"""Inventory rounds of one sweep."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Crew:
    """Three devices and somebody who carries them along the shelves, ``pace`` seconds from scan to scan."""

    warehouse: Warehouse
    rng: random.Random
    scanner: ScannerSimulator
    reader: LlrpSimulator
    camera: CameraSimulator
    tell: Tell
    pace: float = 0.0
    patience: float = 2.0
    rescans: int = field(default=0)
    _unplugged: bool = field(default=False)

    def devices(self) -> tuple[DeviceSettings, ...]:
        """What the station must be told to open."""
        return (
            DeviceSettings(name="hand scanner", url=self.scanner.url, reread_s=0),  # it scans faster than hands
            DeviceSettings(name="RFID reader", url=self.reader.url),
            DeviceSettings(name="camera", url=self.camera.url),
        )

    async def count(self, station: Station, location: str) -> None:
        """Open a location by its label, count what lies there, close it by the command label."""
        self.tell(f"counting {location}")
        await self._scan(station, f"LOC-{location}", "")
        piles = self.warehouse.piles(location)
        tagged = [pile for pile in piles if pile.serials]
        if tagged:
            await self._sweep(station, location, tagged)
        for pile in piles:
            if pile.serials:
                continue
            if location.startswith("C"):
                await self._show(station, pile)
            else:
                await self._scan_pile(station, pile)
        for payload, place in self.warehouse.foreign_codes:
            if place == location:
                await self._scan(station, payload, "]E0")
        await self._scan(station, "CMD-CLOSE", "")

    async def _scan_pile(self, station: Station, pile: Pile) -> None:
        payload, aim = self.label(pile)
        if pile.qty > 4:
            await self._scan(station, f"CMD-QTY-{pile.qty}", "")
            await self._scan(station, payload, aim)
            return
        for _ in range(pile.qty):
            await self._scan(station, payload, aim)

    async def _scan(self, station: Station, payload: str, aim: str) -> None:
        """Scan until the page shows it; the first scan of a full location is cut off by a pulled cable."""
        delivery = Delivery(payload=payload.encode("latin-1"), aim=aim)
        if not self._unplugged and payload.startswith("0") and self.rng.random() < 0.2:
            self._unplugged = True
            await self._pull_the_cable(station, delivery)
        for _ in range(5):
            seen = station.view().last
            number = seen.number if seen else 0
            await self.scanner.deliver(delivery)
            if await self._shown(station, number):
                await asyncio.sleep(self.pace)
                return
            self.rescans += 1
        raise RuntimeError(f"the station did not answer five scans of {payload!r}")

    async def _pull_the_cable(self, station: Station, delivery: Delivery) -> None:
        self.tell("the scanner is unplugged in the middle of a scan")
        await self.scanner.break_off(delivery)
        await self._until(station, lambda: self._state(station, "hand scanner") != "ready")
        self.tell("and plugged in again")
        await self.scanner.plug()
        await self._until(station, lambda: self._state(station, "hand scanner") == "ready")

    async def _show(self, station: Station, pile: Pile) -> None:
        """Hold one unit before the camera; a bigger pile is one label and a quantity."""
        payload, aim = self.label(pile)
        if pile.qty > 1:
            await self._scan(station, f"CMD-QTY-{pile.qty}", "")
        for _ in range(4):
            seen = station.view().last
            number = seen.number if seen else 0
            await self.camera.deliver(Delivery(payload=payload.encode(), aim=aim))
            if await self._shown(station, number):
                await asyncio.sleep(self.pace)
                return
            self.rescans += 1
        raise RuntimeError(f"the camera did not read {payload!r} in four tries")

    async def _sweep(self, station: Station, location: str, piles: list[Pile]) -> None:
        """Sweep until every round is over; tags of the next bay are strays: far weaker, seldom read."""
        here = [self._tag(epc, 0.65, -55.0) for pile in piles for epc in self.epcs(pile)]
        beside = [
            self._tag(epc, 0.05, -70.0)
            for pile in self.warehouse.shelf
            if pile.serials and pile.location != location
            for epc in self.epcs(pile)
        ]
        await self.reader.sweep(here + beside, rounds=ROUNDS, duplicates=(1, 3))
        await self._until(station, lambda: station.view().swept_tags >= len(here))
        await asyncio.sleep(0.2)

    def _tag(self, epc: bytes, probability: float, rssi: float) -> FieldTag:
        return FieldTag(epc=epc, probability=probability, rssi_dbm=rssi + self.rng.gauss(0, 2))

    def epcs(self, pile: Pile) -> list[bytes]:
        """The tags of a pile, as SGTIN-96."""
        item = self.warehouse.item(pile.item)
        return [format_sgtin96(item.gtin or "", serial, len(COMPANY_PREFIX), filter=1) for serial in pile.serials]

    def label(self, pile: Pile) -> tuple[str, str]:
        """Payload and AIM identifier of the label on a unit."""
        item = self.warehouse.item(pile.item)
        gtin = item.gtin or ""
        if item.tracking is Tracking.LOT:
            return f"01{gtin}10{pile.lot}", "]C1"
        return gtin[1:], "]E0"

    async def _shown(self, station: Station, number: int, patience: float | None = None) -> bool:
        try:
            await self._until(
                station, lambda: (last := station.view().last) is not None and last.number > number, patience
            )
        except TimeoutError:
            return False
        return True

    async def _until(self, station: Station, condition: Callable[[], bool], patience: float | None = None) -> None:
        async with asyncio.timeout(patience or self.patience):
            async for _ in station.changes():
                if condition():
                    return

    @staticmethod
    def _state(station: Station, name: str) -> str:
        return station.devices[name].status.state.value


@asynccontextmanager
async def hired(
    warehouse: Warehouse, rng: random.Random, folder: Path, tell: Tell, pace: float = 0.0
) -> AsyncIterator[Crew]:
    """Start the simulated devices; stop them at the end."""
    scanner, reader, camera = (
        scanner_simulator(rng, folder), llrp_simulator(rng, folder), camera_simulator(rng, folder),
    )  # fmt: skip
    started = (scanner, reader, camera)
    for simulator in started:
        await simulator.start()
    try:
        yield Crew(warehouse=warehouse, rng=rng, scanner=scanner, reader=reader, camera=camera, tell=tell, pace=pace)
    finally:
        for simulator in started:
            await simulator.stop()
