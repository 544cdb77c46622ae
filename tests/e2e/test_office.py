"""The office: a supervisor sees what breaks, decides, posts; the seat goes on counting; a counter is kept out."""

import asyncio
import os
import random
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from drivers.simulators.base import Delivery
from drivers.simulators.scanner import scanner_simulator
from scanstation.audit.trail import Trail
from scanstation.counting.events import EventKind
from scanstation.settings import load_policy
from scanstation.station.office import Office
from scanstation.stock.model import Item, Listing, ListingState, Movement, OrderLine, StockRecord
from scanstation.web.app import create_app
from scanstation.web.door import COOKIE
from scanstation.web.server import PageServer, listen, server_config

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LAMP = "9521141000021"
TODAY = 20_400


@pytest_asyncio.fixture(loop_scope="session")
async def office(house):
    """The address of the station's app with its office; A-01-02 to A-01-04 were counted in audit AU7."""
    stock, station = house.stock, house.station
    stock.put_items([Item(item="LAMP-7", name="Desk lamp, oak", gtin=f"0{LAMP}", unit_cost=249_000, abc_class="A")])
    stock.put_items([Item(item="MUG-2", name="Mug <b>blue</b>", gtin="09521141000052", unit_cost=31_000)])
    stock.put_records(
        [
            StockRecord(item="LAMP-7", location="A-01-02", lot=None, qty=12),
            StockRecord(item="MUG-2", location="A-01-03", lot=None, qty=0),
            StockRecord(item="DRILL-3", location="A-01-04", lot=None, qty=2),
        ]
    )
    stock.put_orders(
        [
            OrderLine(order_id="SO-1001", item="LAMP-7", qty=7, due=TODAY, customer="Nordlicht GmbH"),
            OrderLine(order_id="SO-1002", item="LAMP-7", qty=5, due=TODAY + 1, customer="<img src=x>"),
            OrderLine(order_id="SO-1003", item="MUG-2", qty=4, due=TODAY + 2, customer="Luna", allow_backorder=True),
        ]
    )
    stock.put_listings([Listing(channel="webshop", item="MUG-2", state=ListingState.OUT_OF_STOCK, published_qty=0)])
    numbers = iter(("AU7", "AU8"))
    office = Office.open(
        house.settings, load_policy(), stock, house.journal, clock=station.clock.now, ids=lambda: next(numbers)
    )
    office.open_audit("Lamps and mugs", ["A-01-02", "A-01-03", "A-01-04"], operator="2001")
    await station.refresh()
    await station.sign_in("1001")
    await station.choose_audit("AU7")
    for place, code, qty in (("A-01-02", LAMP, 8), ("A-01-03", "9521141000052", 9), ("A-01-04", "9528888000017", 1)):
        await house.device_scan(f"LOC-{place}", aim="]C0")
        await station.set_quantity(qty)
        await house.device_scan(code)
        await station.close_location()
    await station.choose_audit("2026-11")
    listener = listen("127.0.0.1", 0)
    app = create_app(station, house.access, settings=house.settings, clock=station.clock.now, office=office)
    server = PageServer(server_config(app, house.settings), app.state.context)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


def office_spans(house):
    """When each location of AU7 was opened and closed."""
    trail = Trail("AU7")
    for event in house.journal.events():
        if event.audit == "AU7":
            trail.add(event)
    return trail.spans()


async def sign_in(page, url, badge="2001", audit=""):
    await page.goto(f"{url}/office{audit}")
    await page.locator("#badge").fill(badge)
    await page.locator("#pin").fill("7302")
    await page.keyboard.press("Enter")


