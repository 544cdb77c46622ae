"""The main job on real material: real products as catalogue, photos as camera frames, captured device frames.

Stock records are made so that known differences exist: on the shelf, which is scanned at the wire; in the photos,
whose labels are known; on the tags of the captures.  A label that no decoder reads shows as missing, so it is told
apart from what was planted.
"""

import asyncio
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drivers.protocols import decode
from drivers.simulators.base import Delivery
from drivers.simulators.scanner import scanner_simulator
from scanstation.access import Role
from scanstation.demo.data import import_files, write_files
from scanstation.demo.material import Frame, Product, find_material, frames, photos, products
from scanstation.demo.run import wall_us
from scanstation.demo.warehouse import Warehouse
from scanstation.identity import IdentityError, Names, identify
from scanstation.reports import AuditReport, write_report
from scanstation.settings import DeviceSettings, Settings
from scanstation.station.service import Station
from scanstation.station.wiring import House, open_house
from scanstation.stock.model import Item, Location, StockRecord, Tracking

SHELF, PHOTOS, WIRE = "SHELF", "PHOTOS", "WIRE"
REPLAYS = {"serial-aim-cr": "lines", "serial-stx-etx": "lines", "keyence-sr-tcp": "lines", "llrp": "llrp"}
"""Protocol of a captured frame -> protocol of the device that replays it."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class RealResult:
    """What was planted by (item, location), and the report."""

    planted: dict[tuple[str, str], int]
    report: AuditReport

    @property
    def found(self) -> int:
        """Planted differences that the engine raised at their place."""
        raised = {(row.item, row.location) for row in self.report.findings}
        return sum(key in raised for key in self.planted)

    @property
    def unread(self) -> list[str]:
        """Items of the photos that show as missing although nothing was planted: no decoder read their label."""
        return [
            row.item for row in self.report.findings
            if row.location == PHOTOS and row.variance < 0 and (row.item, PHOTOS) not in self.planted
        ]  # fmt: skip

    @property
    def unexplained(self) -> list[str]:
        """Differences that were neither planted nor come from an unread label."""
        missing = set(self.unread)
        return [
            f"{row.item} at {row.location}: {row.variance:+d}" for row in self.report.findings
            if (row.item, row.location) not in self.planted and row.item not in missing
        ]  # fmt: skip


def run_real(out: Path, *, tell: Tell, seed: int = 7, every: int = 1) -> RealResult:
    """Run it in ``out`` (an earlier run there is replaced); tells what was read, parked and concluded.

    ``every`` 10 takes every tenth picture only.
    """
    return asyncio.run(_Real(out, tell, random.Random(seed), every).run())


class _Real:
    def __init__(self, out: Path, tell: Tell, rng: random.Random, every: int) -> None:
        self.out, self.tell, self.rng, self.every = out, tell, rng, every
        self.material = find_material()
        self.house = Warehouse()
        self.planted: dict[tuple[str, str], int] = {}
        self.shelf: list[tuple[str, int]] = []  # (barcode, units really there)

    async def run(self) -> RealResult:
        shutil.rmtree(self.out, ignore_errors=True)
        catalogue = list(products(self.material))
        self.pictures = photos(self.material, self.every)
        self._plan_shelf(catalogue)
        self._plan_photos(catalogue)
        captures = self._captures()
        self._plan_wire()
        self.house.items = self._items(catalogue)
        self.house.locations = [Location(location=place, site="REAL") for place in (SHELF, PHOTOS, WIRE)]
        settings = Settings().model_copy(update={"data_dir": self.out / "station", "devices": ()})
        ticks = time.monotonic_ns
        with open_house(settings, wall=wall_us, monotonic=lambda: ticks() // 1000, ids=lambda: "REAL") as house:
            self._import(house)
            async with house.station(self.rng) as station:
                return await self._audit(house, station, captures)

    # what is planned

    def _record(self, item: str, location: str, recorded: int, real: int, lot: str | None = None) -> None:
        self.house.records.append(StockRecord(item=item, location=location, lot=lot, qty=recorded))
        if recorded != real:
            self.planted[item, location] = real - recorded

    def _plan_shelf(self, catalogue: list[Product]) -> None:
        for place, product in enumerate(self.rng.sample(catalogue, 300)):
            real = self.rng.randrange(1, 6)
            recorded = real + (2 if place % 20 == 0 else -1 if place % 20 == 7 else 0)
            self.shelf.append((product.barcode, real))
            self._record(product.barcode, SHELF, recorded, real)

    def _plan_photos(self, catalogue: list[Product]) -> None:
        known = {product.barcode.zfill(14) for product in catalogue}
        self.photo_items = [gtin for gtin in self.pictures.gtins if gtin not in known]
        by_gtin = {product.barcode.zfill(14): product.barcode for product in catalogue}
        for place, (gtin, real) in enumerate(sorted(self.pictures.gtins.items())):
            self._record(by_gtin.get(gtin, gtin), PHOTOS, real + (1 if place % 12 == 0 else 0), real)

    def _plan_wire(self) -> None:
        for place, ((item, lot), real) in enumerate(sorted(self.wire_units.items())):
            self._record(item, WIRE, real + (1 if place == 0 else 0), real, lot or None)

    def _items(self, catalogue: list[Product]) -> list[Item]:
        items = [
            Item(item=row.barcode, name=row.name, gtin=row.barcode.zfill(14), unit_cost=25_000) for row in catalogue
        ]
        items += [Item(item=gtin, name="product of a photo", gtin=gtin, unit_cost=25_000) for gtin in self.photo_items]
        known = {item.gtin for item in items}
        items += [_item(gtin, "tagged product", Tracking.SERIAL) for gtin, _ in self.wire_units if gtin not in known]
        return items

    def _captures(self) -> list[str]:
        """Write the captured frames as replays, one a protocol; note what units their tags and codes name."""
        folder = self.out / "captures"
        folder.mkdir(parents=True)
        chosen = [frame for frame in frames(self.material) if frame.protocol in REPLAYS and _delivers(frame)]
        self.wire_units: Counter[tuple[str, str]] = Counter()
        for frame in chosen:
            self.wire_units.update(_units(frame))
        urls = []
        for protocol, device in REPLAYS.items():
            lines = [
                {"t": index * 0.05, "hex": frame.data.hex()}
                for index, frame in enumerate(chosen)
                if frame.protocol == protocol
            ]
            path = folder / f"{protocol}.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            urls.append(f"replay:{path}?protocol={device}")
        return urls

    def _frames_folder(self) -> Path:
        """The chosen pictures side by side, as the camera takes a folder."""
        folder = (self.out / "pictures").resolve()
        folder.mkdir()
        for file in self.pictures.files:
            (folder / file.name).symlink_to(file)
        return folder

    # what is done

    def _import(self, house: House) -> None:
        began = time.perf_counter()
        import_files(write_files(self.house, self.out / "data"), house.stock)
        self.tell(f"{len(self.house.items):,} items imported in {time.perf_counter() - began:.1f} s")
        house.access.create_first_admin(house.access.setup_code() or "", "ADMIN", "Admin", "16180")
        house.access.add_operator("C01", "Casey Counter", Role.COUNTER, "31415")

    async def _audit(self, house: House, station: Station, captures: list[str]) -> RealResult:
        house.office.open_audit("Real material", [SHELF, PHOTOS, WIRE], operator="ADMIN")
        await station.sign_in("C01")
        await station.choose_audit("REAL")
        await self._count_shelf(station)
        await self._count_device(station, PHOTOS, [f"camera://{self._frames_folder()}"])
        await self._count_device(station, WIRE, captures)
        report = house.office.report("REAL")
        write_report(report, self.out)
        result = RealResult(self.planted, report)
        self._conclude(result)
        return result

    async def _count_shelf(self, station: Station) -> None:
        simulator = scanner_simulator(self.rng, self.out)
        await simulator.start()
        station.devices.add(DeviceSettings(name="hand scanner", url=simulator.url, reread_s=0))
        await station.typed(f"LOC-{SHELF}")
        scans = [barcode for barcode, real in self.shelf for _ in range(real)]
        self.rng.shuffle(scans)
        first = _number(station)
        for barcode in scans:
            await simulator.deliver(_printed(barcode))
        await _until(station, lambda: _number(station) >= first + len(scans))
        self.tell(f"{SHELF}: {len(scans)} scans of {len(self.shelf)} products at the wire")
        await station.close_location()
        await station.devices["hand scanner"].close()
        await simulator.stop()

    async def _count_device(self, station: Station, location: str, urls: list[str]) -> None:
        await station.typed(f"LOC-{location}")
        verdicts: Counter[str] = Counter()
        symbologies: Counter[str] = Counter()
        for url in urls:
            device = station.devices.open(DeviceSettings(name=url.rpartition("/")[2][:40], url=url, reread_s=0))
            async for read in device.reads():
                verdict = await station.take(read)
                verdicts[verdict.value] += 1
                symbologies[read.aim or read.carrier.value] += 1
                await device.ack(read, verdict)
            await device.close()
        kinds = ", ".join(f"{name} {count}" for name, count in symbologies.most_common())
        self.tell(f"{location}: {sum(verdicts.values())} reads ({kinds}): {dict(verdicts)}")
        self.tell((await station.close_location()).text)

    def _conclude(self, result: RealResult) -> None:
        report = result.report
        self.tell(f"parked: {len(report.parked)} payloads, such as:")
        for code in report.parked[:5]:
            self.tell(f"  {code.payload[:60]!r} at {code.location}: {code.why}")
        self.tell(f"{len(self.planted)} differences planted, {result.found} raised")
        self.tell(f"{len(result.unread)} items show as missing because no decoder read their label")
        for text in result.unexplained:
            self.tell(f"unexplained: {text}")
        self.tell(f"report: {self.out / 'report.html'}")


def _item(number: str, name: str, tracking: Tracking = Tracking.NONE) -> Item:
    return Item(item=number, name=name, gtin=number.zfill(14), unit_cost=25_000, tracking=tracking)


def _printed(barcode: str) -> Delivery:
    """What a scanner sends for a product's symbol: EAN-8, ITF-14, or 13 digits (a UPC-A with its leading zero)."""
    aim = {8: "]E4", 14: "]I1"}.get(len(barcode), "]E0")
    return Delivery(payload=(barcode if len(barcode) == 8 else barcode.zfill(13)).encode(), aim=aim)


def _delivers(frame: Frame) -> bool:
    """Whether reads may come of this frame; answers to a host's commands have no place in a replay."""
    return frame.protocol != "llrp" or any("epc" in fields for fields in decode(frame.protocol, frame.data))


def _units(frame: Frame) -> list[tuple[str, str]]:
    """GTIN-14 and lot of every tag or code in a captured frame that names a trade item."""
    found = []
    for fields in decode(frame.protocol, frame.data):
        try:
            if epc := fields.get("epc"):
                identity = identify(bytes.fromhex(epc), carrier="epc")
            else:
                identity = identify(str(fields.get("data", "")), aim=str(fields.get("aim", "")))
        except IdentityError:
            continue
        if identity.names is Names.TRADE_ITEM:
            found.append((identity.key, identity.lot or ""))
    return found


def _number(station: Station) -> int:
    last = station.view().last
    return last.number if last else 0


async def _until(station: Station, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        async for _ in station.changes():
            if condition():
                return
