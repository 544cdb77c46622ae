"""Checklist 14, 16 to 19, 33 and 34: what the operator sees and hears."""

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, LAMP, COAT = "9521141000014", "9521141000021", "9521141000045"
STATES = {
    "ok": ("Counted", "ok"),
    "duplicate": ("Already counted", "duplicate"),
    "unknown": ("Unknown code", "unknown"),
    "asked": ("Answer first", "asked"),
    "refused": ("Not counted", "refused"),
    "error": ("Scan again", "error"),
    "device_error": ("Device lost", "device_error"),
}


async def bring_about(state, hands, house, tmp_path):
    """Make the card show a state, by the means that cause it in a warehouse."""
    if state == "device_error":
        house.add_device("bench scanner", f"serial://{tmp_path}/nothing-here?protocol=lines")
        await expect(hands.page.locator("#card")).to_have_attribute("data-verdict", state)
        return
    serial = "]C101095211410000382142"
    code = {
        "ok": TEA,
        "duplicate": serial,
        "unknown": "NO-SUCH-CODE",
        "asked": COAT,
        "refused": "LOC-A-01-02",
        "error": TEA[:-1] + "0",
    }
    if state == "duplicate":
        await hands.wedge(serial)
    await hands.wedge(code[state])


async def test_14_colour_icon_word_and_sound_tell_every_state(hands, house, tmp_path):
    seen = {}
    for state, (word, icon) in STATES.items():
        await hands.tones()
        await bring_about(state, hands, house, tmp_path)
        await hands.expect_word(state, word)
        await expect(hands.page.locator("#card-icon")).to_have_attribute("href", f"#icon-{icon}")
        colour = await hands.page.evaluate("getComputedStyle(document.querySelector('#card')).backgroundColor")
        tones = await hands.tones()
        tones = tones[1:] if state == "duplicate" else tones  # the first scan of the serial sounds "ok"
        seen[state] = (colour, word, icon, str(tones))
        assert tones, f"{state} makes no sound"
    for part, what in enumerate(("colour", "word", "icon", "sound")):
        assert len({signs[part] for signs in seen.values()}) == len(STATES), f"two states share their {what}: {seen}"


LUMINANCE = """
([front, back]) => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
  };
  const a = light(getComputedStyle(document.querySelector(front)).color);
  const b = light(ground(document.querySelector(back)));
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
"""


async def test_16_result_contrast_is_at_least_7(hands):
    for state in [*STATES, "queued", "idle", "done"]:
        await hands.page.evaluate("state => { document.querySelector('#card').dataset.verdict = state; }", state)
        for part in ("#card-word", "#card-text", "#card-item", "#card .facts dt"):
            ratio = await hands.page.evaluate(LUMINANCE, [part, "#card"])
            assert ratio >= 7, f"{part} in state {state}: {ratio:.1f}"


async def test_17_result_text_is_at_least_49_px_and_scales(hands):
    size = "parseFloat(getComputedStyle(document.querySelector('#card-word')).fontSize)"
    plain = await hands.page.evaluate(size)
    await hands.page.evaluate("() => { document.documentElement.style.fontSize = '150%'; }")
    assert plain >= 49
    assert await hands.page.evaluate(size) > 1.2 * plain


SIZES = """
() => [...document.querySelectorAll("button, input, a[href], select")]
  .filter((e) => e.checkVisibility() && !e.closest("#capture"))
  .map((e) => { const r = e.getBoundingClientRect();
                return [e.id || e.textContent.trim().slice(0, 30), e.className, r.width, r.height]; })
"""


async def too_small(page):
    return [
        (name, kind, width, height)
        for name, kind, width, height in await page.evaluate(SIZES)
        if min(width, height) < (64 if {"primary", "set"} & set(kind.split()) else 48)
    ]


async def test_18_targets_are_at_least_48_px_and_primary_ones_64(visitor, house):
    page = visitor.page
    await page.goto(house.url)
    await expect(page.locator("#badge")).to_be_visible()
    assert await too_small(page) == []
    await visitor.open_page(location=None)
    assert await too_small(page) == []
    await visitor.wedge("LOC-A-01-01")
    await visitor.wedge(TEA)
    await visitor.wedge("WHAT-IS-THIS")
    assert await too_small(page) == []
    assert len(await page.evaluate(SIZES)) > 18, "the counting page has more controls than that"
    for opener in ("#close", "[data-open=typed]:visible", "#lines .row", "#parked .row"):
        await page.locator(opener).first.click()
        assert await too_small(page) == []
        await page.locator("dialog[open] [data-close]").click()


