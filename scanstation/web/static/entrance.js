// Badge, then PIN: by scanner, by touch or by keyboard.

import { $, text } from "/static/dom.js";
import { visible } from "/static/words.js";

export class Entrance {
  // signIn(badge, pin) resolves to the answer
  constructor({ signIn, operatorPrefix }) {
    this.signIn = signIn;
    this.operatorPrefix = operatorPrefix;
    this.waiting = null;
    $("sign-in").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("pin-pad").addEventListener("click", (event) => this.touch(event.target.closest("button")));
    $("badge").addEventListener("input", () => this.fault(""));
  }

  touch(button) {
    const pin = $("pin");
    if (button?.dataset.digit) pin.value = (pin.value + button.dataset.digit).slice(0, 12);
    else if (button?.dataset.key === "clear") pin.value = "";
  }

  // A scan while nobody is signed in; only a badge means something.
  scanned(payload) {
    if (!payload.startsWith(this.operatorPrefix)) return false;
    this.badge(payload.slice(this.operatorPrefix.length));
    return true;
  }

  // A badge that a device of the station scanned.
  follow(badgeWaiting) {
    if (badgeWaiting === this.waiting) return;
    this.waiting = badgeWaiting;
    if (badgeWaiting !== null) this.badge(badgeWaiting);
  }

  badge(badge) {
    $("badge").value = badge;
    $("pin").value = "";
    this.fault("");
    text($("entrance-title"), `Badge ${visible(badge)}`);
    text($("sign-in-hint"), "Type your PIN.");
    $("pin").focus();
  }

  reset() {
    $("sign-in").reset();
    this.fault("");
    text($("entrance-title"), "Scan your badge");
    text($("sign-in-hint"), "Then type your PIN.");
  }

  async submit() {
    const badge = $("badge").value.trim();
    const pin = $("pin").value;
    if (!badge || !pin) {
      this.fault(badge ? "Type your PIN." : "Scan or type your badge first.");
      $(badge ? "pin" : "badge").focus();
      return;
    }
    const answer = await this.signIn(badge, pin);
    $("pin").value = "";
    if (answer.outcome === "ok") this.reset();
    else {
      this.fault([answer.text, answer.remedy].filter(Boolean).join(": "));
      $("pin").focus();
    }
  }

  fault(words) {
    text($("sign-in-fault"), visible(words));
  }
}
