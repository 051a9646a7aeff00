/**
 * <desk-rollcall>: the roll, one cell per site in seat order, and the mark of the chosen one.
 *
 * A site answers for itself; the secretary marks whom he knows of.  What a line does is another fact
 * and stands beside the word.
 */

import { seats } from "./board-facts.js";
import { rove } from "./board-roving.js";
import { h, setFacts, setText } from "./dom.js";
import { counts, EXPLAINED, MARKS, persons, roll } from "./rollcall.js";

export class DeskRollcall extends HTMLElement {
  #desk = null;
  #site = null;
  #cells = new Map();
  #grid = h("div", { class: "roll" });
  #counts = h("p", { class: "counts" });
  #state = null;
  #chosen = h("p", { class: "name" });
  #said = h("p", { class: "said" });
  #reason = null;
  #marks = new Map();

  begin(desk) {
    this.#desk = desk;
    const { words, procedure } = desk;
    rove(this.#grid);
    const toggle = () => (desk.store.snapshot.rollcall_open ? procedure.closeRoll() : procedure.openRoll());
    this.#state = h("button", { type: "button", class: "act", data: { act: "rollcall" }, on: { click: toggle } });
    this.#reason = h("input", { type: "text", id: "roll-reason", maxLength: 300, autocomplete: "off" });
    this.#reason.addEventListener("input", () => this.#showChosen());
    for (const mark of [...MARKS, "none"]) {
      const press = { click: () => void this.#mark(mark) };
      const text = words.word("mark", mark);
      this.#marks.set(mark, h("button", { type: "button", data: { mark }, text, on: press }));
    }
    const form = h(
      "div",
      { class: "form" },
      this.#chosen,
      this.#said,
      h("label", { for: "roll-reason", text: words.t("desk.rollcall.reason") }),
      this.#reason,
      h("p", { class: "deeds" }, ...this.#marks.values()),
    );
    this.append(h("div", { class: "side" }, this.#state, this.#counts, form), this.#grid);
  }

  show() {
    const { store, words, may } = this.#desk;
    const { snapshot } = store;
    const rows = roll(snapshot, seats(snapshot));
    if (this.#cells.size !== rows.length) this.#make(rows);
    for (const row of rows) this.#fill(this.#cells.get(row.site), row);
    const found = counts(rows);
    const said = Object.entries(found)
      .filter(([, count]) => count > 0)
      .map(([mark, count]) => `${words.word("mark", mark)} ${count}`);
    setText(this.#counts, [...said, words.t("desk.rollcall.persons", { count: persons(rows) })].join(" · "));
    setFacts(this, { called: snapshot.rollcall_open ? "" : null });
    const again = snapshot.rollcall.opened_s === undefined ? "open" : "reopen";
    setText(this.#state, words.t(`desk.rollcall.${snapshot.rollcall_open ? "close" : again}`));
    this.#state.disabled = !may("paper") || snapshot.phase === "closed";
    this.#showChosen();
  }

  /** Whom the buttons are for. */
  choose(site) {
    if (site === "110") return;
    this.#site = site;
    this.#reason.value = this.#desk.store.snapshot.rollcall?.marks[site]?.reason ?? "";
    this.#showChosen();
  }

  #make(rows) {
    this.#cells.clear();
    for (const { site } of rows) {
      const cell = { name: h("strong"), mark: h("span", { class: "mark" }), more: h("span", { class: "sr-only" }) };
      const press = { click: () => this.#desk.pick(site) };
      const parts = [cell.name, cell.mark, cell.more];
      cell.node = h("button", { type: "button", data: { site }, tabIndex: -1, on: press }, ...parts);
      this.#cells.set(site, cell);
    }
    this.#grid.replaceChildren(...[...this.#cells.values()].map(({ node }) => node));
    this.#grid.firstElementChild.tabIndex = 0;
  }

  #fill(cell, { site, mark, head, count }) {
    const { store, words } = this.#desk;
    const up = store.snapshot.sites[site].link === "up";
    setFacts(cell.node, { mark: mark ?? "none", link: up ? "up" : null, chosen: site === this.#site ? "" : null });
    setText(cell.name, `${site} ${store.name(site)}`);
    const many = count === null ? "" : ` (${count})`;
    setText(cell.mark, mark === null ? words.t("desk.rollcall.none") : words.word("mark", mark) + many);
    const line = words.t(up ? "desk.rollcall.up" : "desk.rollcall.down");
    setText(cell.more, [head, line].filter((part) => part !== "").join(", "));
  }

  #showChosen() {
    const { store, words, may } = this.#desk;
    const site = this.#site;
    const { mark, head, title, count, reason, at_s } = store.snapshot.rollcall?.marks[site] ?? {};
    setText(this.#chosen, site === null ? words.t("desk.rollcall.choose") : store.name(site));
    const time = at_s === undefined ? "" : this.#desk.wall.of(at_s, store.clock);
    const people = count === undefined ? "" : words.t("desk.rollcall.count", { count });
    const parts = [mark && words.word("mark", mark), time, head, title, people, reason];
    setText(this.#said, parts.filter((part) => part).join(" · "));
    const explained = this.#reason.value.trim() !== "";
    for (const [name, button] of this.#marks) {
      const missing = EXPLAINED.has(name) && !explained;
      button.disabled = site === null || !may("paper") || missing || (mark ?? "none") === name;
    }
    this.#reason.disabled = site === null || !may("paper");
  }

  async #mark(mark) {
    const reason = EXPLAINED.has(mark) ? this.#reason.value.trim() : "";
    await this.#desk.procedure.mark(this.#site, mark === "none" ? null : mark, { reason });
  }
}

customElements.define("desk-rollcall", DeskRollcall);
