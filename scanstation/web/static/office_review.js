// Draws the review of one audit: what breaks first.

import { $, make, show, text } from "/static/dom.js";
import { plural, visible } from "/static/words.js";

const KINDS = {
  phantom: "recorded, not there",
  hidden: "there, not recorded",
  misplaced: "in another place",
  unknown_item: "no record knows it",
};

// 1/10000 of the currency unit, as an amount with two decimals.
export function money(amount) {
  return (amount / 10000).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

const day = (number) => new Date(number * 86400000).toISOString().slice(0, 10);
const moment = (microseconds) => new Date(microseconds / 1000).toLocaleString("en-GB");
const signed = (number) => (number > 0 ? `+${number}` : String(number));

export function drawReview(report, { changes, recount }) {
  text($("review-title"), visible(report.name || report.audit));
  const blind = report.blind ? "blind count" : "not blind";
  text($("review-facts"), visible(`Audit ${report.audit} · cut-off ${moment(report.cut_off)} · ${blind}`));
  const short = report.promises.filter((row) => row.short);
  const released = report.promises.filter((row) => row.released);
  drawTiles(report, short, released);
  table("short", short, ["Order", "Customer", "Item", "Due", "#Ordered", "#Promised", "#Can be met", "#Short"], (row) => [
    row.order_id, row.customer, item(row), day(row.due), n(row.qty), n(row.promised), n(row.actual), n(row.short, "bad"),
  ]);
  table("released", released, ["Order", "Customer", "Item", "Due", "#Ordered", "#Promised", "#Can be met", "#Released"], (row) => [
    row.order_id, row.customer, item(row), day(row.due), n(row.qty), n(row.promised), n(row.actual), n(row.released, "good"),
  ]);
  table("listings", report.listings, ["Channel", "Item", "Says", "#Published", "#Really available", "What is wrong"], (row) => [
    row.channel, item(row), row.state.replaceAll("_", " "), n(row.published ?? "–"), n(row.available_after), wrong(row),
  ]);
  drawVariances(report, changes, recount);
  table("parked", report.parked, ["Location", "Code", "Why it waits"], (row) => [
    row.location, { words: row.payload, className: "code" }, { words: row.why, className: "wide" },
  ]);
  show($("all-right"), !report.variances.length && !report.parked.length);
}

function drawTiles(report, short, released) {
  const sum = (rows, key) => rows.reduce((total, row) => total + Math.abs(row[key]), 0);
  const units = sum(short, "short");
  const tiles = [
    [units, "units of orders go short", units ? "bad" : "good"],
    [sum(released, "released"), "units of orders can go after all", released.length ? "good" : ""],
    [report.listings.length, "listings lie", report.listings.length ? "bad" : "good"],
    [report.variances.length, `discrepancies, ${money(sum(report.variances, "value"))} ${report.currency}`, ""],
    [report.parked.length, "codes nobody has resolved", report.parked.length ? "bad" : "good"],
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

function drawVariances(report, changes, recount) {
  const again = changes && (report.state === "counting" || report.state === "reconciled");
  const heads = ["Item", "Location", "What it breaks", "#Expected", "#Counted", "#Variance", `#Value, ${report.currency}`, "What to do"];
  table("variances", report.variances, again ? [...heads, "Count again"] : heads, (row) => {
    const cells = [
      { ...item(row), small: [row.item, row.lot && `lot ${row.lot}`].filter(Boolean).join(" · ") },
      row.location,
      { words: breaks(row, report), className: "wide" },
      n(row.expected),
      n(row.counted),
      n(signed(row.variance), row.variance < 0 ? "bad" : "good"),
      n(money(row.value)),
      { words: todo(row), className: "wide", small: KINDS[row.kind] ?? row.kind.replaceAll("_", " ") },
    ];
    return again ? [...cells, { box: row.location, changed: recount }] : cells;
  });
}

// What follows from the item's discrepancies, in words; nothing breaks where no order line or listing is touched.
function breaks(row, report) {
  const own = (rows, key) => rows.filter((one) => one.item === row.item).reduce((sum, one) => sum + one[key], 0);
  const parts = [
    [own(report.promises, "short"), "short for orders"],
    [own(report.listings, "oversells"), "oversold on a channel"],
    [own(report.promises, "released"), "free for orders that wait"],
    [own(report.listings, "false_out_of_stock"), "falsely out of stock"],
  ];
  const told = parts.filter(([units]) => units).map(([units, words]) => `${units} ${words}`);
  return told.join(", ") || "no promise";
}

function todo(row) {
  const parked = row.parked_here ? ` ${plural(row.parked_here, "unresolved code", "unresolved codes")} here.` : "";
  return row.action + parked;
}

function wrong(row) {
  if (row.false_out_of_stock) return { words: `false out of stock: ${row.false_out_of_stock} to sell`, className: "wide good" };
  return { words: `oversells ${row.oversells}`, className: "wide bad" };
}

const item = (row) => ({ words: row.name || row.item, small: row.item, className: "wide" });
const n = (words, kind = "") => ({ words: String(words), className: `n ${kind}`.trim() });

// Fill a table; a heading that begins with # is a number's.  A table without rows goes with its section.
function table(id, rows, heads, cellsOf) {
  show($(`box-${id}`), rows.length > 0);
  const head = make("tr");
  for (const name of heads) {
    const cell = make("th", name.startsWith("#") ? "n" : "", name.replace("#", ""));
    cell.scope = "col";
    head.append(cell);
  }
  const body = rows.map((row) => {
    const line = make("tr");
    line.append(...cellsOf(row).map(cellOf));
    return line;
  });
  $(id).replaceChildren(head, ...body);
}

function cellOf(value) {
  const { words, small, className, box, changed } = typeof value === "object" ? value : { words: value };
  const cell = make("td", className, visible(String(words ?? "")));
  if (small) cell.append(make("small", "", visible(small)));
  if (box !== undefined) {
    const label = make("label", "check");
    const input = make("input");
    input.type = "checkbox";
    input.value = box;
    input.addEventListener("change", changed);
    label.append(input, visible(box));
    cell.append(label);
  }
  return cell;
}
