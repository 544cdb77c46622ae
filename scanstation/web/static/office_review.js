// Draws the review of one audit: what breaks first.

import { $, make, show, text } from "/static/dom.js";
import { drawKeptOut } from "/static/office_kept_out.js";
import { item, n, table } from "/static/office_table.js";
import { WORDS_SHOWN, plural, visible } from "/static/words.js";

const KINDS = {
  phantom: "recorded, not there",
  hidden: "there, not recorded",
  misplaced: "in another place",
  unknown_item: "no record knows it",
};

const DESKS = { customer_desk: "customer desk", channel: "channel", buyer: "buyer", store_keeper: "store keeper" };
const lower = (word) => word.toLowerCase().replaceAll("_", " ");

// 1/10000 of the currency unit, as an amount with two decimals.
export function money(amount) {
  return (amount / 10000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

const date = (day) => ({ words: new Date(day * 86400000).toISOString().slice(0, 10), className: "date" });
const moment = (microseconds) => new Date(microseconds / 1000).toLocaleString("en-GB");
const signed = (number) => (number > 0 ? `+${number}` : String(number));

export function drawReview(report, hands) {
  text($("review-title"), visible(report.name || report.audit));
  const blind = report.blind ? "blind count" : "not blind";
  text($("review-facts"), visible(`Audit ${report.audit} · cut-off ${moment(report.cut_off)} · ${blind}`));
  const short = report.order_lines.filter((row) => row.short);
  const released = report.order_lines.filter((row) => row.released);
  drawTiles(report, short, released);
  drawDisturbed(report);
  const worst = ["What it breaks", "Item", "Due", "#Units", `#Likely, ${report.currency}`];
  const broken = (row) => [
    { words: lower(row.kind), className: `wide strong-words ${row.severity > 3 ? "bad" : ""}`.trim() },
    item(row), row.due === null ? "" : date(row.due), n(row.units), n(money(row.money)),
  ];
  table("breaks", report.consequences.filter((row) => row.kind !== "MONEY"), worst, broken, (row) => [DESKS[row.tell], row.words]);
  table("transfers", report.transfers, ["Item", "Lot", "From the record of", "To", "#Units"], (row) => [
    row.item, row.lot ?? "", row.source, row.target, n(row.units),
  ]);
  table("notices", report.notices, ["What", "Item", "In words"], (row) => [
    lower(row.kind), item(row), { words: row.words, className: "wide" },
  ]);
  const order = (row) => ({ words: row.order_id, small: row.customer, className: "wide" });
  const cover = (row) => [order(row), item(row), date(row.due), n(row.qty), n(row.promised), n(row.actual)];
  const heads = ["Order and customer", "Item", "Due", "#Ordered", "#Promised", "#Can be met"];
  table("short", short, ["#Short", ...heads], (row) => [n(row.short, "bad"), ...cover(row)]);
  table("released", released, ["#Released", ...heads], (row) => [n(row.released, "good"), ...cover(row)]);
  table("listings", report.listings, ["What is wrong", "Channel", "Item", "Says", "#Published", "#Really available"], (row) => [
    wrong(row), row.channel, item(row), row.state.replaceAll("_", " "), n(row.published_qty ?? "–"), n(row.ats_after),
  ]);
  const decision = decisionOf(report, hands);
  drawVariances(report, hands, decision);
  drawHeld(report, decision);
  table("parked", report.parked, ["Location", "Code", "Why it waits"], (row) => [
    row.location, { words: row.payload, className: "code" }, { words: row.why, className: "wide" },
  ]);
  drawKeptOut(report);
  show($("all-right"), !report.findings.length && !report.parked.length && !report.notices.length && !report.held.length);
}

// What the count of each location found, the latest first: what breaks there, or how far it is wrong.
export function drawClosings(closings) {
  show($("box-closings"), closings.length > 0);
  $("closings").replaceChildren(...closings.slice(0, 8).map(closingOf));
}

function closingOf({ location, findings, held, consequences }) {
  const item = make("li");
  const told = consequences.filter((row) => row.kind !== "MONEY").slice(0, 3).map((row) => row.words);
  const wrong = findings.length ? plural(findings.length, "wrong record", "wrong records") : "every record is right";
  const units = total(held, "units");
  const damage = units ? `, ${plural(units, "unit", "units")} damaged or in quarantine` : "";
  const quiet = told.length || !(findings.length || units) ? "" : ", no promise breaks";
  item.append(make("strong", "", visible(location)), ` ${wrong}${damage}${quiet}`);
  item.append(...told.map((words) => make("span", "breaks", visible(words, WORDS_SHOWN))));
  return item;
}

function drawTiles(report, short, released) {
  const units = total(short, "short");
  const [held, heldValue] = heldOf(report);
  const tiles = [
    [units, "units of orders go short", units ? "bad" : "good"],
    [total(released, "released"), "units of orders can go after all", released.length ? "good" : ""],
    [report.listings.length, report.listings.length === 1 ? "listing to correct" : "listings to correct", report.listings.length ? "bad" : "good"],
    [report.findings.length, `discrepancies, ${money(total(report.findings, "value"))} ${report.currency}`, ""],
    [report.parked.length, report.parked.length === 1 ? "code to resolve" : "codes to resolve", report.parked.length ? "bad" : "good"],
    ...(held ? [[held, `${held === 1 ? "unit" : "units"} damaged or in quarantine, ${money(heldValue)} ${report.currency}`, "bad"]] : []),
    ...(report.kept_out_rows ? [[report.kept_out_rows, report.kept_out_rows === 1 ? "bad row left out" : "bad rows left out", "bad"]] : []),
  ];
  $("tiles").replaceChildren(
    ...tiles.map(([figure, meaning, kind]) => {
      const tile = make("div");
      tile.dataset.kind = kind;
      tile.append(make("dt", "", meaning), make("dd", "", figure.toLocaleString("en")));
      return tile;
    }),
  );
}

// What was booked while a location was open makes its count doubtful; what is booked late outdates what was posted.
function drawDisturbed({ disturbed, outdated, state }) {
  const again = state === "counting" || state === "reconciled" ? "; count it again" : "";
  const told = [...disturbed.map((place) => `${place}: booked while it was open${again}`), ...outdated];
  show($("disturbed"), told.length > 0);
  $("disturbed").replaceChildren(...told.map((words) => make("li", "", visible(words, WORDS_SHOWN))));
}

function drawVariances(report, { changes, recount }, decision) {
  const again = changes && (report.state === "counting" || report.state === "reconciled");
  show($("again-hint"), again && report.findings.length > 0);
  const heads = ["What it breaks", "Item", "Location", "#Expected", "#Counted", "#Variance", `#Value, ${report.currency}`];
  const cellsOf = (row) => [
    { words: breaks(row, report), className: "wide strong-words" },
    { ...item(row), small: [row.item, row.lot && `lot ${row.lot}`].filter(Boolean).join(" · ") },
    again ? { box: row.location, changed: recount } : row.location,
    n(row.expected),
    n(row.counted),
    n(signed(row.variance), row.variance < 0 ? "bad" : "good"),
    n(money(row.value)),
  ];
  table("variances", report.findings, heads, cellsOf, (row) => [
    KINDS[row.kind] ?? row.kind, ...row.causes.map((cause) => `Cause: ${cause.words}.`), ...sentences(row.action), ...decision(row),
  ]);
}

const moves = (row) => row.damaged !== row.damaged_before || row.quarantined !== row.quarantined_before;
const same = (one, other) => one.item === other.item && one.location === other.location && one.lot === other.lot;

// The name under which the page finds a record again.
export const recordOf = ({ item, location, lot }) => JSON.stringify([item, location, lot]);

// What was decided about a record, and the button to decide otherwise while the audit is reconciled.
function decisionOf(report, { changes, reject, takeBack }) {
  const open = changes && report.state === "reconciled";
  return (row) => {
    const rejected = report.rejections.find((one) => same(one, row));
    const said = rejected && make("strong", "rejected", visible(`Rejected by ${rejected.operator}, ${moment(rejected.at)}: ${rejected.reason}. The record stays as it is. ${rejected.others}`.trim(), WORDS_SHOWN));
    const other = row.stays && make("strong", "rejected", visible(row.stays, WORDS_SHOWN));
    const button = make("button", "quiet", rejected ? "Take it back" : "Reject");
    button.type = "button";
    button.dataset.record = recordOf(row);
    button.setAttribute("aria-label", `${button.textContent}: ${row.name || row.item} at ${row.location}`);
    button.addEventListener("click", () => (rejected ? takeBack(row) : reject(row)));
    return [said, other, open && (row.posts || rejected) && button].filter(Boolean);
  };
}

// Damaged and quarantined stock: what the record holds of it, and what it will hold.
function drawHeld(report, decision) {
  const [units, value] = heldOf(report);
  const told = `${plural(units, "unit", "units")}, ${money(value)} ${report.currency}, may not be sold, and the record called them available when they were counted.`;
  const posting = report.state === "posted" ? "Posting has moved them." : "Posting moves them.";
  text($("held-sum"), units ? `${told} ${posting}` : "The record says so already.");
  const heads = ["Item", "Location", "#Damaged", "#In quarantine", "#Units moved", `#Value, ${report.currency}`];
  const change = (before, after) => n(before === after ? after : `${before} → ${after}`);
  const cellsOf = (row) => [
    { ...item(row), small: [row.item, row.lot && `lot ${row.lot}`].filter(Boolean).join(" · ") }, row.location,
    change(row.damaged_before, row.damaged), change(row.quarantined_before, row.quarantined),
    n(row.units, row.units ? "bad" : ""), n(money(row.value)),
  ];
  table("held", report.held, heads, cellsOf, (row) => ["status", row.action, ...(moves(row) ? decision(row) : [])]);
}

const total = (rows, key) => rows.reduce((sum, row) => sum + Math.abs(row[key]), 0);
const heldOf = (report) => ["units", "value"].map((key) => total(report.held.filter((row) => row.booked), key));

// What approving and posting would change, in units and money.
export function changesOf(report) {
  const findings = report.findings.filter((row) => row.booked).map((row) => ({ ...row, value: (row.value * row.booked) / row.variance }));
  const [units, value] = heldOf(report);
  const rejected = report.rejections.length;
  const told = [
    `${plural(findings.length, "discrepancy", "discrepancies")}, ${money(total(findings, "value"))} ${report.currency} in all`,
    units ? `${plural(units, "unit", "units")}, ${money(value)} ${report.currency}, can no longer be sold` : "",
    rejected ? `${plural(rejected, "record was", "records were")} rejected and ${rejected === 1 ? "stays as it is" : "stay as they are"}` : "",
  ];
  return `${told.filter(Boolean).join("; ")}.`;
}

const sentences = (words) => words.split(/(?<=\.)\s+/);

// What follows from the item's discrepancies, in words; nothing breaks where no order line or listing is touched.
function breaks(row, report) {
  const own = (rows, key) => rows.filter((one) => one.item === row.item).reduce((sum, one) => sum + one[key], 0);
  const parts = [
    [own(report.order_lines, "short"), "short for orders"],
    [own(report.listings, "oversells"), "oversold on a channel"],
    [own(report.order_lines, "released"), "free for orders that wait"],
    [own(report.listings, "false_out_of_stock"), "falsely out of stock"],
  ];
  const told = parts.filter(([units]) => units).map(([units, words]) => `${units} ${words}`);
  return told.join(", ") || "no promise";
}

function wrong(row) {
  if (row.false_out_of_stock) return { words: `false out of stock: ${row.false_out_of_stock} to sell`, className: "wide good" };
  return { words: `oversells ${row.oversells}`, className: "wide bad" };
}
