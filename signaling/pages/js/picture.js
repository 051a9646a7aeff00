/**
 * <room-picture>: the picture of a slot, or the title of who stands there.
 *
 * An empty slot and one without frames show the title slate, never a frozen frame: people take a
 * still picture for a broken conference and talk on.
 *
 * Facts: data-slot, data-site (absent: nobody), data-state "empty" | "waiting" | "live".
 */

import { h, setFacts, setText } from "./dom.js";

/** At 15 frames a second one second is a long time; a layer change takes a tenth of it. */
const STILL_MS = 1500;

export class RoomPicture extends HTMLElement {
  #video = h("video", { autoplay: true, playsInline: true, muted: true });
  #title = h("p", { class: "picture-title" });
  #name = h("p", { class: "picture-name" });
  #seen_ms = -Infinity;
  #timer = 0;
  #frames = 0;

  connectedCallback() {
    if (!this.#video.isConnected) {
      this.append(this.#video, h("div", { class: "picture-slate" }, this.#title), this.#name);
    }
    this.#watch();
    this.#timer = setInterval(() => this.#judge(), 500);
    this.#judge();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** Take the stream of a slot; once. */
  set stream(stream) {
    this.#video.srcObject = stream;
  }

  /** Who stands here: a site, its title for the slate, its name for the banner. Null: nobody. */
  show(site, { title = "", name = "" } = {}) {
    if ((this.dataset.site ?? null) !== site) {
      setFacts(this, { site });
      // What was decoded last shows somebody else.
      this.#seen_ms = -Infinity;
    }
    setText(this.#title, title);
    setText(this.#name, name);
    this.#judge();
  }

  #watch() {
    const onFrame = () => {
      this.#frames += 1;
      const was = this.#seen_ms;
      this.#seen_ms = performance.now();
      if (was === -Infinity) this.#judge();
      if (this.isConnected) this.#video.requestVideoFrameCallback(onFrame);
    };
    this.#video.requestVideoFrameCallback(onFrame);
  }

  #judge() {
    const live = performance.now() - this.#seen_ms < STILL_MS;
    setFacts(this, { state: this.dataset.site === undefined ? "empty" : live ? "live" : "waiting" });
    // Chromium pauses a video whose track was replaced while nothing came.
    if (this.#video.paused && this.#video.srcObject !== null) this.#video.play().catch(() => {});
  }
}

customElements.define("room-picture", RoomPicture);
