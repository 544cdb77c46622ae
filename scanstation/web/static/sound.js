// A different tone for every verdict, told apart by pitch, rhythm and timbre, so that eyes can stay on the shelf.

// [start in s, length in s, from Hz, to Hz, wave]
export const TONES = {
  ok: [[0, 0.09, 1320, 1320, "sine"]],
  duplicate: [[0, 0.08, 880, 880, "triangle"], [0.13, 0.08, 880, 880, "triangle"]],
  unknown: [[0, 0.14, 520, 520, "triangle"], [0.16, 0.2, 780, 780, "triangle"]],
  asked: [[0, 0.1, 660, 660, "sine"], [0.14, 0.22, 660, 990, "sine"]],
  refused: [[0, 0.14, 330, 330, "square"], [0.2, 0.14, 330, 330, "square"]],
  error: [[0, 0.5, 165, 165, "sawtooth"]],
  device_error: [[0, 0.16, 700, 700, "square"], [0.18, 0.16, 520, 520, "square"], [0.36, 0.26, 370, 370, "square"]],
  queued: [[0, 0.12, 440, 350, "sine"]],
};

const KEY = "scanstation.muted";
const LOUDNESS = 0.4;

export class Sound {
  // changed(on): whether tones can be heard now
  constructor(changed) {
    this.changed = changed;
    this.context = null;
    this.muted = readMuted();
    const wake = (event) => event.target.closest?.("#sound") || this.wake();
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true });
    this.wake();
  }

  get on() {
    return !this.muted && this.context?.state === "running";
  }

  // A browser lets a page sound only after a touch or key (a kiosk can be started with sound allowed).
  async wake() {
    if (this.context === null && typeof AudioContext === "function") {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.context.addEventListener("statechange", () => this.changed(this.on));
    }
    this.changed(this.on);
    if (!this.context || this.context.state === "running") return;
    await Promise.race([this.context.resume().catch(() => {}), new Promise((wait) => setTimeout(wait, 300))]);
    this.changed(this.on);
  }

  // The button: silence, or the tones again.
  async toggle() {
    this.muted = this.on;
    try {
      localStorage.setItem(KEY, this.muted ? "yes" : "no");
    } catch {
      // without storage the choice lasts until the page is closed
    }
    await this.wake();
    this.play("ok");
  }

  play(name) {
    if (!this.on || !TONES[name]) return;
    const now = this.context.currentTime;
    for (const tone of TONES[name]) this.note(now, tone);
  }

  note(now, [start, length, from, to, wave]) {
    const oscillator = new OscillatorNode(this.context, { type: wave, frequency: from });
    const gain = new GainNode(this.context, { gain: 0 });
    const begin = now + start;
    const end = begin + length;
    oscillator.frequency.linearRampToValueAtTime(to, end);
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.008);
    gain.gain.setValueAtTime(LOUDNESS, Math.max(begin + 0.008, end - 0.02));
    gain.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(gain).connect(this.context.destination);
    oscillator.start(begin);
    oscillator.stop(end + 0.02);
  }
}

function readMuted() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}