async def test_a_supervisor_sees_what_breaks_approves_and_posts(page, office, house):
    await sign_in(page, office)
    await expect(page.locator("#who")).to_have_text("Carla Ruiz · supervisor")
    assert house.station.view().operator == "1001", "the seat is not taken"
    await page.locator(".audit-card", has_text="Lamps and mugs").click()
    await expect(page.locator("#review-title")).to_have_text("Lamps and mugs")
    await expect(page.locator("#tiles div").first).to_have_text("units of orders go short4")
    short = page.locator("#short tr").nth(1)
    await expect(short).to_contain_text("SO-1002")
    await expect(short).to_contain_text("<img src=x>")
    await expect(page.locator("#released tr").nth(1)).to_contain_text("SO-1003")
    await expect(page.locator("#listings tr").nth(1)).to_contain_text("false out of stock: 5 to sell")
    names = await page.locator("#variances tbody tr:first-child td:nth-child(2)").all_inner_texts()
    assert [text.split("\n")[0] for text in names] == ["Desk lamp, oak", "Mug <b>blue</b>", "Cordless drill"]
    await expect(page.locator("#variances tbody").first).to_contain_text("4 short for orders")
    await expect(page.locator("#variances tbody").nth(2)).to_contain_text("Resolve 1 parked code at A-01-04 first")
    await expect(page.locator("#parked tr").nth(1)).to_contain_text("9528888000017")
    await expect(page.locator("#post")).to_be_hidden()
    await page.locator("#reconcile").click()
    await expect(page.locator("#done")).to_have_text("Compared. Nothing is posted yet.")
    await expect(page.locator("#way [aria-current]")).to_have_text("reconciled")
    await page.locator("#approve").click()
    await page.locator("#reason").fill("SHRINK")
    await page.keyboard.press("Enter")
    await expect(page.locator("#way [aria-current]")).to_have_text("approved")
    await expect(page.locator("#done")).to_contain_text("Approved: adjustments worth")
    await page.locator("#post").click()
    await page.locator("#decide-yes").click()
    await expect(page.locator("#way [aria-current]")).to_have_text("posted")
    await expect(page.locator("#done")).to_contain_text("3 adjustments posted")
    assert [(row.delta, row.reason_code) for row in house.stock.adjustments("AU7") if row.item == "LAMP-7"] == [
        (-4, "SHRINK")
    ]
    assert [event.operator for event in house.facts(EventKind.APPROVED)] == ["2001"]
    assert house.station.view().operator == "1001"


async def test_what_a_location_found_is_there_when_it_closes(page, office, house):
    await sign_in(page, office, audit="#AU7")
    await expect(page.locator("#review-title")).to_have_text("Lamps and mugs")
    await house.station.choose_audit("AU7")
    await house.station.reopen_location("A-01-02")
    await house.station.close_location()
    closing = page.locator("#closings li").first
    await expect(closing).to_contain_text("A-01-02", timeout=30_000)
    await expect(closing).to_contain_text("SO-1002")
    await house.station.choose_audit("2026-11")


async def test_damaged_units_are_shown_in_units_and_money_and_posted(page, office, house):
    station = house.station
    await station.choose_audit("AU7")
    await station.reopen_location("A-01-02")
    assert (await station.mark("LAMP-7", None, 3, "damaged")).outcome == "ok"
    await station.close_location()
    await station.choose_audit("2026-11")
    await sign_in(page, office, audit="#AU7")
    await expect(page.locator("#tiles div").first).to_have_text("units of orders go short7")  # 8 there, 5 for sale
    await expect(page.locator("#tiles")).to_contain_text("units damaged or in quarantine, 74.70 EUR3")
    await expect(page.locator("#held tbody")).to_contain_text("Move 3 units to damaged stock.")
    assert await page.locator("#held tbody tr:first-child td").all_inner_texts() == [
        "Desk lamp, oak\nLAMP-7", "A-01-02", "0 → 3", "0", "3", "74.70",
    ]  # fmt: skip
    await expect(page.locator("#held-sum")).to_contain_text("3 units, 74.70 EUR, may not be sold")
    await expect(page.locator("#closings li").first).to_contain_text("3 units damaged or in quarantine", timeout=30_000)
    await page.locator("#reconcile").click()
    await page.locator("#approve").click()
    await expect(page.locator("#decide-words")).to_contain_text(
        "3 discrepancies, 127.50 EUR in all; 3 units, 74.70 EUR, can no longer be sold."
    )
    await page.locator("#decide-yes").click()
    await page.locator("#post").click()
    await expect(page.locator("#decide-words")).to_contain_text("3 units, 74.70 EUR, can no longer be sold.")
    assert [row.status.value for row in house.stock.records(item="LAMP-7")] == ["available"]
    await page.locator("#decide-yes").click()
    await expect(page.locator("#done")).to_contain_text("4 adjustments posted")
    await expect(page.locator("#held-sum")).to_contain_text("Posting has moved them.")
    assert {row.status.value: row.qty for row in house.stock.records(item="LAMP-7")} == {"available": 5, "damaged": 3}


