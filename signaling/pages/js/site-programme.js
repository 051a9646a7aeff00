/**
 * Programme: what the room looks at. The stage, or the slate of the phase.
 *
 * One place is large: slides or a film, else the newest speaker's picture slot, else the other, else
 * room 110. The rest that are taken stand small, on a speaker's picture, but beside slides
 * (data-large), which are there to be read. The elements never move in the document, only their
 * place is named anew (data-place, data-nth), so no video starts again.
 */

import { banner } from "./agenda.js";
import { setFacts, setText } from "./dom.js";
import { slateLines } from "./slate.js";

/** Who is large, best first. */
const PLACES = ["content", "speaker.1", "speaker.2", "chair"];

export class Programme {
  #root;
  #words;
  #wall;
  #store;
  #pictures;

  constructor({ root, words, wall, store, media }) {
    this.#root = root;
    this.#words = words;
    this.#wall = wall;
    this.#store = store;
    this.#pictures = new Map(
      [...root.querySelectorAll("room-picture")].map((picture) => [picture.dataset.slot, picture]),
    );
    for (const picture of this.#pictures.values()) picture.follow(media);
  }

  /** *off*: this page takes no part ("over") or only waits ("standby"): nothing is shown as if it went on. */
  draw({ off = null }) {
    const { snapshot, stage } = this.#store;
    const told = off === null ? snapshot.programme : { kind: "slate", slate: off };
    const programme = told ?? { kind: "slate", slate: "connecting" };
    const staged = programme.kind === "stage";
    const large = PLACES.find((slot) => slot in stage);
    let nth = 0;
    for (const [slot, picture] of this.#pictures) {
      const site = stage[slot] ?? null;
      const place = slot === large ? "large" : site === null ? "none" : "small";
      picture.show(site, site === null ? {} : this.#named(site, slot, place));
      setFacts(picture, { place: staged ? place : "none", nth: place === "small" ? ++nth : null });
    }
    // On stage with nobody to show: the room itself speaks and room 110 is away.
    const slate = staged ? (large === undefined ? "alone" : null) : programme.slate;
    setFacts(this.#root, { programme: programme.kind, slate, large: staged ? large : null });
    this.#root.querySelector("#slate").hidden = slate === null;
    if (slate === null) return;
    setText(this.#root.querySelector("#slate-title"), snapshot.title ?? "");
    const { main, below } = this.#lines({ ...snapshot, programme: { ...programme, slate } });
    setText(this.#root.querySelector("#slate-text"), main);
    setText(this.#root.querySelector("#slate-below"), below);
  }

  #lines(snapshot) {
    const wall = this.#wall;
    const time = {
      now_ms: wall.now_ms(),
      text: (at_ms) => wall.short(at_ms),
      date: (at_ms) => wall.date(at_ms),
    };
    return slateLines(snapshot, this.#words, time);
  }

  #named(site, slot, place) {
    const title = this.#store.title(site);
    const name = this.#store.name(site);
    // A banner would stand on the last line of the slides; who speaks is named beside them.
    if (slot === "content") return { title, name: "" };
    const person = banner(this.#store.snapshot.agenda, site);
    return place === "large" ? { title, name: title, person } : { title: name, name };
  }
}
