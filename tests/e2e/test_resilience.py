"""Checklist 24 to 26: cut wires, unplugged scanners, reloads and restarts."""

import asyncio
import random

import pytest
from playwright.async_api import expect

from drivers.simulators.base import Delivery
from drivers.simulators.scanner import ScannerSimulator

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP = "9521141000014", "9521141000021"


async def test_24_offline_is_told_in_two_seconds_scans_queue_and_replay_once_in_order(visitor, house, wire):
    page = visitor.page
    await visitor.open_page(wire.url)
    await visitor.wedge(TEA)
    await wire.cut()
    await expect(page.locator("#banners")).to_contain_text("No connection to the station", timeout=2_000)
    codes = [LAMP, TEA, TEA, LAMP, LAMP]
    for code in codes:
        await visitor.wedge(code)
        await visitor.expect_word("queued", "Kept, not counted yet")
    await expect(page.locator("#banners")).to_contain_text("5 scans wait")
    assert [event.payload for event in house.facts()] == [TEA]
    await wire.mend()
    await expect(page.locator("#tally")).to_have_text("2 lines · 6 pieces", timeout=10_000)
    await expect(page.locator("#banners")).to_be_empty(timeout=2_000)
    assert [event.payload for event in house.facts()] == [TEA, *codes]
    assert await page.evaluate("localStorage.getItem('scanstation.queue')") == "[]"


async def test_24_a_scan_whose_answer_was_lost_is_sent_again_and_counts_once(visitor, house, wire):
    page = visitor.page
    await visitor.open_page(wire.url)

    async def lose(route):
        """The station takes the scan; the answer does not arrive."""
        await route.fetch()
        await route.abort()

    await page.route("**/api/scan", lose, times=1)
    await visitor.wedge(TEA, settled=False)
    await expect(page.locator("#tally")).to_have_text("1 line · 1 piece")
    await expect(page.locator("#banners")).to_be_empty()
    await visitor.wedge(LAMP, settled=False)
    await expect(page.locator("#tally")).to_have_text("2 lines · 2 pieces")
    assert await page.evaluate("localStorage.getItem('scanstation.queue')") == "[]"
    assert [event.payload for event in house.facts()] == [TEA, LAMP]


async def test_24_a_line_that_is_silent_without_breaking_is_noticed_too(visitor, house, wire):
    await visitor.open_page(wire.url)
    wire.hush(True)
    await expect(visitor.page.locator("#link-text")).to_have_text("Offline", timeout=2_500)
    wire.hush(False)
    await expect(visitor.page.locator("#link-text")).to_have_text("Online", timeout=10_000)


async def test_24_scans_of_one_operator_never_count_for_another(visitor, house, wire):
    page = visitor.page
    await visitor.open_page(wire.url)
    await wire.cut()
    await expect(page.locator("#link-text")).to_have_text("Offline")
    await visitor.wedge(TEA)
    await house.station.sign_out()
    await wire.mend()
    await expect(page.locator("#banners")).to_contain_text("1 scan of 1001 not counted yet")
    await sign_in(page, "1002")
    await expect(page.locator("#who")).to_have_text("Ben Oduya · counter")
    await visitor.wedge(LAMP)
    await visitor.expect_word("ok", "Counted")
    await expect(page.locator("#banners")).to_contain_text("1 scan of 1001 not counted yet")
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(page, "1001")
    await expect(page.locator("#tally")).to_have_text("2 lines · 2 pieces")
    await expect(page.locator("#banners")).to_be_empty()
    assert [(event.payload, event.operator) for event in house.facts()] == [(LAMP, "1002"), (TEA, "1001")]


async def sign_in(page, badge):
    await page.locator("#badge").fill(badge)
    await page.locator("#pin").fill("7302")
    await page.locator("#sign-in [type=submit]").click()


async def test_25_an_unplugged_scanner_is_named_with_a_remedy_and_comes_back_alone(hands, house, tmp_path):
    scanner = ScannerSimulator(random.Random(1), tmp_path / "dev")
    await scanner.start()
    house.add_device("bench scanner", scanner.url)
    banners = hands.page.locator("#banners")
    try:
        while house.station.view().devices[0].state != "ready":
            await asyncio.sleep(0.01)
        await scanner.deliver(Delivery(TEA.encode(), "]E0"))
        await expect(hands.page.locator("#card-device")).to_have_text("bench scanner")
        await scanner.break_off(Delivery(LAMP.encode(), "]E0"))
        await expect(banners).to_contain_text("bench scanner")
        await hands.expect_word("device_error", "Device lost")
        while not (remedy := house.station.view().devices[0].remedy) or remedy not in await banners.inner_text():
            await asyncio.sleep(0.05)  # the remedy changes while the station tries again
        await scanner.plug()
        await expect(banners).to_be_empty(timeout=10_000)
        await expect(hands.page.locator("#card-text")).to_have_text("bench scanner is back.")
        await scanner.deliver(Delivery(LAMP.encode(), "]E0"))
        await hands.expect_word("ok", "Counted")
        assert [event.payload for event in house.facts()] == [TEA, LAMP]
    finally:
        await scanner.stop()


async def test_26_a_reload_resumes_with_the_same_counts(hands, house):
    for code in (TEA, LAMP, TEA, "WHAT-IS-THIS"):
        await hands.wedge(code)
    await hands.page.reload()
    await expect(hands.page.locator("#tally")).to_have_text("2 lines · 3 pieces")
    await expect(hands.page.locator("#location")).to_have_text("A-01-01")
    await expect(hands.page.locator("#parked .row")).to_have_count(1)
    await hands.expect_word("unknown", "Unknown code")
    assert await hands.tones() == [], "a reload is no scan and makes no sound"
    await hands.wedge(TEA)
    await expect(hands.page.locator("#tally")).to_have_text("2 lines · 4 pieces")


async def test_26_a_restarted_station_asks_for_the_pin_and_resumes_with_the_same_counts(hands, house):
    page = hands.page
    for code in (TEA, LAMP, TEA):
        await hands.wedge(code)
    await house.restart()
    await expect(page.locator("#badge")).to_be_visible(timeout=10_000)
    assert "TEA-1" not in await page.evaluate("fetch('/api/state').then((r) => r.text())")
    await page.locator("#badge").fill("1001")
    await page.locator("#pin").fill("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("#tally")).to_have_text("2 lines · 3 pieces")
    await expect(page.locator("#location")).to_have_text("A-01-01")
    await hands.wedge(LAMP)
    await expect(page.locator("#tally")).to_have_text("2 lines · 4 pieces")