async def test_rejecting_one_side_of_a_transfer_keeps_the_other_out_too(page, office, house):
    """Four lamps are missing at A-01-02 and lie at A-01-03; first one side alone, then both together."""
    station = house.station
    await station.choose_audit("AU7")
    await station.reopen_location("A-01-03")
    await station.set_quantity(4)
    await house.device_scan(LAMP)
    await station.close_location()
    await station.choose_audit("2026-11")
    await sign_in(page, office, audit="#AU7")
    await page.locator("#reconcile").click()
    reject = page.get_by_role("button", name="Reject: Desk lamp, oak at A-01-03")
    here = page.get_by_role("button", name="Reject: Desk lamp, oak at A-01-02")
    other = page.locator("#variances tbody").filter(has=here)
    await reject.click()
    await expect(page.locator("#decide-words")).to_contain_text("Its other side stays too: 4 at A-01-02.")
    await page.locator("#reason").fill("on its way")
    await page.get_by_label("Book the other side all the same").check()
    await page.locator("#decide-yes").click()
    rejected = page.locator("#variances tbody", has_text="Rejected by 2001")
    await expect(rejected).to_contain_text("booked all the same, which changes the item's total: 4 at A-01-02.")
    await page.get_by_role("button", name="Take it back: Desk lamp, oak at A-01-03").click()
    await reject.click()
    await expect(page.get_by_label("Book the other side all the same")).not_to_be_checked()
    await page.locator("#reason").fill("on its way")
    await page.locator("#decide-yes").click()
    await expect(other).to_contain_text("The record stays as it is: the other side, A-01-03, is rejected.")
    await page.locator("#approve").click()
    await expect(page.locator("#decide-words")).to_contain_text("2 discrepancies, 27.90 EUR in all; 1 record was")
    await page.locator("#decide-yes").click()
    await page.locator("#post").click()
    await page.locator("#decide-yes").click()
    await expect(page.locator("#done")).to_contain_text("2 adjustments posted. 2 records stay as before.")
    assert {row.location: row.qty for row in house.stock.records(item="LAMP-7") if row.qty} == {"A-01-02": 12}


async def test_one_finding_is_rejected_with_a_reason_and_the_rest_is_posted(page, office, house):
    """By keyboard; taken back once; what another supervisor sees is what the journal holds."""
    await sign_in(page, office, audit="#AU7")
    lamp = page.locator("#variances tbody", has_text="Desk lamp, oak")
    await expect(lamp.locator("button")).to_have_count(0)  # first the count has to end
    await page.locator("#reconcile").click()
    reject = lamp.get_by_role("button", name="Reject: Desk lamp, oak at A-01-02")
    await reject.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#reason")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#dialog-decide .fault")).to_have_text("Name a reason.")
    await page.keyboard.type("on loan <b>")
    await page.keyboard.press("Enter")
    await expect(page.locator("#done")).to_have_text("Rejected: Desk lamp, oak at A-01-02 stays as it is.")
    await expect(lamp.locator(".rejected")).to_contain_text("Rejected by 2001")
    await expect(lamp.locator(".rejected")).to_contain_text("on loan <b>. The record stays as it is.")
    take_back = lamp.get_by_role("button", name="Take it back: Desk lamp, oak at A-01-02")
    await expect(take_back).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(lamp.locator(".rejected")).to_have_count(0)
    await expect(reject).to_be_focused()
    await page.keyboard.press("Enter")
    await page.locator("#reason").fill("on loan")
    await page.locator("#decide-yes").click()
    await page.reload()
    await expect(lamp.locator(".rejected")).to_contain_text("on loan")
    await page.locator("#approve").click()
    await expect(page.locator("#decide-words")).to_contain_text(
        "2 discrepancies, 27.90 EUR in all; 1 record was rejected and stays as it is. Counting"
    )
    await page.locator("#decide-yes").click()
    await expect(page.locator("#way [aria-current]")).to_have_text("approved")
    await expect(lamp.locator("button")).to_have_count(0)
    await page.locator("#post").click()
    await page.locator("#decide-yes").click()
    await expect(page.locator("#done")).to_contain_text("2 adjustments posted. 1 record stays as before.")
    assert {row.item for row in house.stock.adjustments("AU7")} == {"MUG-2", "DRILL-3"}
    assert [event.data["reason"] for event in house.facts(EventKind.FINDING_REJECTED)] == ["on loan <b>", "on loan"]
    assert [event.operator for event in house.facts(EventKind.REJECTION_WITHDRAWN)] == ["2001"]


