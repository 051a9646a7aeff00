/**
 * <board-panel>: one site with what can be done with it, its line check and all its numbers, or how to read the board
 * and what was written while none is chosen.
 */

import { BoardCheck } from "./board-check.js";
import { BoardDeeds } from "./board-deeds.js";
import { factsOf, milliseconds, percent } from "./board-facts.js";
import { span } from "./clock.js";
import { BoardNotes } from "./board-notes.js";
import { h, setFacts, setText } from "./dom.js";

/** Fields of `lines` and of GET /sites, in the order shown; a key without words is not shown. */
const NUMBERS = {
  rtt_ms: milliseconds,
  loss_up: percent,
  loss_down: percent,
  level_dbov: (level) => `${level} dBov`,
  sound_age_s: (age) => `${age.toFixed(1)} s`,
  picture_age_s: (age) => `${age.toFixed(1)} s`,
  packets_in: String,
  packets_lost: String,
  packets_out: String,
};

export class BoardPanel extends HTMLElement {
  #board = null;
  #site = null;
  #title = h("h2");
  #rows = new Map();
  #deeds = new BoardDeeds();
  #check = new BoardCheck();
  #notes = new BoardNotes();
  #close = null;
  #guide = null;
  #facts = h("dl");

  begin(board) {
    this.#board = board;
    const { words } = board;
    const names = ["line", "reason", "since", "mic", "floor", "blocked", "gate", "control", "standby"];
    for (const name of [...names, ...Object.keys(NUMBERS)]) {
      const value = h("dd", { data: { fact: name } });
      this.#rows.set(name, value);
      this.#facts.append(h("div", {}, h("dt", { text: words.t(`board.fact.${name}`) }), value));
    }
    this.#close = h("button", {
      type: "button",
      data: { act: "panel-close" },
      text: words.t("board.panel.close"),
      on: { click: () => board.pick(null) },
    });
    this.#deeds.begin(board);
    this.#check.begin(board);
    this.#notes.begin(board);
    const guide = ["tile", "strip", "figures", "verdict", "keys", "walk"].map((key) =>
      h("li", { text: words.t(`board.guide.${key}`) }),
    );
    this.#guide = h("ul", { class: "guide" }, ...guide);
    this.append(h("div", { class: "head" }, this.#title, this.#close), this.#guide, this.#notes, this.#deeds, this.#check, this.#facts);
    this.choose(null);
  }

  choose(site) {
    this.#site = site;
    this.#deeds.choose(site);
    this.#check.choose(site);
    this.#guide.hidden = site !== null;
    for (const part of [this.#facts, this.#deeds, this.#check, this.#close]) part.hidden = site === null;
    if (site !== null) this.#notes.hidden = true;
    if (site === null) setText(this.#title, this.#board.words.t("board.guide"));
    else this.show();
  }

  show() {
    if (this.#site === null) {
      this.#notes.show();
      return;
    }
    this.#deeds.show();
    this.#check.show();
    const { store, words } = this.#board;
    const facts = factsOf(store.snapshot, store.lines, this.#site);
    const seen = store.lines[this.#site] ?? {};
    setFacts(this, { site: this.#site, line: facts.line, help: facts.help });
    setText(this.#title, `${facts.code} · ${facts.title}`);
    const yes = (is) => words.t(is ? "board.yes" : "board.no");
    const for_s = facts.since_s === null ? null : store.clock.now_s() - facts.since_s;
    const loss = Math.max(facts.loss_up ?? 0, facts.loss_down ?? 0);
    const said = {
      line: words.word("line", facts.line),
      reason: words.t(`board.reason.${facts.line}`, { loss: percent(loss) }),
      since: for_s === null ? "–" : span(for_s),
      mic: words.word("mic", facts.mic),
      floor: words.word("floor", facts.floor),
      blocked: yes(facts.blocked),
      gate: words.t(facts.gate ? "board.gate.open" : "board.gate.shut"),
      control: words.t(facts.control === "lost" ? "board.control.lost" : "board.control.up"),
      standby: yes(facts.standby),
    };
    for (const [name, value] of this.#rows) {
      const number = facts.up && typeof seen[name] === "number" ? NUMBERS[name](seen[name]) : "–";
      setText(value, name in NUMBERS ? number : said[name]);
    }
  }
}

customElements.define("board-panel", BoardPanel);
