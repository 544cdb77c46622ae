// Wires the page: the line to the station, the scanner that types, the queue, the card, the hands.

import { Asked } from "/static/asked.js";
import { Camera } from "/static/camera.js";
import { Card } from "/static/card.js";
import { Dialogs } from "/static/dialogs.js";
import { $, show, text } from "/static/dom.js";
import { Entrance } from "/static/entrance.js";
import { Keypad } from "/static/keypad.js";
import { Link } from "/static/link.js";
import { Queue } from "/static/queue.js";
import { Sound } from "/static/sound.js";
import { bannersOf, drawAudits, drawBanners, drawFrame, drawLines, drawParked, drawPlace } from "/static/view.js";
import { Wedge, endless } from "/static/wedge.js";
import { visible } from "/static/words.js";

const settings = document.body.dataset;
let state = null; // what the station said last
let lost = new Set(); // names of devices that are away
let inside = false;

const operator = () => (state?.session?.seated ? state.session.badge : null);

const sound = new Sound((on) => {
  $("sound").setAttribute("aria-pressed", String(on));
  text($("sound"), on ? "Sound on" : "Sound off");
});
$("sound").addEventListener("click", () => sound.toggle());

const card = new Card(sound);
const link = new Link({ state: follow, online: changeOfLink });
const queue = new Queue(localStorage, sendScan, drawNotices);
const camera = new Camera({
  send: (picture) => link.postPicture("/api/frames", picture),
  fault: (words) => card.showLocal("device_error", words, { device: "page camera" }),
});
const keypad = new Keypad({
  set: (qty) => (asked.wantsNumber && qty !== null ? asked.give({ qty }) : act("/api/quantity", { qty })),
  refuse: (why) => card.showLocal("refused", why),
});
const asked = new Asked({ answer: (body) => act("/api/answer", body) });
const dialogs = new Dialogs({ act, view: () => state.view });
const entrance = new Entrance({ signIn, operatorPrefix: settings.operatorPrefix });
const wedge = new Wedge(decodeURIComponent(settings.wedgePrefix), decodeURIComponent(settings.wedgeSuffix), {
  scanned,
  torn: (code, why) => card.showLocal("error", `Not a whole scan: ${why}.`, { code: visible(code) }),
  progress: (length) => {
    show($("capture"), length !== null);
    text($("capture-count"), length ? `${length} characters` : "");
    if (!length) show($("capture-hint"), false);
  },
  endless: (code) => {
    text($("capture-hint"), endless(code, decodeURIComponent(settings.wedgeSuffix)));
    show($("capture-hint"), true);
  },
});
wedge.listen(window);
addEventListener("blur", () => wedge.cancel("the page was left while the scan arrived"));
$("capture-cancel").addEventListener("click", () => wedge.cancel("the scan was cancelled"));

// the station speaks

function follow(next) {
  const before = state;
  state = next;
  const { view } = next;
  if (next.setup) location.replace("/setup");
  inside = drawFrame(next);
  drawPlace(view);
  drawAudits(view, (audit) => act("/api/audit", { audit }));
  drawLines(view, (item, lot) => operator() && dialogs.openLine(item, lot));
  drawParked(view, (seq) => operator() && dialogs.openParked(seq));
  keypad.follow(view.pending_quantity);
  camera.follow(operator() !== null);
  if (card.follow(view.last) && !inside) entrance.fault(view.last.text);
  asked.follow(inside && operator() ? view.question : null); // below the card's words, which move it
  text($("pending-label"), asked.wantsNumber ? "Answer" : "Next scan counts");
  if (!inside) {
    entrance.follow(view.badge_waiting);
    dialogs.closeAll();
  }
  followDevices(view.devices);
  drawNotices();
  if (before?.session?.badge !== next.session?.badge || queue.entries.length) queue.pump(operator());
}

function followDevices(devices) {
  const now = new Set(devices.filter((d) => d.state === "lost").map((d) => d.name));
  for (const device of devices) {
    if (now.has(device.name) && !lost.has(device.name)) {
      const facts = { device: visible(device.name) };
      card.showLocal("device_error", device.message || "It does not answer.", facts);
    } else if (!now.has(device.name) && lost.has(device.name)) {
      card.showLocal("done", `${device.name} is back.`, { device: visible(device.name) });
    }
  }
  lost = now;
}

function changeOfLink(online) {
  $("link").dataset.state = online ? "online" : "offline";
  text($("link-text"), online ? "Online" : "Offline");
  drawNotices();
  if (online) queue.pump(operator());
}

function drawNotices() {
  drawBanners(bannersOf(state?.view, link, queue, operator()));
}

// somebody scans into the page

function scanned(payload, at) {
  if (!operator()) {
    if (entrance.scanned(payload)) return;
    entrance.fault("Not counted: scan your badge and sign in first.");
    card.showLocal("refused", "Scan your badge and sign in first.", { code: visible(payload) });
    return;
  }
  queue.put(payload, operator(), at);
  if (link.online === false) showQueued(payload);
  queue.pump(operator());
}

function showQueued(payload) {
  const words = "It counts when the station is back.";
  card.showLocal("queued", words, { code: visible(payload), location: visible(state.view.location ?? "") });
}

async function sendScan(entry) {
  const { payload, read_id, at } = entry;
  const { status, answer } = await link.post("/api/scan", { payload, read_id, at });
  if (status === 0 || status >= 500) {
    if (status !== 0) card.showLocal("error", `${answer.text} The scan is kept.`, { code: visible(payload) });
    else showQueued(payload);
    setTimeout(() => queue.pump(operator()), 1000);
    return "later";
  }
  if (status === 401 || status === 403 || status === 409) return "held";
  if (status !== 200) card.showLocal("error", answer.text, { code: visible(payload) });
  return "done";
}

// somebody touches

async function act(path, body) {
  const { answer } = await link.post(path, body);
  const shownByScan = (path === "/api/typed" || path === "/api/answer") && answer.state;
  if (!shownByScan && path !== "/api/quantity") {
    card.showLocal(answer.outcome === "ok" ? "done" : answer.outcome, answer.text, {
      item: [answer.name, answer.item].filter(Boolean).map((words) => visible(words)).join(" · "),
      location: visible(state?.view.location ?? ""),
    });
  } else if (answer.outcome !== "ok" && !shownByScan) {
    card.showLocal(answer.outcome, answer.text);
  }
  return answer;
}

function undo() {
  if (state.view.can_undo) act("/api/undo", {});
}

async function signIn(badge, pin) {
  const { answer } = await link.post("/api/sign-in", { badge, pin });
  if (answer.outcome === "ok") link.connect();
  else sound.play("refused");
  return answer;
}

$("sign-out").addEventListener("click", async () => {
  await link.post("/api/sign-out", {});
  card.reset();
  link.connect();
});
$("undo").addEventListener("click", undo);

addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, textarea, select, dialog");
  if (writing || !operator() || state.view.phase !== "counting") return;
  if (event.ctrlKey && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (!event.repeat) undo();
  } else if (!event.ctrlKey && !event.altKey && keypad.key(event)) {
    event.preventDefault();
  }
});

// A station is looked at from afar: the screen stays on while the page is in sight (where the browser allows it).
function stayAwake() {
  if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

link.connect();
