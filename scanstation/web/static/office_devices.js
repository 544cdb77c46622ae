// The devices of the station as supervisors see them: state, rate, last read, errors, remedy.

import { $, make, show, sync, text } from "/static/dom.js";
import { WORDS_SHOWN, plural, visible } from "/static/words.js";

export function drawDevices({ at, devices }) {
  sync(
    $("devices"),
    devices,
    (device) => device.name,
    () => {
      const item = make("li", "device");
      item.append(make("strong"), make("span", "state"), make("span", "facts-line"), make("code"), make("p", "trouble"));
      return item;
    },
    (item, device) => {
      const [name, state, facts, url, trouble] = item.children;
      text(name, visible(device.name));
      text(state, device.state);
      state.dataset.state = device.state;
      const parts = [
        `for ${span(at - device.since)}`,
        `${plural(device.per_minute, "read", "reads")}/min`,
        device.last_read === null ? "no read yet" : `last read ${span(at - device.last_read)} ago`,
        plural(device.errors, "error", "errors"),
        device.unread ? `${device.unread} not read` : "",
        device.reconnects ? `came back ${plural(device.reconnects, "time", "times")}` : "",
      ];
      text(facts, parts.filter(Boolean).join(" · "));
      text(url, visible(device.url));
      text(trouble, visible([device.message, device.remedy].filter(Boolean).join(": "), WORDS_SHOWN));
      show(trouble, Boolean(trouble.textContent));
    },
  );
  show($("devices-none"), devices.length === 0);
}

// A time span in the largest unit that fits.
function span(microseconds) {
  const seconds = Math.max(0, Math.floor(microseconds / 1e6));
  for (const [unit, size] of [["d", 86_400], ["h", 3_600], ["min", 60]]) {
    if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${seconds} s`;
}
