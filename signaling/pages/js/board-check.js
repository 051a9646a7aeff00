/**
 * <board-check>: the last line check of the chosen site: verdict, reasons, all figures with their
 * units, and what has changed since the check before.
 */

import { changes, FIGURES, mayBurst, resultOf, texts } from "./checks.js";
import { h, setFacts, setText } from "./dom.js";

export class BoardCheck extends HTMLElement {
  #board = null;
  #site = null;
  #run = null;
  #verdict = h("p", { class: "verdict" });
  #when = h("p", { class: "when" });
  #reasons = h("ul", { class: "reasons" });
  #changed = h("p", { class: "changed" });
  #figures = h("dl");
  #rows = new Map();
  #shown = null;
  #earlier = null;

  begin(board) {
    this.#board = board;
    const { words } = board;
    for (const name of [...FIGURES, "heard"]) {
      const value = h("dd", { data: { figure: name } });
      this.#rows.set(name, value);
      this.#figures.append(h("div", {}, h("dt", { text: words.t(`check.figure.${name}`) }), value));
    }
    this.#run = h("button", {
      type: "button",
      data: { act: "check" },
      text: words.t("board.check"),
      on: { click: () => void this.#onRun() },
    });
    this.append(
      h("div", { class: "head" }, h("h3", { text: words.t("board.check.heading") }), this.#run),
      this.#verdict,
      this.#when,
      this.#reasons,
      this.#changed,
      this.#figures,
    );
  }

  choose(site) {
    this.#site = site;
    this.#shown = null;
  }

  show() {
    if (this.#site === null) return;
    const { store, words, may, before } = this.#board;
    const { snapshot } = store;
    const result = resultOf(snapshot, this.#site);
    const runs = snapshot.check?.round !== undefined;
    const waits = runs && snapshot.check.round.left.includes(this.#site);
    this.#run.disabled = !may("care") || runs || snapshot.sites[this.#site].link !== "up";
    setFacts(this, { verdict: result?.verdict, runs: waits ? "" : null });
    if (waits) setText(this.#verdict, words.word("line", "checking"));
    else setText(this.#verdict, result === null ? words.t("board.check.never") : words.word("verdict", result.verdict));
    for (const part of [this.#when, this.#reasons, this.#changed, this.#figures]) part.hidden = result === null;
    if (result === null) return;
    const earlier = before.of(this.#site, result);
    if (result === this.#shown && earlier === this.#earlier) return;
    this.#shown = result;
    this.#earlier = earlier;
    this.#fill(result, earlier);
  }

  #fill(result, earlier) {
    const { store, words, wall } = this.#board;
    const reason = (code) => words.word("check.reason", code);
    setText(this.#when, words.t("board.check.when", { time: wall.of(result.at_s, store.clock), by: result.by }));
    this.#reasons.replaceChildren(...result.reasons.map((code) => h("li", { text: reason(code) })));
    this.#reasons.hidden = result.reasons.length === 0;
    const told = texts(result.figures, (way) => words.word("check.way", way));
    for (const [name, value] of this.#rows) setText(value, name === "heard" ? this.#heard(result) : told[name]);
    setText(this.#changed, earlier === null ? "" : this.#difference(earlier, result, told));
    this.#changed.hidden = earlier === null;
  }

  #heard({ heard, tries, figures }) {
    const { words } = this.#board;
    if (figures.played === undefined) return "–";
    if (heard === undefined) return words.t("board.heard.none");
    return heard ? words.t("board.heard.right") : words.t("board.heard.wrong", { tries });
  }

  #difference(earlier, result, told) {
    const { words } = this.#board;
    const { verdict, gone, come, figures } = changes(earlier, result);
    const old = texts(earlier.figures, (way) => words.word("check.way", way));
    const reasons = (codes) => codes.map((code) => words.word("check.reason", code)).join(", ");
    const parts = [
      verdict !== null && words.t("board.changed.verdict", { before: words.word("verdict", verdict) }),
      come.length > 0 && words.t("board.changed.come", { reasons: reasons(come) }),
      gone.length > 0 && words.t("board.changed.gone", { reasons: reasons(gone) }),
      ...figures.map((name) => `${words.word("check.figure", name)}: ${old[name]} → ${told[name]}`),
    ].filter(Boolean);
    return parts.length === 0 ? words.t("board.changed.none") : words.t("board.changed", { what: parts.join("; ") });
  }

  async #onRun() {
    const { store, words, deeds } = this.#board;
    const site = this.#site;
    const agreed = await deeds.ask({
      text: words.t("board.check.ask", { name: store.name(site) }),
      effect: words.t(mayBurst(store.snapshot) ? "board.check.effect" : "board.check.effect.open"),
      yes: words.t("board.check"),
    });
    if (agreed) await deeds.do("check.run", { sites: [site] }, { site });
  }
}

customElements.define("board-check", BoardCheck);
