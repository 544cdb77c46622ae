// The camera of the device that shows the page: pictures go to the station, one at a time, and the station decides.

import { $, show, text } from "/static/dom.js";

const LONGEST_SIDE = 1280; // pixels: a label at arm's length needs no more
const QUALITY = 0.85;
const PAUSE_MS = 60; // between an answer and the next picture
const AWAY_MS = 1000; // the same while the station is away or busy

const WISH = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

const WHY_NOT = {
  NotAllowedError: "The browser does not let this page use the camera. Allow it in the browser's site settings.",
  NotFoundError: "This device has no camera.",
  NotReadableError: "Another program uses the camera. Close it there.",
};

export class Camera {
  // hooks: send(blob) -> { status, answer }, fault(words)
  constructor(hooks) {
    this.hooks = hooks;
    this.button = $("camera");
    this.view = $("camera-view");
    this.canvas = document.createElement("canvas");
    this.stream = null;
    this.opening = false;
    // Browsers hand out a camera only to a page on https or on this very machine.
    this.possible = Boolean(navigator.mediaDevices?.getUserMedia);
    this.button.addEventListener("click", () => (this.stream ? this.stop() : this.start()));
    addEventListener("pagehide", () => this.stop());
  }

  // Only who sits at the station may count with the camera.
  follow(seated) {
    show(this.button, seated && this.possible);
    this.seated = seated;
    if (!seated) this.stop();
  }

  async start() {
    if (this.opening) return;
    this.opening = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WISH);
      if (!this.seated) return stream.getTracks().forEach((track) => track.stop());
      this.stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (this.stream !== stream) return;
        this.stop();
        this.hooks.fault("The camera was switched off or unplugged.");
      });
      this.view.srcObject = stream;
      await this.view.play();
      this.draw(true);
      this.run(stream);
    } catch (error) {
      this.stop();
      this.hooks.fault(WHY_NOT[error.name] ?? "The camera does not start.");
    } finally {
      this.opening = false;
    }
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.view.srcObject = null;
    this.draw(false);
  }

  draw(on) {
    this.button.setAttribute("aria-pressed", String(on));
    text(this.button, on ? "Camera on" : "Camera");
    show($("camera-box"), on);
  }

  async run(stream) {
    while (this.stream === stream) {
      const picture = document.visibilityState === "visible" ? await this.picture() : null;
      if (this.stream !== stream) return;
      const { status, answer } = picture ? await this.hooks.send(picture) : { status: 204 };
      if (this.stream !== stream) return;
      if ([401, 403, 409].includes(status)) {
        this.stop();
        this.hooks.fault(answer.text);
        return;
      }
      await new Promise((done) => setTimeout(done, status === 200 ? PAUSE_MS : AWAY_MS));
    }
  }

  // The present picture as a JPEG; null while the camera shows none.
  picture() {
    const { videoWidth: width, videoHeight: height } = this.view;
    if (!width || !height) return null;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.getContext("2d").drawImage(this.view, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((done) => this.canvas.toBlob(done, "image/jpeg", QUALITY));
  }
}
