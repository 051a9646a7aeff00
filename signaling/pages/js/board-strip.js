/**
 * <board-strip>: what is wrong, worst first, then longest; those who called for help before all.
 *
 * It has a fixed height, so that the plan below does not move; what does not fit is counted.  Rows
 * are kept per site: a button under a finger stays the same button.
 */

import { factsOf, seats, troubles } from "./board-facts.js";
import { span } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";

export class BoardStrip extends HTMLElement {
  #board = null;
  #chips = new Map();
  #list = h("ol");
  #more = h("p", { class: "more" });
  #quiet = h("p", { class: "quiet" });
  #fits = 1;

  begin(board) {
    this.#board = board;
    // Asked for when it can have changed: asking in `show` would lay out the whole page each time.
    new ResizeObserver(() => this.#measure()).observe(this.#list);
    setText(this.#quiet, board.words.t("board.strip.none"));
    this.append(this.#list, this.#more, this.#quiet);
  }

  show() {
    const { store, words } = this.#board;
    const all = seats(store.snapshot).map((code) => factsOf(store.snapshot, store.lines, code));
    const wrong = troubles(all);
    const shown = wrong.slice(0, this.#fits);
    const kept = new Set(shown.map(({ facts }) => facts.code));
    for (const [code, chip] of this.#chips) {
      if (kept.has(code)) continue;
      chip.node.remove();
      this.#chips.delete(code);
    }
    const now_s = store.clock.now_s();
    shown.forEach((trouble, index) => {
      const { code } = trouble.facts;
      if (!this.#chips.has(code)) this.#chips.set(code, this.#chip(code));
      const chip = this.#chips.get(code);
      if (this.#list.children[index] !== chip.node) {
        this.#list.insertBefore(chip.node, this.#list.children[index] ?? null);
      }
      this.#fill(chip, trouble, now_s);
    });
    setFacts(this, { count: wrong.length });
    const rest = wrong.length - shown.length;
    setText(this.#more, rest > 0 ? words.t("board.strip.more", { count: rest }) : "");
    this.#quiet.hidden = wrong.length > 0;
  }

  /** CSS decides how wide a chip is. */
  #measure() {
    const chip = Number.parseFloat(getComputedStyle(this).getPropertyValue("--chip"));
    this.#fits = Math.max(1, Math.floor(this.#list.clientWidth / chip));
  }

  #chip(code) {
    const { words, pick, acknowledge } = this.#board;
    const chip = {
      name: h("strong", { class: "name" }),
      why: h("span", { class: "why" }),
      since: h("span", { class: "since" }),
      taken: h("button", {
        type: "button",
        data: { act: "help-ack" },
        text: words.t("board.help.ack"),
        on: { click: () => acknowledge(code) },
      }),
    };
    const look = { type: "button", class: "look", on: { click: () => pick(code) } };
    chip.node = h(
      "li",
      { data: { site: code } },
      h("button", look, chip.name, chip.why, chip.since),
      chip.taken,
    );
    return chip;
  }

  #fill(chip, { facts, kind }, now_s) {
    const { words } = this.#board;
    setFacts(chip.node, { kind, line: facts.line, mic: facts.mic });
    setText(chip.name, `${facts.code} ${facts.name}`);
    const why = {
      help: () => words.t("board.help"),
      cut: () => words.t("board.is_cut"),
      line: () => words.word("line", facts.line),
      mic: () => words.t("board.unheard", { mic: words.word("mic", facts.mic) }),
      control: () => words.t("board.control"),
    };
    setText(chip.why, why[kind]());
    const timed = kind === "line" && facts.since_s !== null;
    setText(chip.since, timed ? span(now_s - facts.since_s) : "");
    chip.taken.hidden = kind !== "help";
  }
}

customElements.define("board-strip", BoardStrip);
