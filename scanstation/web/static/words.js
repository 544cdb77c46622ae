// What each verdict is called, how it sounds, and how hostile text is shown.

export const VERDICTS = {
  ok: { word: "Counted", tone: "ok" },
  done: { word: "Done", tone: "ok" },
  duplicate: { word: "Already counted", tone: "duplicate" },
  unknown: { word: "Unknown code", tone: "unknown" },
  asked: { word: "Answer first", tone: "asked" },
  refused: { word: "Not counted", tone: "refused" },
  error: { word: "Scan again", tone: "error" },
  device_error: { word: "Device lost", tone: "device_error" },
  queued: { word: "Kept, not counted yet", tone: "queued" },
  idle: { word: "Ready", tone: null },
};

const CODE_SHOWN = 160;
export const WORDS_SHOWN = 400;

// Control characters become visible pictures; marks that turn text around or hide it become a box; long text is cut.
export function visible(text, limit = CODE_SHOWN) {
  const cut = text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
  return cut
    .replace(/[\u0000-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/\u007f/g, "\u2421")
    .replace(/[\u0080-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, "\u25a1");
}

export function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

export function clockTime(microseconds) {
  return new Date(microseconds / 1000).toLocaleTimeString("en-GB");
}
