/**
 * <desk-site>: the site that was chosen by search or by its tile, and what can be done with it; below
 * it what is done with all of them.
 */

import { factsOf } from "./board-facts.js";
import { h, setFacts, setText } from "./dom.js";
import { holders } from "./desk-view.js";

export class DeskSite extends HTMLElement {
  #desk = null;
  #site = null;
  #parts = null;

  begin(desk) {
    this.#desk = desk;
    const { words, actions } = desk;
    const button = (key, act, deed) =>
      h("button", { type: "button", data: { act }, text: words.t(key), on: { click: deed } });
    this.#parts = {
      title: h("p", { class: "name", text: words.t("desk.site.none") }),
      line: h("span", { class: "line fact" }),
      mic: h("span", { class: "mic fact" }),
      floor: h("span", { class: "floor fact" }),
      give: button("desk.give", "give", () => actions.give(this.#site)),
      prepare: button("desk.prepare", "prepare", () => actions.prepare(this.#site)),
      block: button("desk.block", "block", () =>
        actions.block(this.#site, !this.#desk.store.snapshot.sites[this.#site].blocked),
      ),
      blockAll: button("desk.block_all", "block-all", () => this.#blockAll()),
      unblockAll: button("desk.unblock_all", "unblock-all", () => actions.unblockAll()),
    };
    const { title, line, mic, floor, give, prepare, block, blockAll, unblockAll } = this.#parts;
    give.className = "act";
    this.append(
      h("div", { class: "chosen" }, title, h("p", { class: "state" }, line, mic, floor)),
      h("div", { class: "deeds" }, give, prepare, block),
      h("div", { class: "deeds all" }, blockAll, unblockAll),
    );
  }

  /** @param {?string} site  @param {{focus?: boolean}} [options] focus its first button */
  choose(site, { focus = false } = {}) {
    this.#site = site;
    this.show();
    const first = [this.#parts.give, this.#parts.block].find((button) => !button.disabled);
    if (focus) first?.focus();
  }

  show() {
    const { store, words } = this.#desk;
    const { snapshot } = store;
    const { give, prepare, block, unblockAll } = this.#parts;
    const blocked = Object.keys(snapshot.sites).filter((code) => snapshot.sites[code].blocked);
    unblockAll.disabled = blocked.every((code) => code === "110");
    if (this.#site === null) {
      for (const button of [give, prepare, block]) button.disabled = true;
      return;
    }
    const facts = factsOf(snapshot, store.lines, this.#site);
    const has = holders(snapshot).some((holder) => holder.site === this.#site);
    const canSpeak = snapshot.phase === "open" && this.#site !== "110" && !has;
    setFacts(this, { site: this.#site, line: facts.line, mic: facts.mic, floor: facts.floor });
    setFacts(this, { blocked: facts.blocked ? "" : null });
    setText(this.#parts.title, facts.title);
    setText(this.#parts.line, words.word("line", facts.line));
    setText(this.#parts.mic, words.word("mic", facts.mic));
    const floor = facts.blocked ? words.t("site.blocked") : words.word("floor", facts.floor);
    setText(this.#parts.floor, floor);
    setText(block, words.t(facts.blocked ? "desk.unblock" : "desk.block"));
    setText(prepare, words.t(snapshot.next === this.#site ? "desk.unprepare" : "desk.prepare"));
    give.disabled = !canSpeak;
    prepare.disabled = !canSpeak;
    block.disabled = false;
  }

  /** Block all but some: asks whom to spare, since that is the point of it. */
  async #blockAll() {
    const { store, words, actions, dialog } = this.#desk;
    const { snapshot } = store;
    const spared = [...holders(snapshot).map((holder) => holder.site), snapshot.next, this.#site];
    const offered = [...new Set(spared)].filter((site) => site !== undefined && site !== null && site !== "110");
    const boxes = offered.map((site) => h("input", { type: "checkbox", checked: true, value: site }));
    const body = h("fieldset", { class: "but" }, h("legend", { text: words.t("desk.but") }));
    boxes.forEach((box) => body.append(h("label", {}, box, h("span", { text: store.name(box.value) }))));
    const provinces = Object.keys(snapshot.sites).length - 1;
    const agreed = await dialog.ask({
      text: words.t("desk.block_all"),
      effect: words.t("desk.block_all.effect", { of: provinces }),
      yes: words.t("desk.block"),
      no: words.t("desk.no"),
      body: boxes.length > 0 ? body : null,
    });
    if (agreed) await actions.blockAll(boxes.filter((box) => box.checked).map((box) => box.value));
  }
}

customElements.define("desk-site", DeskSite);
