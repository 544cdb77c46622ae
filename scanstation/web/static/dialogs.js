// The dialogs stand beside the card of the last scan, never over it; a scan goes on counting while one is open.

import { $, pieces, text } from "/static/dom.js";
import { plural, visible } from "/static/words.js";

export class Dialogs {
  // act(path, body) resolves to the answer; view() is the view of now
  constructor({ act, view }) {
    this.act = act;
    this.view = view;
    this.subject = null;
    for (const button of document.querySelectorAll("[data-open]")) {
      button.addEventListener("click", () => this.open(button.dataset.open));
    }
    for (const dialog of document.querySelectorAll("dialog")) this.wire(dialog);
    for (const button of document.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
  }

  wire(dialog) {
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(dialog, event.submitter?.value ?? "");
    });
  }

  open(name) {
    const dialog = $(`dialog-${name}`);
    if (document.querySelector("dialog[open]")) return;
    for (const input of dialog.querySelectorAll("input")) input.value = "";
    this.fault(dialog, "");
    this.prepare[name]?.call(this, this.view());
    dialog.showModal();
  }

  openLine(item, lot) {
    this.subject = { item, lot };
    this.open("line");
  }

  openParked(seq) {
    this.subject = { seq };
    this.open("parked");
  }

  closeAll() {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  }

  prepare = {
    close(view) {
      const here = `${plural(view.location_lines, "line", "lines")}, ${plural(view.location_units, "piece", "pieces")}`;
      text($("close-title"), `Close ${visible(view.location ?? "the location")}?`);
      text($("close-sum"), `${here} counted.`);
      const parked = view.parked.filter((code) => code.location === view.location).length;
      const tags = view.swept_tags ? `${plural(view.swept_tags, "tag", "tags")} seen. ` : "";
      const present =
        view.present_tags === null ? "" : `${plural(view.present_tags, "tag is", "tags are")} here by fixed antennas. `;
      const wait = parked ? `${plural(parked, "code waits", "codes wait")} here and will not be counted.` : "";
      text($("close-parked"), tags + present + wait);
    },
    line(view) {
      const { item, lot } = this.subject;
      const line = view.lines.find((l) => l.item === item && l.lot === lot);
      text($("line-title"), visible(line?.name || item));
      text($("line-now"), `${visible(item)}${lot === null ? "" : ` · lot ${visible(lot)}`} · counted ${line?.qty ?? 0}`);
      $("line-qty").value = String(line?.qty ?? 0);
    },
    parked(view) {
      const parked = view.parked.find((code) => code.seq === this.subject.seq);
      text($("resolve-code"), visible(parked?.payload ?? ""));
      text($("resolve-why"), visible(parked?.text ?? ""));
      for (const name of ["item", "lot", "serial"]) $(`resolve-${name}`).value = parked?.[name] ?? "";
      $("resolve-qty").value = String(parked?.qty ?? 1);
    },
  };

  step(by) {
    const input = $("line-qty");
    input.value = String(Math.max(0, (Number(input.value) || 0) + by));
  }

  async submit(dialog, choice) {
    const [path, body, why] = this.request[dialog.id.replace("dialog-", "")].call(this, choice);
    if (why) {
      this.fault(dialog, why);
      return;
    }
    const answer = await this.act(path, body);
    if (answer.outcome === "ok" || path === "/api/typed") dialog.close();
    else this.fault(dialog, [answer.text, answer.remedy].filter(Boolean).join(" "));
  }

  request = {
    typed: () => needed("typed-code", "/api/typed", "code"),
    reopen: () => needed("reopen-location", "/api/reopen", "location"),
    close: () => ["/api/close", {}, ""],
    line(choice) {
      const [qty, why] = pieces($("line-qty").value, 0);
      const line = { ...this.subject, qty };
      return choice === "damaged" || choice === "quarantined"
        ? ["/api/mark", { ...line, status: choice }, why]
        : ["/api/correct", line, why];
    },
    parked() {
      const [qty, why] = pieces($("resolve-qty").value, 1);
      const item = $("resolve-item").value.trim();
      const [lot, serial] = [$("resolve-lot").value, $("resolve-serial").value];
      return ["/api/resolve", { ...this.subject, item, qty, lot, serial }, item ? why : "Type the item number."];
    },
  };

  fault(dialog, words) {
    text(dialog.querySelector(".fault"), visible(words));
  }
}

function needed(id, path, name) {
  const words = $(id).value.trim();
  return [path, { [name]: words }, words ? "" : "Type it first."];
}
