// The office: who is signed in, the list of audits, the steps of one.  What is drawn of a review: office_review.js.

import { $, make, show, sync, text } from "/static/dom.js";
import { drawDevices } from "/static/office_devices.js";
import { decide, whenOpened } from "/static/office_dialogs.js";
import { ask, setToken, whenSignedOut, words } from "/static/office_link.js";
import { changesOf, drawClosings, drawReview, money, recordOf } from "/static/office_review.js";
import { WORDS_SHOWN, plural, visible } from "/static/words.js";

const POLL_MS = 4000;
const STATES = ["counting", "reconciled", "approved", "posted"];

let person = null; // the session of who is signed in
let audits = [];
let report = null; // the review that is shown
let busy = false;
let turn = Promise.resolve(); // ends when the work under way has ended

// who

function follow(next) {
  const changed = person?.badge !== next?.badge;
  person = next;
  setToken(person?.csrf ?? "");
  show($("entrance"), !person);
  show($("desk"), Boolean(person));
  show($("sign-out"), Boolean(person));
  text($("who"), person ? `${visible(person.name)} · ${person.role}` : "Nobody is signed in");
  for (const button of document.querySelectorAll("[data-changes]")) show(button, Boolean(person?.changes));
  if (!person) {
    report = null;
    draw();
    if (changed || !document.activeElement?.closest("#sign-in")) $("badge").focus();
  }
}

$("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [badge, pin] = [$("badge").value.trim(), $("pin").value];
  if (!badge || !pin) {
    text($("sign-in-fault"), badge ? "Type your PIN." : "Scan or type your badge first.");
    $(badge ? "pin" : "badge").focus();
    return;
  }
  const { status, answer } = await ask("sign-in", { badge, pin });
  $("pin").value = "";
  text($("sign-in-fault"), status === 200 ? "" : words(answer));
  if (status !== 200) return $("pin").focus();
  $("sign-in").reset();
  follow(answer.session);
  await list();
  await choose(location.hash.slice(1));
});

$("sign-out").addEventListener("click", async () => {
  await ask("sign-out", {});
  history.replaceState(null, "", "/office");
  follow(null);
});

// the list

async function list() {
  const [devices, { status, answer }] = await Promise.all([ask("devices"), ask("audits")]);
  if (devices.status === 200) drawDevices(devices.answer);
  if (status !== 200) return;
  audits = answer.audits.reverse();
  drawList();
  const shown = audits.find((audit) => audit.audit === report?.audit);
  if (shown && shown.state !== report.state) await load(shown.audit);
  if (report?.state === "counting") await closings();
  else drawClosings([]);
}

// What the places that closed lately have found, while counting goes on elsewhere.
async function closings() {
  const { status, answer } = await ask(`${encodeURIComponent(report.audit)}/closings`);
  if (status === 200) drawClosings(answer.closings);
}

function drawList() {
  sync(
    $("audits"),
    audits,
    (audit) => audit.audit,
    (audit) => {
      const item = make("li");
      const button = make("button", "audit-card");
      button.type = "button";
      button.append(make("strong"), make("span", "state"), make("progress"), make("span", "facts-line"));
      button.addEventListener("click", () => (location.hash === `#${audit.audit}` ? choose(audit.audit) : (location.hash = audit.audit)));
      item.append(button);
      return item;
    },
    (item, audit) => {
      const [name, state, progress, facts] = item.firstElementChild.children;
      item.firstElementChild.setAttribute("aria-current", String(audit.audit === report?.audit));
      text(name, visible(audit.name || audit.audit));
      text(state, audit.state);
      state.dataset.state = audit.state;
      progress.max = Math.max(1, audit.total);
      progress.value = audit.closed;
      progress.setAttribute("aria-label", `${audit.closed} of ${audit.total} locations counted`);
      const now = audit.open.map((place) => `${place.location} (${place.operator}, ${place.station})`);
      const parts = [
        `${audit.closed} of ${plural(audit.total, "location", "locations")} counted`,
        audit.recounts_due.length ? `to be counted again: ${audit.recounts_due.join(", ")}` : "",
        now.length ? `now: ${now.join(", ")}` : "",
        audit.audit,
      ];
      text(facts, visible(parts.filter(Boolean).join(" · ")));
    },
  );
  show($("audits-none"), audits.length === 0);
}

// one audit

async function choose(number) {
  if (!number || !person) return;
  text($("done"), "");
  await load(number);
}

function load(number) {
  return work(`${encodeURIComponent(number)}/report`, undefined, (answer) => {
    report = answer;
  });
}

// Do one thing that takes a while, after what is under way: say so, then show what came of it.
function work(path, body, take) {
  const mine = turn.then(() => doWork(path, body, take));
  turn = mine.catch(() => {});
  return mine;
}

async function doWork(path, body, take) {
  busy = true;
  show($("wait"), true);
  text($("fault"), "");
  const { status, answer } = await ask(path, body);
  busy = false;
  show($("wait"), false);
  if (status === 200) take(answer);
  else text($("fault"), words(answer));
  draw();
  drawList();
  return status === 200;
}

function draw() {
  show($("nothing"), !report && !$("fault").textContent);
  show($("sheet"), Boolean(report) || Boolean($("fault").textContent));
  for (const part of document.querySelectorAll("[data-found]")) show(part, Boolean(report));
  if (!report) return;
  drawReview(report, { changes: Boolean(person?.changes), recount: drawButtons, reject, takeBack });
  sync(
    $("way"),
    STATES,
    (state) => state,
    (state) => make("li", "", state),
    (item, state) => {
      item.toggleAttribute("data-past", STATES.indexOf(state) < STATES.indexOf(report.state));
      if (state === report.state) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    },
  );
  $("report").href = `/office/${encodeURIComponent(report.audit)}/report`;
  drawButtons();
}

