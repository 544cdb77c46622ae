"""A real station in this process, served by uvicorn, and the system's Chromium: one browser for all tests of a worker.

Everything runs in the session's event loop, so that a test can touch the station and the page side by side.
"""

import asyncio
import contextlib
import importlib.util
import os
import random
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from drivers import Carrier, Read, Verdict
from scanstation.access import Access, Role, system_access
from scanstation.counting.clock import StationClock
from scanstation.counting.events import CountEvent, EventKind
from scanstation.settings import DeviceSettings, Settings, WedgeSettings
from scanstation.station.service import Station
from scanstation.stock.catalogue import Code
from scanstation.stock.model import Item, Location, StockRecord, Tracking
from scanstation.store.access import StoredOperatorBook
from scanstation.store.journal import SqliteJournal
from scanstation.store.stock import StockStore, open_stock
from scanstation.web.app import create_app
from scanstation.web.door import COOKIE
from scanstation.web.server import PageServer, listen, server_config

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first that is there is taken: the same engine, and without windows a page costs a quarter."""

CHROMIUM = os.environ.get("SCANSTATION_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
expect.set_options(timeout=20_000)  # a busy machine answers late; nothing here is about speed
PIN = "7302"
TEA, LAMP, DRILL, COAT = "9521141000014", "9521141000021", "9521141000038", "9521141000045"
HIDDEN_QUANTITY = 73_219
"""What the record says of the tea: a number that must not appear anywhere while the count is blind."""

LISTEN = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (when) {
  window.tones.push([this.type, this.frequency.value]);
  return start.call(this, when);
};
"""
"""Keeps a list of the tones that the page starts; they still sound."""


@pytest.fixture(scope="session")
def chromium_path(lacking: Callable[[str], NoReturn]) -> str:
    """The browser; its absence skips the test, and fails it under CI=true."""
    if CHROMIUM is None:
        lacking("no Chromium found: install it (apt-get install chromium) or set SCANSTATION_CHROMIUM")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def stock_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stock file with operators, items, places and an open audit, made once and copied for every test."""
    path = tmp_path_factory.mktemp("stock") / "stock.db"
    with open_stock(path) as stock:
        fill(stock)
        access = system_access(StoredOperatorBook(stock.engine))
        access.add_operator("1001", "Anna Berg", Role.COUNTER, PIN)
        access.add_operator("1002", "Ben Oduya", Role.COUNTER, PIN)
        access.add_operator("2001", "Carla Ruiz", Role.SUPERVISOR, PIN)
        access.add_operator("3001", "Dana Holm", Role.AUDITOR, PIN)
    return path


def fill(stock: StockStore) -> None:
    items = [
        Item(item="TEA-1", name="Green tea, 250 g", gtin=f"0{TEA}", packs={1: 12}),
        Item(item="LAMP-7", name="Desk lamp, oak", gtin=f"0{LAMP}"),
        Item(item="DRILL-3", name="Cordless drill", gtin=f"0{DRILL}", tracking=Tracking.SERIAL),
        Item(item="COAT-9", name="Winter coat, L", gtin=f"0{COAT}", tracking=Tracking.LOT),
    ]
    stock.put_items(items)
    stock.put_codes([Code(code=item.gtin or "", item=item.item) for item in items])
    stock.put_locations([Location(location=f"A-01-{bin:02}", site="MAIN", zone="A") for bin in range(1, 7)])
    stock.put_records([StockRecord(item="TEA-1", location="A-01-01", lot=None, qty=HIDDEN_QUANTITY)])
    stock.create_audit("2026-11", name="November count", site="MAIN", created_by="2001", at=1)
    stock.take_snapshot("2026-11", 2, [f"A-01-{bin:02}" for bin in range(1, 7)])


class House:
    """One station with its files and its server; `restart` stops it and starts it anew on the same port and files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(station="ST01", data_dir=folder, port=0, reread_s=0, wedge=WedgeSettings(reread_s=0))
        self.station: Station
        self.access: Access
        self.port = 0

    async def start(self) -> None:
        wall, monotonic = (lambda: time.time_ns() // 1_000), (lambda: time.monotonic_ns() // 1_000)
        self.stock = open_stock(self.folder / "stock.db")
        self.journal = SqliteJournal(self.folder / "journal.db", min_free_bytes=1)
        clock = StationClock(wall, monotonic, tolerance_us=2_000_000)
        book = StoredOperatorBook(self.stock.engine)
        self.access = system_access(book, idle_s=self.settings.session_idle_s)
        self.station = Station(self.settings, self.stock, self.journal, clock, random.Random(7))
        await self.station.start()
        listener = listen("127.0.0.1", self.port)
        self.port = listener.getsockname()[1]
        self.app = create_app(self.station, self.access, settings=self.settings, clock=clock.now)
        self._server = PageServer(server_config(self.app, self.settings), self.app.state.context)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._task
        await self.station.stop()
        self.journal.close()
        self.stock.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def facts(self, kind: EventKind = EventKind.COUNTED) -> list[CountEvent]:
        """What the journal holds of a kind, durable and in order."""
        return [event for event in self.journal.events() if event.kind is kind]

    def counted(self) -> list[tuple[str | None, int]]:
        """(item, qty) of every count."""
        return [(event.item, event.qty) for event in self.facts()]

    async def device_scan(self, code: str, aim: str = "]E0") -> Verdict:
        """A read of a device of the station."""
        read = Read(payload=code.encode(), device="bench scanner", received_at=self.station.clock.now(), aim=aim)
        return await self.station.take(read)

    async def device_tag(self, epc: str) -> Verdict:
        now = self.station.clock.now()
        read = Read(payload=bytes.fromhex(epc), device="gate", received_at=now, carrier=Carrier.EPC, antenna=1)
        return await self.station.take(read)

    def add_device(self, name: str, url: str) -> None:
        self.station.devices.add(DeviceSettings(name=name, url=url))

    async def seat(self, badge: str = "1001", location: str | None = "A-01-01") -> str:
        """Sign somebody in at the seat, join the audit, open a location; returns the id of a session."""
        await self.station.sign_in(badge)
        await self.station.choose_audit("2026-11")
        if location:
            await self.device_scan(f"LOC-{location}", aim="]C0")
        return (await asyncio.to_thread(self.access.sign_in, badge, PIN)).id


@pytest_asyncio.fixture(loop_scope="session")
async def house_maker(tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[House]]]:
    """Start a station on what lies in the test's folder; it is stopped at the end."""
    houses: list[House] = []

    async def make() -> House:
        house = House(tmp_path)
        await house.start()
        houses.append(house)
        return house

    yield make
    for house in houses:
        await house.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def house(stock_template: Path, tmp_path: Path, house_maker: Callable[[], Awaitable[House]]) -> House:
    shutil.copy(stock_template, tmp_path / "stock.db")
    return await house_maker()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.add_init_script(LISTEN)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """A page; a mistake in its scripts fails the test."""
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield page
    assert not faults, faults


