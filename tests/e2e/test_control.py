"""Checklist 20, 21, 27 and 28: the hands, and what a blind counter must not see."""

import re

import pytest
from playwright.async_api import expect

from scanstation.counting.events import EventKind

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP = "9521141000014", "9521141000021"


async def test_20_undo_by_touch_key_and_command_label_twice_and_after_a_reload(hands, house):
    tally = hands.page.locator("#tally")
    for code in (TEA, LAMP, TEA, LAMP, TEA):
        await hands.wedge(code)
    await expect(tally).to_have_text("2 lines · 5 pieces")
    await hands.page.get_by_role("button", name="Undo").click()
    await expect(tally).to_have_text("2 lines · 4 pieces")
    await expect(hands.page.locator("#card-text")).to_have_text("Undone: 1 × Green tea, 250 g")
    await hands.page.keyboard.press("Control+z")
    await expect(tally).to_have_text("2 lines · 3 pieces")
    await hands.wedge("CMD-UNDO")
    await expect(tally).to_have_text("2 lines · 2 pieces")
    await hands.wedge("CMD-UNDO")
    await expect(tally).to_have_text("1 line · 1 piece")
    await hands.page.reload()
    await expect(tally).to_have_text("1 line · 1 piece")
    await hands.page.get_by_role("button", name="Undo").click()
    await expect(tally).to_have_text("0 lines · 0 pieces")
    await expect(hands.page.locator("#undo")).to_be_disabled()
    assert [event.ref for event in house.facts(EventKind.VOIDED)] == [e.seq for e in reversed(house.facts())]


async def test_21_twelve_of_an_item_in_four_touches_and_by_the_digits_of_a_keyboard(hands, house):
    touches = 0
    for key in ("#pad [data-digit='1']", "#pad [data-digit='2']", "#pad [data-key=set]"):
        await hands.page.locator(key).click()
        touches += 1
    await expect(hands.page.locator("#pending")).to_have_text("12")
    await hands.wedge(TEA)
    assert touches <= 4
    await expect(hands.page.locator("#pending")).to_have_text("1")
    await hands.page.keyboard.type("48")
    await hands.page.keyboard.press("Enter")
    await expect(hands.page.locator("#pending")).to_have_attribute("data-state", "set")
    await hands.wedge(LAMP)
    await hands.page.keyboard.type("9")  # a scan while the keypad is in use leaves what was typed
    await hands.wedge(TEA)
    await expect(hands.page.locator("#pending")).to_have_text("9")
    assert house.counted() == [("TEA-1", 12), ("LAMP-7", 48), ("TEA-1", 1)]


async def test_22_the_whole_flow_by_scanner_and_pin_keys_alone(visitor, house):
    page = visitor.page
    await page.goto(house.url)
    await expect(page.locator("#badge")).to_be_visible()
    await visitor.wedge("OPR-1001", settled=False)
    await page.keyboard.type("7302")
    await page.keyboard.press("Enter")
    await expect(page.locator("body")).to_have_attribute("data-phase", "choose_audit")
    for code in ("CMD-AUDIT-2026-11", "LOC-A-01-01", "CMD-QTY-5", TEA, LAMP, "CMD-UNDO", "CMD-CLOSE"):
        await visitor.wedge(code)
    await expect(page.locator("#progress-text")).to_have_text("1 of 6")
    await visitor.wedge("CMD-SIGNOUT")
    await expect(page.locator("#badge")).to_be_visible()
    assert house.counted() == [("TEA-1", 5), ("LAMP-7", 1)]
    assert len(house.facts(EventKind.LOCATION_CLOSED)) == 1


async def test_closing_a_location_says_what_was_counted_and_moves_the_progress(hands, house):
    await hands.wedge(TEA)
    await hands.wedge("WHAT-IS-THIS")
    await hands.page.locator("#close").click()
    await expect(hands.page.locator("#close-sum")).to_have_text("1 line, 1 piece counted.")
    await expect(hands.page.locator("#close-parked")).to_contain_text("1 code waits here")
    await hands.page.get_by_role("button", name="Yes, it is complete").click()
    await expect(hands.page.locator("body")).to_have_attribute("data-phase", "scan_location")
    await expect(hands.page.locator("#progress-text")).to_have_text("1 of 6")
    await hands.page.get_by_role("button", name="Reopen a location").click()
    await hands.page.locator("#reopen-location").fill("LOC-A-01-01")
    await hands.page.locator("#dialog-reopen button[type=submit]").click()
    await expect(hands.page.locator("#location")).to_have_text("A-01-01")
    await expect(hands.page.locator("#tally")).to_have_text("1 line · 1 piece")


