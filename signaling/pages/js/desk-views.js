/**
 * <desk-views>: the monitor of the desks with its carousel, and the slates: what is written on the
 * screens instead of the stage, and until when.
 *
 * The monitor is the watched site's own picture of the gallery, larger; it is for the desk alone.
 */

import { h, setFacts, setText } from "./dom.js";
import { oneLine } from "./notes.js";
import { CLOCK, momentOf } from "./slate.js";

const EVERY_S = 8;
/** The slates that a desk writes, in the order of a day. */
const SLATES = ["lobby", "recess", "notice", "end"];

export class DeskViews extends HTMLElement {
  #desk = null;
  #video = h("video", { autoplay: true, playsInline: true, muted: true });
  #watched = h("p", { class: "name" });
  #stop = null;
  #carousel = null;
  #slate = null;
  #text = null;
  #until = null;
  #write = null;
  #clear = null;
  #known = null;

  begin(desk) {
    this.#desk = desk;
    const { words, procedure } = desk;
    const button = (key, act, deed) =>
      h("button", { type: "button", data: { act }, text: words.t(key), on: { click: deed } });
    this.#stop = button("desk.unwatch", "unwatch", () => procedure.watch(null));
    this.#carousel = button("desk.carousel", "carousel", () => {
      const runs = desk.store.snapshot.views.carousel !== undefined;
      return procedure.carousel(runs ? null : EVERY_S);
    });
    const options = SLATES.map((slate) => h("option", { value: slate, text: words.word("desk.slates", slate) }));
    this.#slate = h("select", { id: "slate-kind", on: { change: () => this.#fillSlate() } }, ...options);
    this.#text = h("input", { type: "text", id: "slate-text", maxLength: 300, autocomplete: "off" });
    this.#until = h("input", {
      type: "text",
      id: "slate-until",
      placeholder: "09:45",
      pattern: CLOCK,
      title: words.t("desk.slate.clock"),
      autocomplete: "off",
    });
    this.#write = h("button", { type: "submit", class: "act", text: words.t("desk.slate.write") });
    this.#clear = button("desk.slate.clear", "slate-clear", () => void this.#onClear());
    const form = h(
      "form",
      { class: "slates", on: { submit: (event) => void this.#onWrite(event) } },
      h("h3", { text: words.t("desk.slate.heading") }),
      h("label", { for: "slate-kind", text: words.t("desk.slate.kind") }),
      this.#slate,
      h("label", { for: "slate-text", text: words.t("desk.slate.text") }),
      this.#text,
      h("label", { for: "slate-until", text: words.t("desk.slate.until") }),
      this.#until,
      h("p", { class: "deeds" }, this.#write, this.#clear),
    );
    const monitor = h("div", { class: "screen" }, this.#video, this.#watched);
    this.append(
      h(
        "div",
        { class: "monitor" },
        h("h3", { text: words.t("desk.monitor") }),
        monitor,
        h("p", { class: "deeds" }, this.#carousel, this.#stop),
      ),
      form,
    );
  }

  show() {
    const { store, words, media, may } = this.#desk;
    const { views, slates } = store.snapshot;
    const site = views.watch ?? null;
    setText(this.#watched, site === null ? words.t("desk.monitor.none") : store.title(site));
    const slot = Object.keys(store.stage).find(
      (name) => name.startsWith("gallery.") && store.stage[name] === site,
    );
    const stream = slot === undefined ? null : media.picture(slot);
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    const runs = views.carousel !== undefined;
    setFacts(this, { watch: site, carousel: runs ? "" : null });
    setText(this.#carousel, words.t(runs ? "desk.carousel.stop" : "desk.carousel", { every: EVERY_S }));
    this.#stop.disabled = site === null || !may("care");
    this.#carousel.disabled = !may("care");
    this.#write.disabled = !may("slate");
    this.#clear.disabled = !may("slate") || slates[this.#slate.value] === undefined;
    if (slates !== this.#known) {
      this.#known = slates;
      // Not under the hands of somebody who is writing.
      if (!this.#text.matches(":focus") && !this.#until.matches(":focus")) this.#fillSlate();
    }
  }

  #fillSlate() {
    const { store, wall } = this.#desk;
    const { text = "", until } = store.snapshot.slates[this.#slate.value] ?? {};
    this.#text.value = text;
    this.#until.value = until === undefined ? "" : wall.short(Date.parse(until));
    this.show();
  }

  async #onWrite(event) {
    event.preventDefault();
    const { procedure, wall } = this.#desk;
    const until = momentOf(this.#until.value, wall.now_ms());
    await procedure.slate(this.#slate.value, { text: oneLine(this.#text.value), until });
  }

  async #onClear() {
    this.#text.value = this.#until.value = "";
    await this.#desk.procedure.slate(this.#slate.value);
  }
}

customElements.define("desk-views", DeskViews);
