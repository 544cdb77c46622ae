// The card of the last scan: colour, icon, word and tone say the same thing four ways.

import { $, text } from "/static/dom.js";
import { VERDICTS, WORDS_SHOWN, clockTime, visible } from "/static/words.js";

export class Card {
  constructor(sound) {
    this.sound = sound;
    this.number = undefined; // of the server's scan that was shown last
    this.shown = 0;
    this.turn = false;
  }

  // Show the server's last scan if it is new.  What was there when the page opened makes no noise.
  follow(last) {
    const number = last ? last.number : null;
    if (number === this.number) return false;
    const silent = this.number === undefined;
    this.number = number;
    if (last === null) this.reset();
    else this.showScan(last, silent);
    return last !== null && !silent;
  }

  reset() {
    this.paint("idle", "", {});
  }

  showScan(last, silent) {
    const counted = last.verdict !== "ok" || (last.item !== null && last.qty > 0);
    const parts = [...new Set([last.name ?? "", last.item ?? ""])].filter(Boolean).map((words) => visible(words));
    if (last.lot !== null) parts.push(`lot ${visible(last.lot)}`);
    if (last.serial !== null) parts.push(`serial ${visible(last.serial)}`);
    const facts = {
      item: parts.join(" · "),
      qty: last.qty ? last.qty.toLocaleString("en") : "",
      said: visible(last.said),
      code: visible(last.code),
      location: visible(last.location),
      device: visible(last.device),
      time: clockTime(last.ts),
    };
    this.paint(counted ? last.verdict : "done", last.text, facts, silent);
  }

  // A result that this page knows by itself: a scan that waits, a torn scan, an answer to a touch.
  showLocal(verdict, words, facts = {}) {
    this.paint(verdict, words, { time: clockTime(Date.now() * 1000), ...facts }, false);
  }

  paint(verdict, words, facts, silent = true) {
    const known = VERDICTS[verdict] ? verdict : "error";
    const { word, tone } = VERDICTS[known];
    $("card").dataset.verdict = known;
    $("card").dataset.scan = String(++this.shown); // tells apart two results that look the same
    $("card-icon").setAttribute("href", `#icon-${known === "done" ? "ok" : known}`);
    text($("card-word"), word);
    text($("card-text"), visible(words, WORDS_SHOWN));
    $("card-said-row").hidden = !facts.said;
    for (const name of ["item", "qty", "said", "code", "location", "device", "time"]) {
      text($(`card-${name}`), facts[name] || "–");
    }
    if (silent) return;
    this.sound.play(tone);
    this.say([word, words, facts.qty && `${facts.qty} ×`, facts.item, facts.said].filter(Boolean).join(". "));
  }

  // For screen readers; the same words twice are said twice.
  say(words) {
    this.turn = !this.turn;
    $("live").textContent = visible(words, WORDS_SHOWN) + (this.turn ? "\u00a0" : "");
  }
}