async def test_chosen_places_are_counted_again_and_the_seat_knows(page, office, house):
    await sign_in(page, office, audit="#AU7")
    await page.locator("#variances label", has_text="A-01-02").locator("input").check()
    await expect(page.locator("#recount")).to_have_text("Count again: 1 location")
    await page.locator("#recount").click()
    await expect(page.locator("#decide-words")).to_have_text("By somebody else: A-01-02.")
    await page.locator("#reason").fill("shelf in disorder")
    await page.keyboard.press("Enter")
    await expect(page.locator("#done")).to_have_text("To be counted again by somebody else: A-01-02.")
    assert [event.data for event in house.facts(EventKind.RECOUNT_REQUESTED)] == [{"why": "shelf in disorder"}]
    await expect(page.locator(".audit-card", has_text="Lamps")).to_contain_text("to be counted again: A-01-02")
    await house.station.sign_in("1002")
    await house.station.choose_audit("AU7")
    assert (await house.device_scan("LOC-A-01-02", aim="]C0")).value == "ok"
    assert house.station.view().round == 2
    await expect(page.locator(".audit-card", has_text="Lamps")).to_contain_text(
        "now: A-01-02 (1002, ST01)", timeout=9000
    )


async def test_a_booking_while_a_location_was_open_is_told(page, office, house):
    _, closed = office_spans(house)["A-01-03"]
    booked = {"item": "MUG-2", "location": "A-01-03", "lot": None, "delta": 1, "ts": closed}
    house.stock.book([Movement(**booked, reason="receipt")])
    await sign_in(page, office, audit="#AU7")
    await expect(page.locator("#disturbed")).to_have_text("A-01-03: booked while it was open; count it again")


