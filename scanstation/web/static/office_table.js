// A table of a review: rows become cells, a table without rows goes with its section.

import { $, make, show } from "/static/dom.js";
import { WORDS_SHOWN, visible } from "/static/words.js";

export const item = (row) => ({ words: row.name || row.item, small: row.item, className: "wide" });
export const n = (words, kind = "") => ({ words: String(words), className: `n ${kind}`.trim() });

// Fill a table; a heading that begins with # is a number's.  A table without rows goes with its section.  `below`
// gives what stands under a row, over its whole width: the kind, then the advice in sentences; buttons at the end.
export function table(id, rows, heads, cellsOf, below) {
  show($(`box-${id}`), rows.length > 0);
  const head = make("tr");
  for (const name of heads) {
    const cell = make("th", name.startsWith("#") ? "n" : "", name.replace("#", ""));
    cell.scope = "col";
    head.append(cell);
  }
  const body = rows.map((row) => {
    const group = make("tbody");
    const line = make("tr");
    line.append(...cellsOf(row).map(cellOf));
    group.append(line);
    if (below) group.append(advice(below(row), heads.length));
    return group;
  });
  const top = make("thead");
  top.append(head);
  $(id).replaceChildren(top, ...body);
}

function advice([kind, ...told], columns) {
  const line = make("tr", "advice");
  const cell = make("td");
  cell.colSpan = columns;
  const buttons = told.filter((part) => part instanceof HTMLButtonElement);
  const words = told.filter((part) => !buttons.includes(part));
  const spans = words.map((part) => (typeof part === "string" ? make("span", "", visible(part, WORDS_SHOWN)) : part));
  const below = make("div");
  below.append(...buttons, make("span", "kind", kind), ...spans);
  cell.append(below);
  line.append(cell);
  return line;
}

function cellOf(value) {
  const { words, small, className, box, changed } = typeof value === "object" ? value : { words: value };
  const cell = make("td", className, visible(String(words ?? ""), WORDS_SHOWN));
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