async def test_a_code_is_typed_a_line_corrected_units_marked_and_a_parked_code_resolved(hands, house):
    page = hands.page
    await page.get_by_role("button", name="Type a code").click()
    await page.locator("#typed-code").fill(TEA)
    await page.keyboard.press("Enter")
    await hands.expect_word("ok", "Counted")
    assert house.facts()[0].source == "typed"
    await page.locator("#lines .row").click()
    await page.locator("#line-qty").fill("8")
    await page.get_by_role("button", name="Correct the count").click()
    await expect(page.locator("#tally")).to_have_text("1 line · 8 pieces")
    await page.locator("#lines .row").click()
    await page.locator("#line-qty").fill("2")
    await page.get_by_role("button", name="Mark as damaged").click()
    await expect(page.locator("#lines .marks")).to_have_text("2 damaged")
    await hands.wedge("HOUSE-CODE-5")
    await page.locator("#parked .row").click()
    await page.locator("#resolve-item").fill("NO-SUCH-ITEM")
    await page.get_by_role("button", name="Count it").click()
    await expect(page.locator("#dialog-parked .fault")).to_contain_text("There is no item NO-SUCH-ITEM.")
    await page.locator("#resolve-item").fill("LAMP-7")
    await page.locator("#resolve-qty").fill("4")
    await page.get_by_role("button", name="Count it").click()
    await expect(page.locator("#tally")).to_have_text("2 lines · 12 pieces")
    await expect(page.locator("#parked-none")).to_be_visible()


async def test_a_barcode_in_a_quantity_field_is_refused(hands, house):
    await hands.wedge(TEA)
    await hands.page.locator("#lines .row").click()
    await hands.page.locator("#line-qty").fill("4006381333931")
    await hands.page.keyboard.press("Enter")
    await expect(hands.page.locator("#dialog-line .fault")).to_contain_text("no quantity")
    assert house.facts(EventKind.CORRECTED) == []


async def test_27_a_blind_count_leaks_no_recorded_quantity(visitor, house):
    heard = []

    async def listen(response):
        if "events" not in response.url:
            heard.append((response.url, await response.text()))

    page = visitor.page
    page.on("response", listen)
    await page.add_init_script(
        """window.heard = [];
        const Source = window.EventSource;
        window.EventSource = class extends Source {
          constructor(url) { super(url); this.addEventListener("state", (e) => window.heard.push(e.data)); }
        };"""
    )
    await visitor.open_page()
    for code in (TEA, LAMP, "CMD-QTY-5", TEA, "CMD-UNDO", "WHAT-IS-THIS", "CMD-HELP"):
        await visitor.wedge(code)
    await page.locator("#lines .row").first.click()
    await page.locator("dialog[open] [data-close]").click()
    await page.locator("#close").click()
    await page.get_by_role("button", name="Yes, it is complete").click()
    await expect(page.locator("#progress-text")).to_have_text("1 of 6")
    heard += [("stream", data) for data in await page.evaluate("window.heard")]
    for path in ("/", "/api/state", "/api/openapi.json"):
        heard.append((path, await page.evaluate("path => fetch(path).then((r) => r.text())", path)))
    heard.append(("document", await page.content()))
    assert len(heard) > 20 and any("TEA-1" in text for _, text in heard)
    leaks = [(place, text) for place, text in heard if re.search(r"73\W?219", text)]
    assert leaks == []


async def test_28_progress_and_location_stay_visible(hands):
    for code in (TEA, "WHAT-IS-THIS", "LOC-A-01-02"):
        await hands.wedge(code)
        for part in ("#location", "#progress-text", "#card-word"):
            await expect(hands.page.locator(part)).to_be_in_viewport()


@pytest.mark.parametrize(
    "payload",
    [
        "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>",
        "=cmd|' /C calc'!A0",
        "'; DROP TABLE operators; --",
        "{{7*7}}${7*7}",
        "A\x1dB\x1eC",
        "X" * 4_000,
    ],
)
async def test_hostile_payloads_are_shown_as_what_they_are(hands, house, payload):
    await house.device_scan(payload, aim="]Q0")
    await hands.expect_word("unknown", "Unknown code")
    shown = await hands.page.locator("#card-code").inner_text()
    pictures = payload.replace("\x1d", "␝").replace("\x1e", "␞")
    assert shown == (pictures if len(payload) < 160 else f"{'X' * 160}… (4000 characters)")
    assert await hands.page.evaluate("window.hacked") is None
    assert await hands.page.locator("main img, main script").count() == 0
    width = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = await hands.page.evaluate(width)
    assert scroll <= client, "a long code breaks the layout"
