/**
 * <board-checks>: what is done before a session: check all lines, walk from site to site, and the
 * sheet that says how they stand.
 */

import { checkable, mayBurst, progress, tally, walked, walks } from "./checks.js";
import { announce, h, isHeld, setFacts, setHeld, setText } from "./dom.js";

export class BoardChecks extends HTMLElement {
  #board = null;
  #all = null;
  #walk = null;
  #sheet = null;
  #bar = h("progress", { max: 1, value: 0 });
  #said = h("p", { class: "told" });
  #runs = false;

  begin(board) {
    this.#board = board;
    const { words } = board;
    const button = (act, key, deed) =>
      h("button", { type: "button", data: { act }, text: words.t(key), on: { click: () => void deed() } });
    this.#all = button("check-all", "board.check.all", () => this.#onAll());
    this.#walk = button("walk-begin", "board.walk", () => this.#onWalk());
    this.#sheet = button("sheet", "board.sheet", () => board.sheet());
    this.#bar.setAttribute("aria-label", words.t("board.check.progress"));
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", words.t("board.checks"));
    this.append(h("p", { class: "deeds" }, this.#all, this.#walk, this.#sheet), this.#bar, this.#said);
  }

  /** Where the focus goes when the walk is over. */
  focus() {
    this.#walk.focus();
  }

  show() {
    const { store, words, may } = this.#board;
    const { snapshot } = store;
    const going = progress(snapshot);
    const runs = going !== null;
    setFacts(this, { runs: runs ? "" : null });
    setText(this.#all, words.t(runs ? "board.check.stop" : "board.check.all"));
    // A button that has the focus is never disabled: the focus would be lost.
    setHeld(this.#all, !may("care") || (!runs && checkable(snapshot).length === 0));
    setHeld(this.#walk, !may("walk") || walks(snapshot));
    this.#bar.hidden = !runs;
    if (runs) {
      this.#bar.max = going.of;
      this.#bar.value = going.done;
    }
    setText(this.#said, runs ? words.t("board.check.runs", going) : this.#tell(tally(snapshot)));
    if (runs !== this.#runs) {
      this.#runs = runs;
      announce(runs ? words.t("board.check.begun") : this.#said.textContent);
    }
  }

  #tell(counts) {
    const { words } = this.#board;
    const told = Object.entries(counts).filter(([, count]) => count > 0);
    if (told.length === 0) return words.t("board.check.none");
    return told.map(([verdict, count]) => `${words.word("verdict", verdict)}: ${count}`).join(" · ");
  }

  async #onAll() {
    const { store, words, deeds } = this.#board;
    if (isHeld(this.#all)) return;
    if (progress(store.snapshot) !== null) {
      await deeds.do("check.stop", {});
      return;
    }
    const bursts = mayBurst(store.snapshot);
    const agreed = await deeds.ask({
      text: words.t("board.check.all.ask", { count: checkable(store.snapshot).length }),
      effect: words.t(bursts ? "board.check.effect" : "board.check.effect.open"),
      yes: words.t("board.check.all"),
    });
    if (agreed) await deeds.do("check.run", { sites: "all" });
  }

  async #onWalk() {
    const { store, words, deeds } = this.#board;
    if (isHeld(this.#walk)) return;
    const { done } = walked(store.snapshot);
    const anew = h("input", { type: "checkbox", id: "walk-anew" });
    const agreed = await deeds.ask({
      text: words.t("board.walk.ask"),
      effect: words.t("board.walk.effect"),
      yes: words.t("board.walk"),
      body: done === 0 ? null : h("p", { class: "but" }, h("label", {}, anew, words.t("board.walk.anew", { done }))),
    });
    if (agreed && (await deeds.do("walk.begin", { anew: anew.checked }))) this.#board.walking();
  }
}

customElements.define("board-checks", BoardChecks);
