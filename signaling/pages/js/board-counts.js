/** <board-counts>: how many sites are how, by the words of their lines. */

import { factsOf, seats } from "./board-facts.js";
import { h, setText } from "./dom.js";

/** What is counted, in this order: every line word that a site can have today. */
const COUNTED = ["good", "ready", "weak", "no_picture", "no_sound", "lost", "absent"];

export class BoardCounts extends HTMLElement {
  #board = null;
  #numbers = new Map();

  begin(board) {
    this.#board = board;
    for (const line of COUNTED) {
      const number = h("strong", { text: "0" });
      this.#numbers.set(line, number);
      this.append(
        h("span", { data: { line } }, number, h("span", { text: board.words.word("line", line) })),
      );
    }
  }

  show() {
    const { store } = this.#board;
    const counts = Object.fromEntries(COUNTED.map((line) => [line, 0]));
    for (const code of seats(store.snapshot)) {
      counts[factsOf(store.snapshot, store.lines, code).line] += 1;
    }
    for (const [line, number] of this.#numbers) setText(number, String(counts[line]));
  }
}

customElements.define("board-counts", BoardCounts);