async def test_an_audit_is_opened_at_the_page_and_offered_at_the_seat(page, office, house):
    await sign_in(page, office)
    await page.locator("#new").click()
    await expect(page.locator("#open-name")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#dialog-open .fault")).to_have_text("Give it a name.")
    await page.locator("#open-name").fill("Zone A again")
    await page.locator("#open-zones label", has_text="A (6 locations)").locator("input").check()
    await page.locator("#dialog-open [type=submit]").click()
    await expect(page.locator("#review-title")).to_have_text("Zone A again")
    await expect(page.locator("#hint")).to_contain_text("6 locations are not counted yet")
    assert ("AU8", "Zone A again") in house.station.view().audits
    assert [event.audit for event in house.facts(EventKind.AUDIT_OPENED)][-2:] == ["AU7", "AU8"]


async def test_a_counter_gets_403_and_a_way_for_supervisors(page, office, house):
    session = await asyncio.to_thread(house.access.sign_in, "1001", "7302")
    await page.context.add_cookies([{"name": COOKIE, "value": session.id, "url": office}])
    answer = await page.goto(f"{office}/office")
    assert answer.status == 403
    await expect(page.locator("#sign-in-hint")).to_contain_text("A counter may not see the office")
    for path in ("/api/office/audits", "/api/office/AU7/report", "/office/AU7/report"):
        assert (await page.request.get(office + path)).status == 403
    assert "Desk lamp" not in await page.content()
    await page.locator("#badge").fill("1001")
    await page.locator("#pin").fill("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sign-in-fault")).to_contain_text("may not see the office")
    await page.locator("#badge").fill("2001")
    await page.locator("#pin").fill("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("#audits .audit-card").first).to_be_visible()


async def test_an_auditor_looks_and_has_no_buttons(page, office):
    await sign_in(page, office, badge="3001", audit="#AU7")
    await expect(page.locator("#short tr").nth(1)).to_contain_text("SO-1002")
    for step in ("new", "reconcile", "recount", "approve", "post"):
        await expect(page.locator(f"#{step}")).to_be_hidden()
    await expect(page.locator("#variances input, #variances button")).to_have_count(0)
    async with page.context.expect_page() as opened:
        await page.locator("#report").click()
    report = await opened.value
    await expect(report.locator("h1")).to_have_text("Lamps and mugs")
    assert await report.locator("body").evaluate("body => getComputedStyle(body).margin") == "0px", (
        "its style is let in"
    )


async def test_the_whole_way_by_keyboard(page, office, house):
    await sign_in(page, office)
    await expect(page.locator(".audit-card").first).to_be_visible()
    await _tab_to(page, ".audit-card", "Lamps and mugs")
    await page.keyboard.press("Enter")
    await expect(page.locator("#review-title")).to_have_text("Lamps and mugs")
    await _tab_to(page, "#reconcile", "")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "4px"
    await page.keyboard.press("Enter")
    await expect(page.locator("#approve")).to_be_visible()
    await _tab_to(page, "#approve", "")
    await page.keyboard.press("Enter")
    await expect(page.locator("#reason")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#dialog-decide")).to_be_hidden()
    assert house.facts(EventKind.APPROVED) == []


async def _tab_to(page, selector, words):
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate(
            "([s, w]) => document.activeElement.matches(s) && document.activeElement.textContent.includes(w)",
            [selector, words],
        ):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


CONTRAST = """
() => {
  const lum = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility()) continue;
    const [a, b] = [lum(rgb(getComputedStyle(e).color).slice(0, 3)), lum(ground(e))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(e.textContent.slice(0, 40));
  }
  return low;
}
"""


async def test_contrast_targets_and_double_zoom(page, office, browser):
    """Text has 4.5:1; what is touched has 48 px; at 200 % (half the width, double pixels) nothing is cut off."""
    await sign_in(page, office, audit="#AU7")
    await expect(page.locator("#short tr").nth(1)).to_contain_text("SO-1002")
    assert await page.evaluate(CONTRAST) == []
    low = await page.evaluate(
        "Array.from(document.querySelectorAll('button, .link-button, .check')).filter((e) => e.checkVisibility() "
        "&& e.getBoundingClientRect().height < 47.9).map((e) => e.textContent)"
    )
    assert low == []
    await page.set_viewport_size({"width": 640, "height": 400})
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = await page.evaluate(
        "Array.from(document.querySelectorAll('button, h2, .tiles div, .audit-card > *')).filter((e) => "
        "e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map((e) => e.textContent)"
    )
    assert cut == []


async def test_words_under_a_row_fit_a_phone_while_its_table_scrolls(page, office):
    await page.set_viewport_size({"width": 390, "height": 844})
    await sign_in(page, office, audit="#AU7")
    words = page.locator("#variances .advice div")
    await expect(words.first).to_contain_text("Cause:")
    table = page.locator(".scroll", has=page.locator("#variances"))
    assert await table.evaluate("box => box.scrollWidth > box.clientWidth")
    for place in (0, 200):
        await table.evaluate("(box, place) => { box.scrollLeft = place; }", place)
        frame = await table.bounding_box()
        for box in [await row.bounding_box() for row in await words.all()]:
            assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"] + 0.5


async def test_rows_that_were_left_out_say_what_where_and_how_to_mend(page, office, house):
    """A few are open at once; many are folded up, and counted at the top."""
    no_day = {"item": "LAMP-7", "qty": 1, "due": 200_000}
    house.stock.put_orders([OrderLine(order_id="SO-<b>9", **no_day)])
    await sign_in(page, office, audit="#AU7")
    row = page.locator("#kept-out tbody tr")
    await expect(row).to_be_visible()
    await expect(row).to_contain_text("order_id=SO-<b>9, item=LAMP-7")
    await expect(row).to_contain_text("due is 200000, which is no time between 1970 and 2200")
    await expect(row).to_contain_text("day numbers")
    await expect(page.locator("#tiles")).to_contain_text("bad row left out")
    house.stock.put_orders([OrderLine(order_id=f"SO-{number}", **no_day) for number in range(250)])
    await page.locator("#reconcile").click()
    await expect(page.locator("#kept-out-sum")).to_have_text("251 rows in orders")
    await expect(row.first).to_be_hidden()
    await page.locator("#kept-out-sum").click()
    await expect(row).to_have_count(200)
    await expect(page.locator("#kept-out-more")).to_contain_text("51 more rows are not shown here")
    await page.locator("#approve").click()
    await page.locator("#decide-yes").click()
    await expect(page.locator("#way [aria-current]")).to_have_text("approved")
    await expect(row.first).to_be_visible()  # what somebody unfolded stays so


async def test_an_audit_that_is_not_there_has_no_steps(page, office):
    await sign_in(page, office, audit="#NONE")
    await expect(page.locator("#fault")).to_have_text("there is no audit NONE: List the audits.")
    for step in ("reconcile", "approve", "post", "report"):
        await expect(page.locator(f"#{step}")).to_be_hidden()


async def test_axe_finds_no_violation(page, office, house, violations):
    """In every state of the page, and on the report that it opens."""
    house.stock.put_orders([OrderLine(order_id="SO-9", item="LAMP-7", qty=1, due=200_000)])
    house.add_device("gate", "tcp://127.0.0.1:9?protocol=lines")
    await page.goto(f"{office}/office")
    await expect(page.locator("#badge")).to_be_visible()
    await page.keyboard.press("Enter")
    assert await violations() == []
    await sign_in(page, office, audit="#NONE")
    await expect(page.locator("#fault")).not_to_be_empty()
    assert await violations() == []
    await page.locator(".audit-card", has_text="Lamps and mugs").click()
    await expect(page.locator("#kept-out tbody tr")).to_be_visible()
    await expect(page.locator("#devices .trouble")).to_be_visible()
    assert await violations() == []
    await page.locator("#new").click()
    await page.keyboard.press("Enter")
    assert await violations() == []
    await page.locator("#dialog-open [data-close]").click()
    for step, state in (("reconcile", "reconciled"), ("approve", "approved"), ("post", "posted")):
        await page.locator(f"#{step}").click()
        if step == "reconcile":
            await page.get_by_role("button", name="Reject: Desk lamp").click()
            await page.locator("#reason").fill("on loan")
            assert await violations() == []
            await page.locator("#decide-yes").click()
            await expect(page.locator("#variances .rejected")).to_be_visible()
        else:
            assert await violations() == []
            await page.locator("#decide-yes").click()
        await expect(page.locator("#way [aria-current]")).to_have_text(state)
        assert await violations() == []
    await page.set_viewport_size({"width": 640, "height": 400})
    assert await violations() == []
    await page.goto(f"{office}/office/AU7/report")
    assert await violations() == []


async def test_devices_with_state_rate_errors_and_remedy(page, office, house, tmp_path):
    """A scanner that works, is pulled and comes back; the page follows by itself, and shows no secret of a URL."""
    scanner = scanner_simulator(random.Random(3), tmp_path)
    await scanner.start()
    try:
        house.add_device("dock scanner", scanner.url)
        house.add_device("gate", "serial:rfc2217://ann:s3cret@127.0.0.1:9?protocol=lines")
        await sign_in(page, office)
        bench, gate = (page.locator("#devices li", has_text=name) for name in ("dock scanner", "gate"))
        await expect(bench.locator(".state")).to_have_text("ready", timeout=20_000)
        await expect(bench).to_contain_text("no read yet")
        await expect(bench.locator(".trouble")).to_be_hidden()
        await expect(gate.locator(".state")).to_have_text("lost", timeout=20_000)
        await expect(gate).to_contain_text("ann:***@127.0.0.1")
        await expect(gate.locator(".trouble")).not_to_be_empty()
        await scanner.deliver(Delivery(LAMP.encode(), "]E0"))
        while not house.station.watches.of("dock scanner").reads:
            await asyncio.sleep(0.01)
        await scanner.unplug()
        await expect(bench.locator(".state")).to_have_text("lost", timeout=20_000)
        await expect(bench).to_contain_text("1 read/min")
        await expect(bench.locator(".trouble")).to_contain_text("plug the device in")
        await expect(bench).to_contain_text("1 error")
        assert await page.evaluate(CONTRAST) == []
        await scanner.plug()
        await expect(bench).to_contain_text("came back 1 time", timeout=20_000)
        assert "s3cret" not in await page.content()
        answers = await page.evaluate("fetch('/api/state').then((r) => r.text())")
        assert "dock scanner" in answers and "s3cret" not in answers
        await page.set_viewport_size({"width": 640, "height": 400})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        await scanner.stop()


async def test_picture_of_the_office(page, office, tmp_path):
    await page.set_viewport_size({"width": 1280, "height": 1500})
    await sign_in(page, office, audit="#AU7")
    await expect(page.locator("#short tr").nth(1)).to_contain_text("SO-1002")
    folder = Path(os.environ.get("SCANSTATION_OFFICE_PICTURES", tmp_path))
    await page.screenshot(path=folder / "office.png")
    assert (folder / "office.png").read_bytes()[1:4] == b"PNG"