AXE = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


@pytest.fixture
def violations(page: Page) -> Callable[[], Awaitable[list[Any]]]:
    """What axe-core finds wrong with the page as it is now: (rule, elements)."""
    package = importlib.util.find_spec("axe_playwright_python")
    assert package is not None and package.origin is not None, "install requirements/dev.txt: it brings axe-core"
    script = (Path(package.origin).parent / "axe.min.js").read_text("utf-8")

    async def look() -> list[Any]:
        if not await page.evaluate("typeof axe === 'object'"):
            await page.evaluate(script)
        found = await page.evaluate(AXE)
        assert len(found["passes"]) > 10, "axe looked at next to nothing"
        return [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found["violations"]]

    return look


class Wire:
    """A TCP wire between page and station that can be cut and mended; `url` is where the page goes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()

    def hush(self, silent: bool) -> None:
        """Carry nothing, without breaking any connection."""
        if silent:
            self._open.clear()
        else:
            self._open.set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@pytest_asyncio.fixture(loop_scope="session")
async def wire(house: House) -> AsyncIterator[Wire]:
    wire = Wire(house.port)
    await wire.mend()
    yield wire
    await wire.cut()


class Hands:
    """What a person does at the page."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house

    async def wedge(self, code: str, delay_ms: float = 0, settled: bool = True) -> None:
        """Type a scan as a wedge does: prefix, characters, suffix; GS as Ctrl+]."""
        before = await self.word_number()
        keyboard = self.page.keyboard
        await keyboard.press("Control+b")
        for character in code:
            await keyboard.press("Control+]" if character == "\x1d" else character)
            if delay_ms:
                await asyncio.sleep(delay_ms / 1000)
        await keyboard.press("Enter")
        if settled:
            await expect(self.page.locator("#card")).not_to_have_attribute("data-scan", before)

    async def word_number(self) -> str:
        return await self.page.locator("#card").get_attribute("data-scan") or ""

    async def expect_word(self, verdict: str, word: str) -> None:
        await expect(self.page.locator("#card")).to_have_attribute("data-verdict", verdict)
        await expect(self.page.locator("#card-word")).to_have_text(word)

    async def tones(self) -> list[Any]:
        tones = await self.page.evaluate("window.tones.splice(0)")
        assert isinstance(tones, list)
        return tones

    async def open_page(self, url: str = "", location: str | None = "A-01-01", badge: str = "1001") -> None:
        """Seat an operator and open the page as theirs."""
        url = url or self.house.url
        session = await self.house.seat(badge, location)
        await self.page.context.add_cookies([{"name": COOKIE, "value": session, "url": url}])
        await self.page.goto(url)
        phase = "counting" if location else "scan_location"
        await expect(self.page.locator("body")).to_have_attribute("data-phase", phase)
        await expect(self.page.locator("#sound")).to_have_text("Sound on")


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(house: House, page: Page) -> Hands:
    """A page that nobody has opened yet."""
    return Hands(page, house)


@pytest_asyncio.fixture(loop_scope="session")
async def hands(visitor: Hands) -> Hands:
    """The page of a seated operator with an open location."""
    await visitor.open_page()
    return visitor


@pytest.fixture
def screenshot_path() -> Iterator[Path | None]:
    """Where README's picture goes; None when nobody asked for it (SCANSTATION_SCREENSHOT)."""
    wanted = os.environ.get("SCANSTATION_SCREENSHOT")
    yield Path(wanted) if wanted else None
