/**
 * <room-picture>: the picture of a slot, or the title of who stands there.
 *
 * An empty slot and one without frames show the title slate, never a frozen frame: people take a
 * still picture for a broken conference and talk on. When one site follows another, name and
 * picture change together (picture-turn.js).
 *
 * Facts: data-slot, data-site (who is named here; absent: nobody), data-state "empty" | "waiting" |
 * "live".
 */

import { h, setFacts, setText } from "./dom.js";
import { contributor, Turn } from "./picture-turn.js";

/** At 15 frames a second one second is a long time; a layer change takes a tenth of it. */
const STILL_MS = 1500;
/** Slides stand still by nature: a browser repeats them once a second, other encoders as they like. */
const CONTENT_STILL_MS = 10_000;
const LOOK_MS = 250;

export class RoomPicture extends HTMLElement {
  #video = h("video", { autoplay: true, playsInline: true, muted: true });
  #title = h("p", { class: "picture-title" });
  #name = h("strong");
  #person = h("span");
  #turn = new Turn(STILL_MS);
  #media = null;
  #told = null;
  /** site -> what to call it; of who is named and who comes. */
  #names = new Map();
  #timer = 0;
  #frame = 0;

  connectedCallback() {
    if (!this.#video.isConnected) {
      const slate = h("div", { class: "picture-slate" }, this.#title);
      this.append(this.#video, slate, h("p", { class: "picture-name" }, this.#name, this.#person));
    }
    this.#watch();
    this.#timer = setInterval(() => this.#judge(), LOOK_MS);
    this.#draw();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#video.cancelVideoFrameCallback(this.#frame);
  }

  /** Show what *media* receives in this slot; once. */
  follow(media) {
    this.#media = media;
    if (this.dataset.slot === "content") this.#turn.still_ms = CONTENT_STILL_MS;
    this.#video.srcObject = media.picture(this.dataset.slot);
  }

  /** Who stands here: a site, its title for the slate, its name and its speaker's for the banner. Null: nobody. */
  show(site, { title = "", name = "", person = "" } = {}) {
    this.#names.set(site, { title, name, person });
    if (site !== this.#told) {
      this.#told = site;
      this.#turn.tell(site, performance.now());
    }
    this.#draw();
  }

  #watch() {
    this.#frame = this.#video.requestVideoFrameCallback((_now, { rtpTimestamp }) => {
      const sources = this.#media.contributors(this.dataset.slot);
      this.#turn.frame(performance.now(), contributor(sources, rtpTimestamp));
      this.#draw();
      this.#watch();
    });
  }

  #judge() {
    this.#draw();
    // Chromium pauses a video whose track was replaced while nothing came.
    if (this.#video.paused && this.#video.srcObject !== null) this.#video.play().catch(() => {});
  }

  #draw() {
    const { site, state } = this.#turn.view(performance.now());
    setFacts(this, { site, state });
    const { title, name, person } = this.#names.get(site) ?? { title: "", name: "", person: "" };
    setText(this.#title, title);
    setText(this.#name, name);
    setText(this.#person, person);
    for (const known of this.#names.keys()) {
      if (known !== site && known !== this.#told) this.#names.delete(known);
    }
  }
}

customElements.define("room-picture", RoomPicture);
