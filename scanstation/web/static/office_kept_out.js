// Rows that were bad and not used: what is wrong, where, how to mend it; folded up when they are many.

import { $, show, text } from "/static/dom.js";
import { table } from "/static/office_table.js";
import { plural } from "/static/words.js";

const FEW = 5;
const DRAWN = 200;

let folded = ""; // the audit and number of rows for which it was decided; a person may unfold it after that

export function drawKeptOut({ audit, kept_out, kept_out_rows }) {
  table("kept-out", kept_out.slice(0, DRAWN), ["Table", "Row", "What is wrong", "How to mend it"], (row) => [
    row.source.replaceAll("_", " "), { words: row.row_key, className: "code" },
    { words: row.detail, className: "wide" }, { words: row.remedy, className: "wide" },
  ]);
  const tables = new Map();
  for (const { source } of kept_out) tables.set(source, (tables.get(source) ?? 0) + 1);
  const where = Array.from(tables.keys(), (source) => source.replaceAll("_", " ")).join(", ");
  text($("kept-out-sum"), `${plural(kept_out_rows, "row", "rows")} in ${where}`);
  const more = kept_out_rows - Math.min(kept_out.length, DRAWN);
  text($("kept-out-more"), `${plural(more, "more row is", "more rows are")} not shown here; the report has more of them.`);
  show($("kept-out-more"), more > 0);
  const now = `${audit} ${kept_out_rows}`;
  if (folded !== now) $("kept-out-rows").open = kept_out_rows <= FEW;
  folded = now;
}
