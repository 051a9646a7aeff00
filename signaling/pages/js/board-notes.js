/**
 * <board-notes>: what sites write to technicians and what is written to sites, newest first.
 */

import { h } from "./dom.js";
import { parties } from "./notes.js";

const SHOWN = 12;

export class BoardNotes extends HTMLElement {
  #board = null;
  #shown = null;
  #list = h("ol", { class: "notes" });

  begin(board) {
    this.#board = board;
    this.append(h("h3", { text: board.words.t("board.notes") }), this.#list);
  }

  show() {
    const { store, words, wall } = this.#board;
    const { notes } = store.snapshot;
    this.hidden = notes.length === 0;
    if (notes === this.#shown) return;
    this.#shown = notes;
    const known = { words, name: (site) => store.name(site) };
    this.#list.replaceChildren(
      ...notes
        .slice(-SHOWN)
        .reverse()
        .map((note) => {
          const { from, to } = parties(note, known);
          return h(
            "li",
            {},
            h("span", { class: "when", text: wall.of(note.at_s, store.clock) }),
            h("strong", { text: `${from} → ${to}` }),
            h("span", { class: "text", text: note.text }),
          );
        }),
    );
  }
}

customElements.define("board-notes", BoardNotes);
