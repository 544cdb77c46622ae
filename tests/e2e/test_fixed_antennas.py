"""The page at a location with fixed antennas: how many tags are present, before the close and in its question."""

import pytest
from playwright.async_api import expect

from scanstation.counting.whereabouts import Change, Spot
from scanstation.settings import DeviceSettings
from scanstation.station.fixed_antennas import FixedAntennas
from scanstation.station.readers import Silence

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TAG = "3034257BF7194E4000001A85"


async def test_the_page_says_how_many_tags_are_present(hands, house):
    station, tally = house.station, hands.page.locator("#tally")
    shelf = DeviceSettings(name="shelf", url="llrp://shelf", antennas={"any": "A-01-01"})
    await expect(tally).not_to_contain_text("present")
    station.fixed = FixedAntennas("ST01", [shelf], station.stock, dict, 0.25)
    came = Change(epc=TAG, arrived=True, location="A-01-01", spot=Spot("shelf", None), reads=9, first=1, last=2)
    await station.settle(lambda: station.fixed.tell([came], station.clock.now()))
    await expect(tally).to_contain_text("1 tag present")
    await hands.page.locator("#close").click()
    await expect(hands.page.locator("#close-parked")).to_contain_text("1 tag is here by fixed antennas.")


async def test_the_page_says_which_reader_is_silent_and_what_to_do(hands, house):
    station, banners = house.station, hands.page.locator("#banners")
    house.add_device("dock", "post:zebra")
    message = "the reader says that it does not read: its tags stay where they were"
    station.silent = {"dock": Silence(since=1, message=message, remedy="start the inventory at the reader")}
    station.bus.changed()
    await expect(banners).to_contain_text(f"dock: {message}")
    await expect(banners).to_contain_text("start the inventory at the reader")
    station.silent = {}
    station.bus.changed()
    await expect(banners).not_to_contain_text("dock")
