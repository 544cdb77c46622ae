// The dialogs of the office: to decide, and to open an audit.

import { $, make, show, text } from "/static/dom.js";
import { ask, words } from "/static/office_link.js";
import { plural, visible } from "/static/words.js";

const REASONS = ["COUNT", "SHRINK", "DAMAGE", "MISPICK", "RECEIPT", "FOUND"];

let decided = null;

// Ask for a yes, and for a reason where one is given to begin with; `then` gets it.
export function decide({ title, sum, yes, reason, reasons = REASONS, label = "Reason", also = "" }, then) {
  const asks = reason !== undefined;
  text($("decide-title"), title);
  text($("decide-words"), sum);
  text($("decide-yes"), yes);
  show($("decide-reason"), asks);
  text($("reason-label"), label);
  show($("decide-also"), Boolean(also));
  text($("also-label"), also);
  $("also").checked = false;
  $("reason").value = reason ?? "";
  $("reasons").replaceChildren(...reasons.map((value) => Object.assign(make("option"), { value })));
  text($("dialog-decide").querySelector(".fault"), "");
  decided = (said) => {
    if (asks && !said) return text($("dialog-decide").querySelector(".fault"), "Name a reason.");
    $("dialog-decide").close();
    then(said, $("also").checked);
  };
  $("dialog-decide").showModal();
  (asks ? $("reason") : $("decide-yes")).focus();
}

$("dialog-decide").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  decided($("reason").value.trim());
});

// Let `opened` know the number of the audit that was opened at the dialog.
export function whenOpened(opened) {
  $("dialog-open").querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const fault = $("dialog-open").querySelector(".fault");
    const name = $("open-name").value.trim();
    if (!name) return text(fault, "Give it a name.");
    const zones = Array.from($("open-zones").querySelectorAll("input:checked"), (box) => box.value);
    const { status, answer } = await ask("open", { name, zones });
    if (status !== 200) return text(fault, words(answer));
    $("dialog-open").close();
    await opened(answer.audit);
  });
}

$("new").addEventListener("click", async () => {
  const { status, answer } = await ask("zones");
  if (status !== 200 || $("dialog-open").open) return;
  $("open-name").value = "";
  text($("dialog-open").querySelector(".fault"), "");
  $("open-zones").replaceChildren(
    ...answer.zones.map(({ zone, locations }) => {
      const label = make("label", "check");
      const box = make("input");
      box.type = "checkbox";
      box.value = zone;
      label.append(box, `${visible(zone || "no zone")} (${plural(locations, "location", "locations")})`);
      return label;
    }),
  );
  $("dialog-open").showModal();
});

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