async def test_19_the_card_shows_code_item_quantity_location_time_and_device(hands, house):
    await hands.page.locator("#pad [data-digit='3']").click()
    await hands.page.locator("#pad [data-key=set]").click()
    await expect(hands.page.locator("#pending")).to_have_text("3")
    await house.device_scan(TEA)
    await hands.expect_word("ok", "Counted")
    time = await hands.page.evaluate("t => new Date(t / 1000).toLocaleTimeString('en-GB')", house.station.last.ts)
    facts = {
        "item": "Green tea, 250 g · TEA-1",
        "qty": "3",
        "code": TEA,
        "location": "A-01-01",
        "device": "bench scanner",
        "time": time,
    }
    for name, words in facts.items():
        await expect(hands.page.locator(f"#card-{name}")).to_have_text(words)


async def test_19_the_card_shows_what_the_label_said_and_what_was_made_of_it(hands, house):
    said, row = hands.page.locator("#card-said"), hands.page.locator("#card-said-row")
    await house.station.set_quantity(3)
    await house.device_scan("[)>\x1e06\x1d1PLAMP-7\x1dQ 0250\x1e\x04", "]d1")
    await expect(said).to_have_text("Q 0250 → 250 pieces; 3 × 250 = 750")
    await hands.page.set_viewport_size({"width": 360, "height": 740})
    await expect(row).to_be_visible()
    assert await hands.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the page is wider than it is"
    )
    assert house.facts()[-1].data["said"] == "Q 0250 → 250 pieces; 3 × 250 = 750"
    await house.device_scan(TEA)
    await expect(row).to_be_hidden()


async def test_29_a_new_scan_replaces_the_result_at_once(hands):
    for code, word in ((TEA, "Counted"), ("NO-SUCH", "Unknown code"), (LAMP, "Counted")):
        await hands.wedge(code)
        await expect(hands.page.locator("#card-word")).to_have_text(word)
        await expect(hands.page.locator("#card-code")).to_have_text(code)


async def test_33_axe_finds_no_violation(visitor, house, violations):
    page = visitor.page
    await page.goto(house.url)
    await expect(page.locator("#badge")).to_be_visible()
    assert await violations() == []
    await house.station.sign_in("1001")
    await visitor.open_page(location=None)
    assert await violations() == []
    await visitor.wedge("LOC-A-01-01")
    for code in (TEA, "WHAT-IS-THIS", TEA[:-1] + "0", "LOC-A-01-02"):
        await visitor.wedge(code)
        assert await violations() == []
    for opener in ("#close", "[data-open=typed]:visible", "#lines .row", "#parked .row"):
        await page.locator(opener).first.click()
        assert await violations() == []
        await page.locator("dialog[open] [data-close]").click()


async def test_34_the_result_is_announced_even_when_it_is_the_same_again(hands):
    live = hands.page.locator("#live")
    await hands.wedge(TEA)
    await expect(live).to_contain_text("Counted. 1 × Green tea, 250 g")
    first = await live.text_content()
    await hands.wedge(TEA)
    assert await live.text_content() != first
    await expect(live).to_have_attribute("aria-live", "assertive")


async def test_nothing_is_cut_off_at_200_percent_zoom(visitor, house):
    await visitor.page.set_viewport_size({"width": 640, "height": 400})
    await visitor.open_page()
    for code in (TEA, "WHAT-IS-THIS", TEA[:-1] + "0"):
        await visitor.wedge(code)
        wide = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        scroll, client = await visitor.page.evaluate(wide)
        assert scroll <= client
    cut = """[...document.querySelectorAll("main *, header *")]
      .filter((e) => e.checkVisibility() && e.children.length === 0 && e.scrollWidth > e.clientWidth + 1
        && getComputedStyle(e).overflowX !== "visible").map((e) => e.id || e.outerHTML.slice(0, 80))"""
    assert await visitor.page.evaluate(cut) == []
    assert await visitor.page.evaluate("document.documentElement.lang") == "en"
