"""The picture of the station in README; `make screenshot` writes it."""

import asyncio
import random

import pytest
from playwright.async_api import expect

from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP = "9521141000014", "9521141000021"


async def test_screenshot_of_a_count_under_way(visitor, house, tmp_path, screenshot_path):
    scanner = ScannerSimulator(random.Random(1), tmp_path / "dev")
    await scanner.start()
    try:
        house.add_device("bench scanner", scanner.url)
        while house.station.view().devices[0].state != "ready":
            await asyncio.sleep(0.01)
        for bin in ("A-01-04", "A-01-05"):
            await house.seat(location=bin)
            await house.device_scan(TEA)
            await house.station.close_location()
        await visitor.open_page(location="A-01-06")
        for serial in ("2201", "2207", "2213"):
            await house.device_scan(f"010952114100003821{serial}", aim="]C1")
        await house.device_scan("0109521141000045" + "10W26\x1d3014", aim="]C1")
        await house.station.set_quantity(36)
        await house.device_scan(TEA)
        await house.device_scan("RETURN-88-1", aim="]C0")
        await house.station.set_quantity(12)
        await scanner.deliver(Delivery(LAMP.encode(), "]E0"))
        await expect(visitor.page.locator("#tally")).to_have_text("4 lines · 65 pieces")
        await expect(visitor.page.locator("#card-device")).to_have_text("bench scanner")
        path = screenshot_path or tmp_path / "station.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        await visitor.page.screenshot(path=path)
        head = path.read_bytes()[:24]
        assert head[1:4] == b"PNG"
        assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (1280, 800)
    finally:
        await scanner.stop()
