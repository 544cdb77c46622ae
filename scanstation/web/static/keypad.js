// The quantity of the next scan, by touch or by the digits of a keyboard.

import { $, pieces, text } from "/static/dom.js";

const STRAY = "Typed text is no quantity. If this was a scan, the scanner does not send its prefix: see its set-up sheet.";

export class Keypad {
  // set(quantity or null), refuse(words)
  constructor({ set, refuse }) {
    this.set = set;
    this.refuse = refuse;
    this.typed = "";
    this.spoiled = false; // something else than digits came: no quantity, rather a scanner without its prefix
    this.pending = null;
    $("pad").addEventListener("click", (event) => this.touch(event.target.closest("button")));
  }

  touch(button) {
    if (!button) return;
    if (button.dataset.digit) this.add(button.dataset.digit);
    else if (button.dataset.key === "set") this.enter();
    else this.clear();
  }

  // A key of the keyboard; true when it was used.
  key(event) {
    if (/^\d$/.test(event.key)) this.add(event.key);
    else if (event.key === "Enter" && (this.typed || this.spoiled)) this.enter();
    else if (event.key === "Backspace" && this.typed) this.change(this.typed.slice(0, -1));
    else if (event.key === "Escape" && (this.typed || this.spoiled || this.pending !== null)) this.clear();
    else if (event.key.length === 1 && event.key !== " ") this.spoiled = true;
    else return false;
    return true;
  }

  add(digit) {
    this.change((this.typed + digit).replace(/^0+(?=\d)/, "").slice(0, 40));
  }

  change(typed) {
    this.typed = typed;
    this.draw();
  }

  enter() {
    if (!this.typed && !this.spoiled) return;
    const [quantity, why] = this.spoiled ? [null, STRAY] : pieces(this.typed, 1);
    this.change("");
    this.spoiled = false;
    if (quantity === null) this.refuse(why);
    else this.set(quantity);
  }

  clear() {
    this.change("");
    this.spoiled = false;
    if (this.pending !== null) this.set(null);
  }

  follow(pending) {
    this.pending = pending;
    this.draw();
  }

  draw() {
    const output = $("pending");
    output.dataset.state = this.typed ? "typing" : this.pending !== null ? "set" : "one";
    text(output, this.typed.slice(-7) || String(this.pending ?? 1));
  }
}
