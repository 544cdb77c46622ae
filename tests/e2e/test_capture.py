"""Checklist 1 to 9: what a keyboard-wedge scanner types into the page counts, whatever has the focus."""

import asyncio
import time

import pytest
from playwright.async_api import CDPSession, expect

from scanstation.counting.events import EventKind
from scanstation.settings import WedgeSettings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP, COAT = "9521141000014", "9521141000021", "9521141000045"


async def test_01_a_scan_with_the_body_focused_counts_one(hands, house):
    assert await hands.page.evaluate("document.activeElement === document.body")
    await hands.wedge(TEA)
    await hands.expect_word("ok", "Counted")
    assert house.counted() == [("TEA-1", 1)]
    assert house.facts()[0].device == "keyboard wedge"


async def test_02_a_focused_text_field_is_left_alone(hands, house):
    await hands.page.get_by_role("button", name="Type a code").click()
    field = hands.page.locator("#typed-code")
    await field.press_sequentially("half a wo")
    await hands.wedge(TEA)
    await field.press_sequentially("rd")
    assert await field.input_value() == "half a word"
    await expect(field).to_be_focused()
    assert house.counted() == [("TEA-1", 1)]


@pytest.mark.parametrize("button", ["#undo", "#close", "#sound", "#sign-out", "#pad [data-digit='7']"])
async def test_03_a_focused_button_is_not_clicked(hands, house, button):
    await hands.wedge(LAMP)
    await hands.page.locator(button).focus()
    await hands.page.evaluate(
        "button => document.querySelector(button).addEventListener('click', () => { window.clicked = true; })", button
    )
    await hands.wedge(TEA)
    assert house.counted() == [("LAMP-7", 1), ("TEA-1", 1)]
    assert await hands.page.evaluate("window.clicked") is None
    assert await hands.page.locator("dialog[open]").count() == 0


async def test_04_a_scan_with_a_dialog_open_counts_and_leaves_the_dialog_open(hands, house):
    await hands.page.locator("#close").click()
    await hands.wedge(TEA)
    assert house.counted() == [("TEA-1", 1)]
    await expect(hands.page.locator("#dialog-close")).to_be_visible()
    assert not house.facts(EventKind.LOCATION_CLOSED)
    await hands.expect_word("ok", "Counted")
    card, dialog = hands.page.locator("#card"), hands.page.locator("#dialog-close")
    assert not overlap(await card.bounding_box(), await dialog.bounding_box()), "the dialog covers the card"


