// The answers to what the card asks: touch, keys, or the scanner (which the station hears by itself).

import { $, make, pieces, show, sync, text } from "/static/dom.js";
import { visible } from "/static/words.js";

const LABELS = { lot: "Lot", serial: "Serial number", quantity: "Quantity" };
const KEYS = { lot: "lot", serial: "serial", quantity: "qty" };

export class Asked {
  // answer(body) resolves to the station's answer
  constructor({ answer }) {
    this.answer = answer;
    this.question = null;
    $("asked").addEventListener("submit", (event) => {
      event.preventDefault();
      this.take();
    });
    $("asked-yes").addEventListener("click", () => this.give({ yes: true }));
    $("asked-no").addEventListener("click", () => this.give({ yes: false }));
    $("asked-none").addEventListener("click", () => this.give({ [KEYS[this.question.wants]]: null }));
  }

  // What a number of the keypad answers; false where it is the quantity of the next scan.
  get wantsNumber() {
    return this.question !== null && this.entry === "quantity";
  }

  // The question that stands now, or null.
  follow(question) {
    if (question?.seq === this.question?.seq) return;
    this.question = question;
    const before = document.activeElement;
    show($("asked"), question !== null);
    if (question === null) {
      if (before === $("asked-input")) before.blur();
      else if ($("asked").contains(before)) $("card").focus({ preventScroll: true });
      return;
    }
    this.entry = question.kind === "quantity" ? "quantity" : LABELS[question.wants] ? question.wants : null;
    this.draw(question);
    const outOfSight = $("card").getBoundingClientRect().top < 0 || $("asked").getBoundingClientRect().bottom > innerHeight;
    if (outOfSight) $("card").scrollIntoView({ block: "start" });
    const keys = matchMedia("(any-pointer: fine)").matches; // else a touch would open the keyboard over the card
    if (this.entry !== null && question.wants !== "yes" && keys && before === document.body) {
      $("asked-input").focus({ preventScroll: true });
    }
  }

  draw(question) {
    const number = this.entry === "quantity";
    show($("asked-entry"), this.entry !== null);
    const unit = question.unit ? ` (${question.unit})` : "";
    text($("asked-label"), question.wants === "yes" ? "Or the right quantity" : `${LABELS[this.entry] ?? ""}${unit}`);
    $("asked-input").value = "";
    $("asked-input").inputMode = number ? "numeric" : "text";
    $("asked-input").maxLength = number ? 7 : 90;
    for (const [name, words] of [["yes", question.yes], ["no", question.no], ["none", question.none]]) {
      show($(`asked-${name}`), name === "no" || words !== "");
      text($(`asked-${name}-does`), visible(words));
    }
    text($("asked-fault"), "");
    show($("asked-options"), question.options.length > 0);
    sync(
      $("asked-options"),
      question.options,
      ([item]) => item,
      ([item]) => {
        const button = make("button", "primary");
        button.type = "button";
        button.append(make("strong"), make("span", "code"));
        button.addEventListener("click", () => this.give({ item }));
        return button;
      },
      (button, [item, name]) => {
        text(button.children[0], visible(name));
        text(button.children[1], visible(item));
      },
    );
  }

  take() {
    const words = $("asked-input").value.trim();
    const [value, why] = this.entry === "quantity" ? pieces(words, 1) : [words, words ? "" : "Type it first, or scan it."];
    if (why) text($("asked-fault"), why);
    else this.give({ [KEYS[this.entry]]: value });
  }

  async give(body) {
    if (this.question === null) return { outcome: "refused", text: "Nothing is asked now." };
    text($("asked-fault"), "");
    return this.answer({ question: this.question.seq, ...body });
  }
}
