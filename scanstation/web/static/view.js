// Draws the state of the station; the card of the last scan has a module of its own.

import { $, make, show, sync, text } from "/static/dom.js";
import { WORDS_SHOWN, plural, visible } from "/static/words.js";

const WORKING = new Set(["choose_audit", "scan_location", "counting"]);

// What of the page is open, for this phase and this person.
export function drawFrame({ view, session }) {
  const inside = session !== null && (view.phase !== "signed_out" || !session.seated) && view.operator !== null;
  document.body.dataset.phase = view.phase;
  show($("seat"), inside);
  show($("entrance"), !inside);
  show($("sign-out"), session !== null);
  const person = session ? `${visible(session.name)} · ${session.role}` : "Nobody is signed in";
  const other = session && !session.seated && view.operator ? ` · watching ${visible(view.operator)}` : "";
  text($("who"), person + other);
  const hands = inside && session.seated && WORKING.has(view.phase);
  show($("audits"), hands && view.phase === "choose_audit");
  show($("ask-location"), hands && view.phase === "scan_location");
  show($("keys"), hands && view.phase === "counting");
  show($("actions"), hands && view.phase === "counting");
  show($("lists"), view.location !== null);
  return inside;
}

export function drawPlace(view) {
  text($("location"), view.location === null ? "None open" : visible(view.location));
  const round = view.round > 1 ? ` · recount ${view.round - 1}` : "";
  const tags = view.swept_tags ? ` · ${plural(view.swept_tags, "tag", "tags")} seen` : "";
  const present = view.present_tags === null ? "" : ` · ${plural(view.present_tags, "tag", "tags")} present`;
  const here = `${plural(view.location_lines, "line", "lines")} · ${plural(view.location_units, "piece", "pieces")}`;
  text($("tally"), view.location === null ? "–" : here + round + tags + present);
  const progress = $("progress");
  progress.max = Math.max(1, view.locations_total);
  progress.value = view.locations_closed;
  text($("progress-text"), view.audit === null ? "–" : `${view.locations_closed} of ${view.locations_total}`);
  text($("audit-name"), view.audit_name ? visible(view.audit_name) : "None chosen");
  $("undo").setAttribute("aria-disabled", String(!view.can_undo)); // not "disabled": that would lose the focus
}

export function drawAudits(view, choose) {
  sync(
    $("audit-list"),
    view.audits,
    ([audit]) => audit,
    ([audit]) => {
      const button = make("button", "primary");
      button.type = "button";
      button.append(make("strong"), make("span", "code"));
      button.addEventListener("click", () => choose(audit));
      return button;
    },
    (button, [audit, name]) => {
      text(button.children[0], visible(name || audit));
      text(button.children[1], visible(audit));
    },
  );
  show($("audits-none"), view.audits.length === 0);
}

export function drawLines(view, open) {
  const fresh = (line) => line.item === view.last?.item && line.lot === view.last.lot;
  sync(
    $("lines"),
    [...view.lines.filter(fresh), ...view.lines.filter((line) => !fresh(line))],
    (line) => JSON.stringify([line.item, line.lot]),
    (line) => row(["name", "code", "marks", "qty"], () => open(line.item, line.lot)),
    (child, line) => {
      child.classList.toggle("fresh", fresh(line));
      const marks = [line.damaged && `${line.damaged} damaged`, line.quarantined && `${line.quarantined} in quarantine`];
      fill(child, {
        name: visible(line.name || line.item),
        code: visible(line.lot === null ? line.item : `${line.item} · lot ${line.lot}`),
        marks: marks.filter(Boolean).join(", "),
        qty: line.qty.toLocaleString("en"),
      });
    },
  );
  show($("lines-none"), view.lines.length === 0);
}

export function drawParked(view, open) {
  sync(
    $("parked"),
    view.parked,
    (parked) => String(parked.seq),
    (parked) => row(["code", "why", "where"], () => open(parked.seq)),
    (child, parked) => {
      fill(child, { code: visible(parked.payload), why: visible(parked.text), where: visible(parked.location) });
    },
  );
  show($("parked-none"), view.parked.length === 0);
  text($("parked-title"), view.parked.length ? `Parked codes (${view.parked.length})` : "Parked codes");
}

function row(parts, open) {
  const item = make("li");
  const button = make("button", "row");
  button.type = "button";
  for (const part of parts) button.append(make("span", part));
  button.addEventListener("click", open);
  item.append(button);
  return item;
}

function fill(item, words) {
  for (const span of item.firstElementChild.children) text(span, words[span.className]);
}

// Banners: what is wrong, and what to do about it.  [{ key, kind, title, remedy }]
export function drawBanners(banners) {
  sync(
    $("banners"),
    banners,
    (banner) => banner.key,
    (banner) => {
      const box = make("div", `banner ${banner.kind}`);
      box.setAttribute("role", banner.kind === "info" ? "status" : "alert");
      box.append(make("strong"), make("span"));
      return box;
    },
    (box, banner) => {
      text(box.children[0], banner.title);
      text(box.children[1], banner.remedy);
    },
  );
}

export function bannersOf(view, link, queue, operator) {
  const banners = [];
  if (link.online === false) {
    const kept = queue.entries.length;
    const waiting = kept ? `${plural(kept, "scan waits", "scans wait")}.` : "";
    const remedy = `Go on scanning: scans are kept here and counted when it is back. ${waiting}`;
    banners.push({ key: "offline", kind: "bad", title: "No connection to the station.", remedy });
  }
  if (queue.unsafe && queue.entries.length) {
    const title = "This browser cannot keep scans.";
    banners.push({ key: "unsafe", kind: "bad", title, remedy: "Do not reload the page until the station is back." });
  }
  if (!view) return banners;
  if (view.alarm) {
    banners.push({ key: "alarm", kind: "bad", title: "Counting has stopped.", remedy: visible(view.alarm, WORDS_SHOWN) });
  }
  for (const device of view.devices.filter((d) => d.state === "lost" || d.state === "silent" || (d.state === "ready" && d.message))) {
    const title = `${visible(device.name)}: ${visible(device.message || "no connection")}`;
    banners.push({ key: `device ${device.name}`, kind: "warn", title, remedy: visible(device.remedy, WORDS_SHOWN) });
  }
  for (const other of new Set(queue.entries.map((e) => e.operator).filter((o) => o !== operator))) {
    const title = `${plural(queue.waitingOf(other), "scan", "scans")} of ${visible(other)} not counted yet.`;
    banners.push({ key: `held ${other}`, kind: "warn", title, remedy: `Sign in as ${visible(other)} to count them.` });
  }
  if (view.notice) banners.push({ key: "notice", kind: "info", title: visible(view.notice), remedy: "" });
  return banners;
}
