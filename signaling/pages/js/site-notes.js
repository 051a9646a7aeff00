/**
 * Notes of a room: what desk and technicians write to it and it to them, with what is said most ready.
 */

import { h, setText } from "./dom.js";
import { FROM_SITES, oneLine, parties } from "./notes.js";

/** What was written before this page was opened is old news, but for the last minutes. */
const FRESH_S = 120;

/** The newest note to the room that came after *read_s*; null: none. Pure. */
export function unread(notes, site, read_s) {
  return notes.filter((note) => note.to === site && note.at_s > read_s).at(-1) ?? null;
}

export class SiteNotes {
  #root;
  #words;
  #wall;
  #store;
  #commands;
  #read_s = null;
  #shown = null;

  constructor({ root, words, wall, store, commands }) {
    this.#root = root;
    this.#words = words;
    this.#wall = wall;
    this.#store = store;
    this.#commands = commands;
    const text = this.#get("#note-text");
    const phrase = (key) => {
      const press = { click: () => ((text.value = words.t(key)), text.focus()) };
      return h("button", { type: "button", text: words.t(key), on: press });
    };
    this.#get("#note-phrases").append(...FROM_SITES.map(phrase));
    this.#get("#note-form").addEventListener("submit", (event) => void this.#onSend(event));
  }

  /** The newest that was not read. */
  get news() {
    const { clock, snapshot } = this.#store;
    this.#read_s ??= clock.now_s() - FRESH_S;
    return unread(snapshot.own?.notes ?? [], snapshot.own?.site, this.#read_s);
  }

  /** All that has come is read. */
  read() {
    this.#read_s = this.#store.clock.now_s();
  }

  draw() {
    const notes = this.#store.snapshot.own?.notes ?? [];
    this.#get("#note-send").disabled = this.#commands.held("note");
    if (notes === this.#shown) return;
    this.#shown = notes;
    const known = { words: this.#words, name: (site) => this.#store.name(site) };
    this.#get("#notes").replaceChildren(
      ...notes.toReversed().map((note) => {
        const { from, to } = parties(note, known);
        return h(
          "li",
          {},
          h("span", { class: "when", text: this.#wall.of(note.at_s, this.#store.clock) }),
          h("strong", { text: `${from} → ${to}` }),
          h("span", { class: "text", text: note.text }),
        );
      }),
    );
  }

  async #onSend(event) {
    event.preventDefault();
    const field = this.#get("#note-text");
    const text = oneLine(field.value);
    const to = this.#get("#note-form [name='to']:checked").value;
    if (text === "" || !(await this.#commands.run("note", "note.send", { to, text }))) return;
    field.value = "";
    setText(this.#get("#note-done"), this.#words.t("site.note.done", { time: this.#wall.short() }));
  }

  #get(selector) {
    return this.#root.querySelector(selector);
  }
}
