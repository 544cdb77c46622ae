// The first start: the one-time set-up code makes the first admin.

import { $, text } from "/static/dom.js";

$("setup").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(["code", "badge", "name", "pin"].map((id) => [id, $(id).value]));
  const missing = Object.keys(body).find((id) => !body[id].trim());
  if (missing) return fault("Fill in every field.", missing);
  if (body.pin !== $("again").value) return fault("The two PINs differ.", "again");
  try {
    const response = await fetch("/api/setup", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (response.ok) location.replace("/");
    else fault([answer.text, answer.remedy].filter(Boolean).join(": "), "code");
  } catch {
    fault("The station does not answer.", "code");
  }
});

function fault(words, field) {
  text($("setup-fault"), words);
  $(field).focus();
}

$("code").focus();
