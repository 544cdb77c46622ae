// Captures what a keyboard-wedge scanner types: everything between a configured prefix and suffix, and nothing else.
// It listens on the window in the capture phase, so that neither a text field nor a button nor an open dialog sees the
// scan.  No timer decides anything: a slow scanner, a busy page and a fast typist are all told apart by the prefix.  One
// only tells of a scan that does not end.

const LONGEST = 4096;
const PATIENCE_MS = 3000;
const ALONE = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock"]);

// The control characters by the places of the US keyboard, for scanners that know no layout: Ctrl+] and Ctrl+5 are GS.
const BY_PLACE = {
  BracketLeft: "\x1b", Backslash: "\x1c", BracketRight: "\x1d", Minus: "\x1f", Slash: "\x1f",
  Digit3: "\x1b", Digit4: "\x1c", Digit5: "\x1d", Digit6: "\x1e", Digit7: "\x1f",
};

// The character of a key.  Ctrl and a letter or one of @[\]^_ is a control character; else the key's place counts.
export function characterOf(event) {
  if (event.altKey && !event.getModifierState("AltGraph")) return null;
  if (event.key === "Enter") return "\r";
  if (event.key === "Tab") return "\t";
  const single = [...event.key].length === 1;
  if (!event.ctrlKey || event.getModifierState("AltGraph")) return single ? event.key : null;
  const code = single ? event.key.toUpperCase().charCodeAt(0) : 0;
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : BY_PLACE[event.code] ?? null;
}

const KEYS = { "\r": "Enter (CR)", "\t": "Tab" };
const keyName = (character) =>
  KEYS[character] ?? (character < " " ? `Ctrl+${String.fromCharCode(character.charCodeAt(0) + 0x40)}` : character);

// What to set when the suffix does not come.
export function endless(text, suffix) {
  const last = text.at(-1);
  const sent = last < " " ? ` This one sends ${keyName(last)}: [wedge] suffix in station.toml can take that too.` : "";
  return `The end of the scan does not come. Set the scanner's suffix to ${keyName(suffix)}.${sent}`;
}

export class Wedge {
  // hooks: scanned(text, at), torn(text, why), progress(length or null), endless(text): its suffix does not come
  constructor(prefix, suffix, hooks) {
    this.prefix = prefix;
    this.suffix = suffix;
    this.hooks = hooks;
    this.buffer = null;
    this.swallowed = new Set();
  }

  listen(target) {
    for (const kind of ["keydown", "keypress", "keyup"]) {
      target.addEventListener(kind, (event) => this.handle(event), { capture: true });
    }
  }

  handle(event) {
    if (event.type === "keydown") {
      if (!this.take(event)) return;
      this.swallowed.add(event.code || event.key);
    } else if (event.type === "keyup") {
      if (!this.swallowed.delete(event.code || event.key)) return;
    } else if (this.buffer === null && !this.swallowed.size) {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // Whether this key belongs to a scan.
  take(event) {
    const character = characterOf(event);
    if (this.buffer === null) {
      if (character !== this.prefix) return false;
      this.start();
      return true;
    }
    if (event.key === "Escape") {
      this.cancel("the scan was cancelled");
    } else if (character === this.prefix) {
      this.cancel("the scanner began a new scan before this one ended");
      this.start();
    } else if (character === this.suffix) {
      this.finish(event);
    } else if (character !== null) {
      this.add(character);
    } else if (!ALONE.has(event.key)) {
      this.cancel(`the scanner sent a key that is no character (${event.key})`);
    }
    return true;
  }

  start() {
    this.buffer = "";
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.buffer && this.hooks.endless(this.buffer), PATIENCE_MS);
    this.hooks.progress(0);
  }

  add(character) {
    this.buffer += character;
    this.hooks.progress(this.buffer.length);
    if (this.buffer.length > LONGEST) this.cancel("the scan is longer than a label can be");
  }

  finish(event) {
    clearTimeout(this.patience);
    const text = this.buffer;
    this.buffer = null;
    this.hooks.progress(null);
    // The time of the key, not of a busy page: two scans that wait are still as far apart as they were.
    if (text) this.hooks.scanned(text, Math.round(performance.timeOrigin + event.timeStamp));
  }

  // Give up the scan under way, loudly: a part of a code is never taken for a code.
  cancel(why) {
    const text = this.buffer;
    if (text === null) return;
    clearTimeout(this.patience);
    this.buffer = null;
    this.hooks.progress(null);
    this.hooks.torn(text, why);
  }
}
