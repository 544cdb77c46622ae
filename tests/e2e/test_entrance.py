"""Badge and PIN at the page, the first start, the seat."""

import asyncio

import pytest
from playwright.async_api import expect

from scanstation.access import Role
from scanstation.web import watch
from scanstation.web.door import COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA = "9521141000014"


@pytest.fixture
def first_start(tmp_path):
    """An empty folder: a station that has never been started."""
    (tmp_path / "stock.db").unlink(missing_ok=True)


async def test_badge_at_a_device_pin_by_touch_audit_by_touch(visitor, house):
    page = visitor.page
    await page.goto(house.url)
    await expect(page.locator("#badge")).to_be_visible()
    await house.device_scan("OPR-1001", aim="]C0")
    await expect(page.locator("#entrance-title")).to_have_text("Badge 1001")
    await expect(page.locator("#pin")).to_be_focused()
    for digit in "7302":
        await page.locator(f"#pin-pad [data-digit='{digit}']").click()
    await page.locator("#pin-pad [type=submit]").click()
    await expect(page.locator("#who")).to_have_text("Anna Berg · counter")
    await page.locator("#audit-list button").click()
    await expect(page.locator("#ask-title")).to_be_visible()
    assert house.station.view().audit == "2026-11"


async def test_a_wrong_pin_is_told_and_five_lock(visitor, house):
    page = visitor.page
    await page.goto(house.url)
    await page.locator("#badge").fill("1001")
    for _ in range(5):
        await page.locator("#pin").fill("1597")
        await page.keyboard.press("Enter")
        await expect(page.locator("#pin")).to_have_value("")
    await expect(page.locator("#sign-in-fault")).to_contain_text("Badge or PIN is wrong", ignore_case=True)
    await page.locator("#pin").fill("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sign-in-fault")).to_contain_text("locked for")
    assert house.station.view().operator is None


async def test_a_scan_before_anyone_signed_in_is_refused_loudly(visitor, house):
    page = visitor.page
    await page.goto(house.url)
    await expect(page.locator("#badge")).to_be_visible()
    await visitor.wedge(TEA)
    await expect(page.locator("#sign-in-fault")).to_contain_text("scan your badge")
    assert ["square", 330] in await visitor.tones()
    await house.device_scan(TEA)
    await expect(page.locator("#sign-in-fault")).to_contain_text("Sign in first")
    assert house.facts() == []


async def test_signing_out_frees_the_seat_and_clears_the_page(hands, house):
    await hands.wedge(TEA)
    await hands.page.get_by_role("button", name="Sign out").click()
    await expect(hands.page.locator("#badge")).to_be_visible()
    assert house.station.view().operator is None
    state = await hands.page.evaluate("fetch('/api/state').then((r) => r.json())")
    assert state["session"] is None and state["view"]["lines"] == []


async def test_who_takes_the_seat_signs_the_other_page_out(hands, house, browser):
    await hands.wedge(TEA)
    async with await browser.new_context() as other:
        page = await other.new_page()
        await page.goto(house.url)
        await expect(page.locator("#badge")).to_be_visible()
        assert await page.locator("#lines .row").count() == 0, "a stranger's page shows nobody's count"
        await page.locator("#badge").fill("1002")
        await page.locator("#pin").fill("7302")
        await page.keyboard.press("Enter")
        await expect(page.locator("#who")).to_have_text("Ben Oduya · counter")
        await expect(hands.page.locator("#badge")).to_be_visible()
        assert house.station.view().operator == "1002"


async def test_an_auditor_sees_the_seat_and_changes_nothing(hands, house, browser):
    await hands.wedge(TEA)
    async with await browser.new_context() as other:
        page = await other.new_page()
        await page.goto(house.url)
        await page.locator("#badge").fill("3001")
        await page.locator("#pin").fill("7302")
        await page.keyboard.press("Enter")
        await expect(page.locator("#who")).to_have_text("Dana Holm · auditor · watching 1001")
        await expect(page.locator("#tally")).to_have_text("1 line · 1 piece")
        await expect(page.locator("#actions")).to_be_hidden()
        await page.keyboard.press("Control+b")
        await page.keyboard.type(TEA)
        await page.keyboard.press("Enter")
        await expect(page.locator("#card")).to_have_attribute("data-verdict", "refused")
    assert len(house.facts()) == 1
    assert house.station.view().operator == "1001"


async def test_the_first_start_asks_for_the_code_and_makes_the_admin(first_start, house_maker, page):
    house = await house_maker()
    code = house.access.setup_code()
    await page.goto(house.url)
    await expect(page).to_have_url(house.url + "/setup")
    form = {"code": "WRONG-CODE", "badge": "1", "name": "Site Admin", "pin": "7302", "again": "7303"}
    for field, words in form.items():
        await page.locator(f"#{field}").fill(words)
    await page.keyboard.press("Enter")
    await expect(page.locator("#setup-fault")).to_have_text("The two PINs differ.")
    await page.locator("#again").fill("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("#setup-fault")).to_contain_text("wrong or was used already")
    await page.locator("#code").fill(code)
    await page.keyboard.press("Enter")
    await expect(page.locator("#pin-pad")).to_be_visible()
    assert [(o.badge, o.role) for o in house.access.operators()] == [("1", Role.ADMIN)]
    await page.goto(house.url + "/setup")
    await expect(page).to_have_url(house.url + "/")


async def test_an_idle_session_frees_the_seat_but_work_at_a_device_keeps_it(visitor, house, monkeypatch):
    monkeypatch.setattr(watch, "SWEEP_S", 0.05)
    house.settings = house.settings.model_copy(update={"session_idle_s": 6})
    await house.restart()
    await visitor.open_page()
    for _ in range(15):
        await asyncio.sleep(0.5)
        await house.device_scan(TEA)
    assert house.access.sessions.live("1001"), "eight seconds of scanning are no idleness"
    await expect(visitor.page.locator("#badge")).to_be_visible(timeout=30_000)
    assert house.station.view().operator is None
    assert len(house.facts()) == 15


async def test_an_audit_that_is_opened_elsewhere_appears_by_itself(visitor, house):
    house.stock.set_audit_state("2026-11", "cancelled", at=4)
    await house.station.sign_in("1001")
    session = house.access.sign_in("1001", "7302")
    await visitor.page.context.add_cookies([{"name": COOKIE, "value": session.id, "url": house.url}])
    await visitor.page.goto(house.url)
    await expect(visitor.page.locator("#audits-none")).to_be_visible()
    house.stock.create_audit("2026-12", name="December count", at=5)
    house.stock.take_snapshot("2026-12", 6, ["A-01-01"])
    await visitor.page.locator("#audit-list button").click()
    await expect(visitor.page.locator("#audit-name")).to_have_text("December count")
    await expect(visitor.page.locator("#audits-none")).to_be_hidden()
