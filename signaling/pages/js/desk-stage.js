/**
 * <desk-stage>: what everybody sees, and below it who speaks.
 *
 * Slides or a film are large, and who speaks stands small beside them.
 *
 * Room 110's own picture is not sent to its desk; what is left is the speakers, or a slate that says
 * why there is none.
 */

import { banner } from "./agenda.js";
import { h, setFacts, setText } from "./dom.js";
import { DeskSpeakers } from "./desk-speakers.js";
import "./picture.js";
import { slateLines } from "./slate.js";

const SLOTS = ["content", "speaker.1", "speaker.2", "chair"];

export class DeskStage extends HTMLElement {
  #desk = null;
  #pictures = new Map();
  #slate = h("p", { class: "slate" });
  #speakers = new DeskSpeakers();

  begin(desk) {
    this.#desk = desk;
    const screen = h("div", { class: "screen" }, this.#slate);
    for (const slot of SLOTS) {
      const picture = h("room-picture", { data: { slot }, hidden: true });
      picture.follow(desk.media);
      this.#pictures.set(slot, picture);
      screen.append(picture);
    }
    this.#speakers.begin(desk);
    this.append(screen, this.#speakers);
  }

  show() {
    const { store } = this.#desk;
    const { snapshot, stage } = store;
    const someone = "speaker.1" in stage || "speaker.2" in stage;
    let shown = 0;
    for (const [slot, picture] of this.#pictures) {
      const site = stage[slot] ?? null;
      picture.show(site, site === null ? {} : this.#names(site, slot));
      // 110 beside a speaker is what the wall shows; the desk looks at who speaks.
      picture.hidden = site === null || (slot === "chair" && someone);
      shown += picture.hidden ? 0 : 1;
    }
    setText(this.#slate, shown === 0 ? this.#why(snapshot) : "");
    const { kind, slate } = snapshot.programme;
    const content = "content" in stage ? "" : null;
    setFacts(this, { shown, content, programme: kind === "slate" ? slate : "stage" });
    this.#speakers.show();
  }

  #names(site, slot) {
    const { store } = this.#desk;
    const person = slot === "content" ? "" : banner(store.snapshot.agenda, site);
    return { title: store.title(site), name: store.name(site), person };
  }

  /** Why nobody is seen: what the rooms read, or that nobody speaks. */
  #why(snapshot) {
    const { words, wall } = this.#desk;
    if (snapshot.programme.kind === "stage") return words.t("desk.slate.nobody");
    const time = {
      now_ms: wall.now_ms(),
      text: (at_ms) => wall.short(at_ms),
      date: (at_ms) => wall.date(at_ms),
    };
    const { main, below } = slateLines(snapshot, words, time);
    return [main, below].filter((line) => line !== "").join("\n");
  }
}

customElements.define("desk-stage", DeskStage);
