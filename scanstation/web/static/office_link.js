// The office asks the station.

import { $, show } from "/static/dom.js";
import { visible } from "/static/words.js";

let token = ""; // goes along with every change
let onStranger = () => {};

export function setToken(next) {
  token = next;
}

// What to do when the station knows nobody by this session any more.
export function whenSignedOut(then) {
  onStranger = then;
}

// Ask the station; resolves to { status, answer }, status 0 when it does not answer.
export async function ask(path, body) {
  const how = { cache: "no-store", headers: { "content-type": "application/json" } };
  if (body !== undefined) {
    how.method = "POST";
    how.body = JSON.stringify(body);
    how.headers["x-scanstation-token"] = token;
  }
  let response;
  try {
    response = await fetch(`/api/office/${path}`, how);
  } catch {
    show($("offline"), true);
    return { status: 0, answer: { error: "The station does not answer.", remedy: "Is it running?" } };
  }
  show($("offline"), false);
  const answer = await response.json().catch(() => ({ error: `Answer ${response.status}.` }));
  if (response.status === 401 && path !== "sign-in") onStranger();
  return { status: response.status, answer };
}

export const words = ({ error, remedy }) => visible([error ?? "This did not work", remedy].filter(Boolean).join(": "));
