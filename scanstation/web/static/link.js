// The line to the station: server-sent events with a beat, and requests.  Silence is asked about, then believed.

const SILENCE_MS = 1000; // two beats and a half without a sign
const PROBE_MS = 500;
const TICK_MS = 200;
const REQUEST_MS = 8000;
const RETRY_MS = 1500; // while the station is away, a connection that hangs or waits is tried anew

export class Link {
  // hooks: state(state), online(boolean)
  constructor(hooks) {
    this.hooks = hooks;
    this.online = null;
    this.csrf = "";
    this.source = null;
    this.heard = performance.now();
    this.probing = false;
    setInterval(() => this.watch(), TICK_MS);
  }

  // (Re)connect; needed after a sign-in, because a stream belongs to the session it was opened with.
  connect() {
    this.source?.close();
    this.heard = performance.now();
    this.tried = this.heard;
    const source = new EventSource("/api/events");
    source.addEventListener("state", (event) => {
      this.sign();
      this.take(JSON.parse(event.data));
    });
    source.addEventListener("beat", () => this.sign());
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      this.setOnline(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.source === source && this.connect(), 500);
    });
    this.source = source;
  }

  take(state) {
    this.csrf = state.session?.csrf ?? "";
    this.hooks.state(state);
  }

  sign() {
    this.heard = performance.now();
    this.setOnline(true);
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.hooks.online(online);
  }

  // A page that was busy hears late, so silence is checked with a question before it is believed.
  async watch() {
    if (this.online === false && performance.now() - this.tried > RETRY_MS) this.connect();
    if (this.online === false || this.probing || performance.now() - this.heard < SILENCE_MS) return;
    this.probing = true;
    try {
      await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
      if (performance.now() - this.heard > 3 * SILENCE_MS) this.connect(); // the stream is dead, the station is not
    } catch {
      this.setOnline(false);
      this.connect();
    } finally {
      this.probing = false;
    }
  }

  // POST of words; resolves to { status, answer }, status 0 when the station is away.
  post(path, body) {
    return this.send(path, JSON.stringify(body), "application/json");
  }

  // The same with a picture (a Blob) as the body.
  postPicture(path, picture) {
    return this.send(path, picture, picture.type);
  }

  async send(path, body, type) {
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "content-type": type, "x-scanstation-token": this.csrf },
        body,
        signal: AbortSignal.timeout(REQUEST_MS),
      });
    } catch {
      this.setOnline(false);
      return { status: 0, answer: { outcome: "error", text: "The station does not answer." } };
    }
    if (this.online === false) this.connect(); // it answers: do not wait for the stream's own next try
    const answer = await response.json().catch(() => ({ outcome: "error", text: `Answer ${response.status}.` }));
    if (answer.state) this.take(answer.state);
    return { status: response.status, answer };
  }
}