const chosen = () => [...new Set(Array.from(document.querySelectorAll("#variances input:checked"), (box) => box.value))];

// Only the steps that follow from where the audit stands; the next one is the strong one.
function drawButtons() {
  const { state } = report;
  const counting = state === "counting" || state === "reconciled";
  const steps = { reconcile: counting, recount: counting, approve: state === "reconciled", post: state === "approved" };
  for (const [id, possible] of Object.entries(steps)) show($(id), possible && Boolean(person?.changes));
  const next = { counting: "reconcile", reconciled: "approve", approved: "post" }[state];
  for (const id of Object.keys(steps)) $(id).classList.toggle("strong", id === next);
  const places = chosen();
  text($("reconcile"), state === "counting" ? "End the count and compare" : "Compare again");
  text($("recount"), places.length ? `Count again: ${plural(places.length, "location", "locations")}` : "Count again: beyond tolerance");
  const left = report.not_counted.length;
  const hints = {
    counting: left
      ? `${plural(left, "location is", "locations are")} not counted yet; nothing is concluded about them.`
      : "Every location is counted.",
    reconciled: report.recounts_due.length
      ? `To be counted again first: ${report.recounts_due.join(", ")}.`
      : "Look at what breaks, then approve, or have places counted again.",
    approved: "Approved. Posting books the differences.",
    posted: "Posted. The books are changed; counting in this audit is over.",
  };
  text($("hint"), visible(hints[state] ?? ""));
}

async function step(name, body, said) {
  text($("done"), "");
  const done = await work(`${encodeURIComponent(report.audit)}/${name}`, body, (answer) => {
    if (name === "reconcile") report = answer;
    text($("done"), visible(said(answer)));
  });
  if (done && name !== "reconcile") await load(report.audit);
  await list();
}

$("reconcile").addEventListener("click", () =>
  step("reconcile", {}, (answer) =>
    answer.state === "counting" ? `Compared. To be counted again first: ${answer.recounts_due.join(", ")}.` : "Compared. Nothing is posted yet.",
  ),
);

$("recount").addEventListener("click", () => {
  const locations = chosen();
  const sum = locations.length ? `By somebody else: ${locations.join(", ")}.` : `By somebody else: every location beyond tolerance${report.disturbed.length ? ", and those that were booked while open" : ""}.`;
  const reasons = ["VARIANCE", "MISCOUNT", "MOVED", "PARKED CODES"];
  decide({ title: "Have it counted again?", sum, yes: "Count again", reason: "VARIANCE", reasons }, (reason) =>
    step("recount", { locations, reason }, (answer) =>
      answer.locations.length ? `To be counted again by somebody else: ${answer.locations.join(", ")}.` : "Nothing is to be counted again.",
    ),
  );
});

// A record that stays as it is although something was found of it.
function reject(row) {
  const { item, location, lot } = row;
  const sum = `${row.name || item} at ${location} stays as it is; the others can be approved.${row.sides ? ` Its other side stays too: ${row.sides}.` : ""}`;
  const also = row.sides && "Book the other side all the same; the item's total changes";
  const reasons = ["COUNT IN DOUBT", "BOOKING ON THE WAY", "ON LOAN", "TO BE INVESTIGATED"];
  decide({ title: "Reject this finding?", sum: visible(sum, WORDS_SHOWN), yes: "Reject", reason: "", reasons, also }, (reason, alone) =>
    judge(row, "reject", { item, location, lot, reason, alone }, `Rejected: ${row.name || item} at ${location} stays as it is.`),
  );
}

function takeBack(row) {
  const { item, location, lot, name } = row;
  judge(row, "withdraw-rejection", { item, location, lot }, `Taken back: ${name || item} at ${location} is approved with the others.`);
}

// A step about one record; its button keeps the focus, though the tables are drawn anew.
async function judge(row, name, body, said) {
  await step(name, body, () => said);
  Array.from(document.querySelectorAll("[data-record]")).find((button) => button.dataset.record === recordOf(row))?.focus();
}

$("approve").addEventListener("click", () => {
  const sum = `${changesOf(report)} Counting in this audit ends.`;
  decide({ title: "Approve the adjustments?", sum, yes: "Approve", reason: "COUNT", label: "Reason code" }, (reason) =>
    step("approve", { reason }, (answer) => `Approved: adjustments worth ${money(answer.amount)} ${answer.currency}.`),
  );
});

$("post").addEventListener("click", () => {
  const sum = `${changesOf(report)} They are booked once. This cannot be taken back.`;
  decide({ title: "Post to the books?", sum, yes: "Post" }, () =>
    step("post", {}, (answer) => {
      const left = answer.not_posted.length ? ` ${plural(answer.not_posted.length, "record stays", "records stay")} as before.` : "";
      const before = answer.adjustments ? "Posted before: nothing changed." : `Nothing was to be posted.${left}`;
      return answer.new ? `${plural(answer.new, "adjustment", "adjustments")} posted.${left}` : before;
    }),
  );
});

// begin

whenSignedOut(() => follow(null));
whenOpened(async (audit) => {
  await list();
  location.hash = audit;
});
addEventListener("hashchange", () => choose(decodeURIComponent(location.hash.slice(1))));
setInterval(() => person && !busy && document.visibilityState === "visible" && list(), POLL_MS);

if (document.body.dataset.refused) {
  text($("sign-in-hint"), `A ${document.body.dataset.refused} may not see the office: counts are blind. A supervisor signs in here.`);
  follow(null);
} else {
  const { status, answer } = await ask("session");
  follow(status === 200 ? answer.session : null);
  if (person) {
    await list();
    await choose(decodeURIComponent(location.hash.slice(1)));
  }
}
document.body.dataset.ready = "yes";