def overlap(a, b):
    apart_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return not (apart_x or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"])


async def burst(client: CDPSession, codes: list[str], step_ms: float) -> None:
    """Type scans at a steady pace, without waiting for the page to answer each key; on a busy machine the keys come
    later, with the times that they were pressed."""
    keys = [key for code in codes for key in ("\x02", *code, "\r")]
    sent = []
    start, pressed = asyncio.get_running_loop().time(), time.time()
    for number, key in enumerate(keys):
        await asyncio.sleep(max(0.0, start + number * step_ms / 1000 - asyncio.get_running_loop().time()))
        for kind in ("keyDown", "keyUp"):
            event = {**key_event(kind, key), "timestamp": pressed + number * step_ms / 1000}
            sent.append(asyncio.ensure_future(client.send("Input.dispatchKeyEvent", event)))
    await asyncio.gather(*sent)


def key_event(kind: str, key: str):
    if key == "\x02":
        return {"type": kind, "modifiers": 2, "key": "b", "code": "KeyB", "windowsVirtualKeyCode": 66}
    if key == "\r":
        return {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    event = {"type": kind, "key": key, "code": f"Digit{key}", "windowsVirtualKeyCode": ord(key)}
    return {**event, "text": key} if kind == "keyDown" else event


async def test_05_fifty_scans_at_5_ms_a_character_none_lost_order_kept(hands, house):
    codes = [(TEA, LAMP)[bin(number).count("1") % 2] for number in range(50)]
    await burst(await hands.page.context.new_cdp_session(hands.page), codes, 5)
    await expect(hands.page.locator("#tally")).to_have_text("2 lines · 50 pieces", timeout=20_000)
    assert [event.payload for event in house.facts()] == codes


async def test_06_a_slow_wedge_of_110_ms_a_character_works(hands, house):
    await hands.wedge(TEA, delay_ms=110)
    assert [event.payload for event in house.facts()] == [TEA]


async def test_07_a_page_that_hangs_for_150_ms_truncates_nothing(hands, house):
    await hands.page.evaluate(
        "setInterval(() => { const end = performance.now() + 150; while (performance.now() < end); }, 180)"
    )
    await burst(await hands.page.context.new_cdp_session(hands.page), [TEA, LAMP] * 5, 5)
    await expect(hands.page.locator("#tally")).to_have_text("2 lines · 10 pieces", timeout=20_000)
    assert [event.payload for event in house.facts()] == [TEA, LAMP] * 5
    await expect(hands.page.locator("#link-text")).to_have_text("Online")


async def test_08_the_gs_inside_gs1_128_survives(hands, house):
    await hands.wedge(f"]C1010{COAT}10LOT7\x1d3012")
    (event,) = house.facts()
    assert (event.item, event.lot, event.qty, event.aim) == ("COAT-9", "LOT7", 12, "]C1")
    assert event.payload == f"010{COAT}10LOT7\x1d3012"
    await expect(hands.page.locator("#card-code")).to_have_text(f"010{COAT}10LOT7␝3012")


async def test_09_a_wrong_check_digit_is_red_and_not_counted(hands, house):
    await hands.wedge(TEA[:-1] + "9")
    await hands.expect_word("error", "Scan again")
    red, green, blue = await ground(hands)
    assert red > 2 * max(green, blue)
    assert house.counted() == [] and house.facts(EventKind.PARKED) == []


async def ground(hands):
    colour = await hands.page.evaluate("getComputedStyle(document.querySelector('#card')).backgroundColor")
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]


async def test_10_human_typing_is_no_scan(hands, house):
    for text in ("LOC-A-01-02", TEA):  # also what a scanner without its prefix types
        await hands.page.keyboard.type(text)
        before = await hands.word_number()
        await hands.page.keyboard.press("Enter")
        await expect(hands.page.locator("#card")).not_to_have_attribute("data-scan", before)
        await hands.expect_word("refused", "Not counted")
    assert house.counted() == []
    assert house.station.view().pending_quantity is None


async def test_11_the_same_serial_twice_counts_once_and_says_so(hands, house):
    label = "]C101095211410000382199"
    await hands.wedge(label)
    await hands.expect_word("ok", "Counted")
    await hands.wedge(label)
    await hands.expect_word("duplicate", "Already counted")
    assert house.counted() == [("DRILL-3", 1)]


async def test_a_scan_that_breaks_off_is_refused_loudly_and_the_next_one_is_whole(hands, house):
    await hands.page.keyboard.press("Control+b")
    await hands.page.keyboard.type(TEA[:7])
    await hands.wedge(LAMP, settled=False)
    await hands.expect_word("ok", "Counted")
    assert [event.payload for event in house.facts()] == [LAMP]
    assert ["sawtooth", 165] in await hands.tones(), "the torn scan was not heard"


async def test_a_half_scan_is_shown_and_can_be_cancelled_by_touch(hands, house):
    await hands.page.keyboard.press("Control+b")
    await hands.page.keyboard.type("95211")
    await hands.page.get_by_role("button", name="Cancel").click()
    await hands.expect_word("error", "Scan again")
    await hands.wedge(TEA)
    assert [event.payload for event in house.facts()] == [TEA]


async def test_a_scan_without_its_suffix_is_told_with_the_suffix_to_set(hands, house):
    await hands.page.keyboard.press("Control+b")
    await hands.page.keyboard.type(TEA)
    hint = hands.page.locator("#capture-hint")
    await expect(hint).to_have_text("The end of the scan does not come. Set the scanner's suffix to Enter (CR).")
    await hands.page.keyboard.press("Tab")  # what it sends instead; a time that passed makes no read of it
    assert house.facts() == []
    await hands.page.keyboard.press("Escape")
    await expect(hint).to_be_hidden()


async def test_another_prefix_and_suffix_can_be_configured(visitor, house):
    house.settings = house.settings.model_copy(update={"wedge": WedgeSettings(prefix="~", suffix="\t")})
    await house.restart()
    await visitor.open_page()
    await visitor.page.keyboard.type(f"~{TEA}")
    await visitor.page.keyboard.press("Tab")
    await visitor.expect_word("ok", "Counted")
    assert await visitor.page.evaluate("document.activeElement === document.body"), "the suffix moved the focus"
    assert [event.payload for event in house.facts()] == [TEA]


async def test_a_control_character_is_that_of_the_sign_or_of_the_place_of_the_key(hands):
    """Ctrl with ] or 5 is GS, and so is the key where the US keyboard has them, whatever the layout types there."""
    keys = [("]", "BracketRight"), ("+", "BracketRight"), ("Dead", "BracketRight"), ("5", "Digit5"), ("(", "Digit5")]
    keys += [("]", "Backslash"), ("^", "Digit6"), ("b", "KeyB"), ("1", "Digit1"), ("F5", "F5")]
    heard = await hands.page.evaluate(
        """async (keys) => {
          const { characterOf } = await import("/static/wedge.js");
          const held = { ctrlKey: true, altKey: false, getModifierState: () => false };
          return keys.map(([key, code]) => characterOf({ key, code, ...held }));
        }""",
        keys,
    )
    assert heard == ["\x1d"] * 6 + ["\x1e", "\x02", None, None]
