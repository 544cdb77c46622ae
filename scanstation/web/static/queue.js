// Scans on their way to the station, kept in the browser's storage until the station has judged them, in order.
// Each carries the read_id it got when it was made: the station counts one read_id once, however often it comes.

const KEY = "scanstation.queue";

export class Queue {
  // send(entry) resolves to "done", "later" (station away) or "held" (needs a sign-in first)
  constructor(storage, send, changed) {
    this.storage = storage;
    this.send = send;
    this.changed = changed;
    this.busy = false;
    this.unsafe = false; // the storage does not take it: a reload would lose what waits
    this.entries = this.load();
  }

  load() {
    try {
      const entries = JSON.parse(this.storage.getItem(KEY) ?? "[]");
      return Array.isArray(entries) ? entries.filter((e) => e && typeof e.read_id === "string") : [];
    } catch {
      return [];
    }
  }

  save() {
    try {
      this.storage.setItem(KEY, JSON.stringify(this.entries));
      this.unsafe = false;
    } catch {
      this.unsafe = true;
    }
    this.changed(this);
  }

  // Keep a scan; `operator` is who scanned, so that nobody else's count gets it; `at` when, in ms.
  put(payload, operator, at) {
    const entry = { payload, read_id: newReadId(), at, operator };
    this.entries.push(entry);
    this.save();
    return entry;
  }

  waitingOf(operator) {
    return this.entries.filter((entry) => entry.operator === operator).length;
  }

  // Send what waits of `operator`, oldest first, one at a time; stops where the station is away.
  async pump(operator) {
    if (this.busy || !operator) return;
    this.busy = true;
    try {
      for (;;) {
        const entry = this.entries.find((e) => e.operator === operator);
        if (!entry || (await this.send(entry)) !== "done") return;
        this.entries = this.entries.filter((e) => e.read_id !== entry.read_id);
        this.save();
      }
    } finally {
      this.busy = false;
    }
  }
}

function newReadId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
