"""What the card asks, and every way to answer: keys, touch, scanner, command labels."""

import pytest
from playwright.async_api import expect

from scanstation.counting.events import EventKind

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEA, DRILL, COAT = "9521141000014", "9521141000038", "9521141000045"
EXPIRED = f"]C1010{COAT}17250131" + "10L9"
TOO_SMALL = """
() => [...document.querySelectorAll("#asked button, #asked input")].filter((e) => e.checkVisibility())
  .map((e) => [e.id, e.getBoundingClientRect().width, e.getBoundingClientRect().height])
  .filter(([, width, height]) => Math.min(width, height) < 64)
"""


async def test_a_lot_is_typed_by_keys_alone_and_undone(hands, house):
    page = hands.page
    await hands.wedge(COAT)
    await hands.expect_word("asked", "Answer first")
    await expect(page.locator("#card-text")).to_have_text("Winter coat, L: scan or type the lot.")
    await expect(page.locator("#live")).to_contain_text("Answer first. Winter coat, L: scan or type the lot.")
    await expect(page.locator("#asked-input")).to_be_focused()
    assert house.counted() == []
    await page.keyboard.press("Enter")
    await expect(page.locator("#asked-fault")).to_have_text("Type it first, or scan it.")
    await page.keyboard.type("L 7")
    await page.keyboard.press("Enter")
    await hands.expect_word("ok", "Counted")
    await expect(page.locator("#asked")).to_be_hidden()
    assert await page.evaluate("document.activeElement === document.body")
    assert [(event.item, event.lot) for event in house.facts()] == [("COAT-9", "L 7")]
    await page.keyboard.press("Control+z")
    await expect(page.locator("#card-text")).to_have_text("Undone: 1 × Winter coat, L")
    await expect(page.locator("#parked-none")).to_be_visible()


async def test_the_scan_that_was_asked_for_answers_while_the_field_has_the_focus(hands, house):
    await hands.wedge(DRILL)
    await hands.expect_word("asked", "Answer first")
    await hands.page.locator("#asked-input").press_sequentially("half a")
    await hands.wedge(f"]d2010{DRILL}21S1001")
    await hands.expect_word("ok", "Counted")
    assert [(event.item, event.serial) for event in house.facts()] == [("DRILL-3", "S1001")]
    await hands.wedge(DRILL)
    await hands.wedge(TEA)  # another scan leaves it parked
    await hands.expect_word("ok", "Counted")
    await expect(hands.page.locator("#asked")).to_be_hidden()
    await expect(hands.page.locator("#parked-title")).to_have_text("Parked codes (1)")


async def test_an_expired_lot_by_touch_after_a_reload_on_a_telephone(hands, house):
    page = hands.page
    await page.set_viewport_size({"width": 390, "height": 844})
    await hands.wedge(EXPIRED)
    await hands.expect_word("asked", "Answer first")
    await page.reload()
    yes = page.locator("#asked-yes")
    await expect(yes).to_contain_text("count it as expired goods")
    await expect(yes).to_be_in_viewport(ratio=1)
    assert await page.evaluate(TOO_SMALL) == []
    await yes.click()
    await expect(page.locator("#asked")).to_be_hidden()
    (counted,) = house.facts()
    assert (counted.lot, counted.data["expiry"], counted.data["answers"]["expired"]["yes"]) == (
        "L9",
        "2025-01-31",
        True,
    )


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
async def test_a_question_comes_into_sight_where_the_page_was_scrolled(hands, house, size):
    page = hands.page
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    for number in range(12):
        await hands.wedge(f"WHAT-{number}")
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    await expect(page.locator("#card-word")).not_to_be_in_viewport()
    await hands.wedge(EXPIRED)
    await expect(page.locator("#asked-yes")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#card-word")).to_be_in_viewport(ratio=1)


async def test_command_labels_answer(hands, house):
    await hands.wedge(EXPIRED)
    await hands.wedge("CMD-NO")
    await hands.expect_word("done", "Done")
    await hands.wedge(COAT)
    await hands.wedge("CMD-NONE")
    await hands.expect_word("ok", "Counted")
    await hands.wedge(EXPIRED)
    await hands.wedge("CMD-YES")
    await hands.expect_word("ok", "Counted")
    assert [(event.item, event.lot) for event in house.facts()] == [("COAT-9", None), ("COAT-9", "L9")]


async def test_the_keypad_answers_what_asks_for_a_number(hands, house):
    page = hands.page
    await house.station.set_quantity(99_999)
    await hands.wedge(TEA)
    await hands.expect_word("asked", "Answer first")
    await expect(page.locator("#card-text")).to_have_text("99,999 × Green tea, 250 g: is that right?")
    await expect(page.locator("#pending-label")).to_have_text("Answer")
    for digit in "99":
        await page.locator(f"#pad [data-digit='{digit}']").click()
    await page.locator("#pad [data-key=set]").click()
    await hands.expect_word("ok", "Counted")
    assert house.counted() == [("TEA-1", 99)]
    await expect(page.locator("#pending-label")).to_have_text("Next scan counts")


async def test_an_answer_to_another_question_is_refused(hands, house):
    await hands.wedge(COAT)
    first = house.station.view().question.seq
    await hands.wedge(COAT)
    answer = await hands.page.evaluate(
        """async (question) => {
          const state = await (await fetch("/api/state")).json();
          const headers = {"content-type": "application/json", "x-scanstation-token": state.session.csrf};
          const send = (body) => fetch("/api/answer", {method: "POST", headers, body: JSON.stringify(body)});
          const late = await (await send({question, lot: "L1"})).json();
          const both = await (await send({question, lot: "L1", yes: true})).json();
          return [late.outcome, late.text, both.outcome, both.text];
        }""",
        first,
    )
    assert answer[:2] == ["refused", "Nothing is asked now: scan the label again."]
    assert answer[2] == "error" and "give one answer" in answer[3]
    assert house.counted() == []
    assert len(house.facts(EventKind.PARKED)) == 2


async def test_axe_finds_nothing_wrong_with_a_question(hands, house, violations):
    for code in (COAT, EXPIRED):
        await hands.wedge(code)
        await hands.expect_word("asked", "Answer first")
        assert await violations() == []
        assert await hands.page.evaluate(TOO_SMALL) == []
