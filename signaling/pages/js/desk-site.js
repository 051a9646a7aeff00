/**
 * <desk-site>: the site that was chosen by search or by its tile, and what can be done with it; below
 * it what is done with all of them.
 */

import { factsOf } from "./board-facts.js";
import { span, used_s } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";
import { chairOnly, holders } from "./desk-view.js";

/** Buttons for the chosen site: what they are called, and which power they need. */
const DEEDS = Object.freeze({
  give: "floor",
  prepare: "floor",
  block: "floor",
  phone: "floor",
  enlist: "list",
  broadcast: "care",
  watch: "care",
  note: "note",
});

export class DeskSite extends HTMLElement {
  #desk = null;
  #site = null;
  #parts = null;
  #deeds = new Map();

  begin(desk) {
    this.#desk = desk;
    const { words, actions, procedure } = desk;
    const button = (key, act, deed) =>
      h("button", { type: "button", data: { act }, text: words.t(key), on: { click: deed } });
    const site = () => desk.store.snapshot.sites[this.#site];
    const views = () => desk.store.snapshot.views;
    const unless = (is) => (is === this.#site ? null : this.#site);
    const does = {
      give: () => actions.give(this.#site),
      prepare: () => actions.prepare(this.#site),
      block: () => actions.block(this.#site, !site().blocked),
      phone: () => actions.give(this.#site, { via: "phone" }),
      enlist: () => actions.enlist(this.#site),
      broadcast: () => procedure.broadcast(unless(views().broadcast)),
      watch: () => procedure.watch(unless(views().watch)),
      note: () => desk.open("notes"),
    };
    for (const act of Object.keys(DEEDS)) this.#deeds.set(act, button(`desk.${act}`, act, does[act]));
    this.#deeds.get("give").className = "act";
    this.#parts = {
      title: h("p", { class: "name", text: words.t("desk.site.none") }),
      line: h("span", { class: "line fact" }),
      mic: h("span", { class: "mic fact" }),
      floor: h("span", { class: "floor fact" }),
      spoken: h("span", { class: "spoken" }),
      blockAll: button("desk.block_all", "block-all", () => this.#blockAll()),
      unblockAll: button("desk.unblock_all", "unblock-all", () => actions.unblockAll()),
    };
    const { title, line, mic, floor, spoken, blockAll, unblockAll } = this.#parts;
    this.append(
      h("div", { class: "chosen" }, title, h("p", { class: "state" }, line, mic, floor, spoken)),
      h("div", { class: "deeds" }, ...this.#deeds.values()),
      h("div", { class: "deeds all" }, blockAll, unblockAll),
    );
  }

  get chosen() {
    return this.#site;
  }

  /** @param {?string} site  @param {{focus?: boolean}} [options] focus its first button */
  choose(site, { focus = false } = {}) {
    this.#site = site;
    this.show();
    const first = [...this.#deeds.values()].find((button) => !button.disabled);
    if (focus) first?.focus();
  }

  show() {
    const { store, words, may } = this.#desk;
    const { snapshot } = store;
    const blocked = Object.keys(snapshot.sites).filter((code) => snapshot.sites[code].blocked);
    this.#parts.blockAll.disabled = !may("floor");
    this.#parts.unblockAll.disabled = !may("floor") || blocked.every((code) => code === "110");
    if (this.#site === null) {
      for (const button of this.#deeds.values()) button.disabled = true;
      return;
    }
    const facts = factsOf(snapshot, store.lines, this.#site);
    this.#showFacts(facts);
    const can = this.#can(facts);
    for (const [act, button] of this.#deeds) button.disabled = !may(DEEDS[act]) || !can[act];
    const say = (act, key) => setText(this.#deeds.get(act), words.t(key));
    const { views, next } = snapshot;
    say("block", facts.blocked ? "desk.unblock" : "desk.block");
    say("prepare", next === this.#site ? "desk.unprepare" : "desk.prepare");
    say("broadcast", views.broadcast === this.#site ? "desk.unbroadcast" : "desk.broadcast");
    say("watch", views.watch === this.#site ? "desk.unwatch" : "desk.watch");
  }

  #showFacts(facts) {
    const { store, words } = this.#desk;
    setFacts(this, { site: this.#site, line: facts.line, mic: facts.mic, floor: facts.floor });
    setFacts(this, { blocked: facts.blocked ? "" : null });
    setText(this.#parts.title, facts.title);
    setText(this.#parts.line, words.word("line", facts.line));
    setText(this.#parts.mic, words.word("mic", facts.mic));
    const floor = facts.blocked ? words.t("site.blocked") : words.word("floor", facts.floor);
    setText(this.#parts.floor, floor);
    const { spoken } = store.snapshot.sites[this.#site];
    const time = spoken === undefined ? null : span(used_s(spoken, store.clock.now_s()));
    setText(this.#parts.spoken, time === null ? "" : words.t("desk.spoken", { time }));
  }

  /** What means something for this site now, whoever may do it. */
  #can({ up }) {
    const { snapshot } = this.#desk.store;
    const province = this.#site !== "110";
    const has = holders(snapshot).some((holder) => holder.site === this.#site);
    const open = snapshot.phase === "open";
    const canSpeak = open && province && !has && !chairOnly(snapshot);
    return {
      give: canSpeak,
      prepare: open && province && !has,
      block: true,
      phone: canSpeak,
      enlist: snapshot.phase !== "closed" && province && snapshot.sites[this.#site].request === undefined,
      broadcast: (open && up) || snapshot.views.broadcast === this.#site,
      watch: true,
      note: province,
    };
  }

  /** Block all but some: asks whom to spare, since that is the point of it. */
  async #blockAll() {
    const { store, words, actions, deeds } = this.#desk;
    const { snapshot } = store;
    const spared = [...holders(snapshot).map((holder) => holder.site), snapshot.next, this.#site];
    const offered = [...new Set(spared)].filter((site) => site !== undefined && site !== null && site !== "110");
    const boxes = offered.map((site) => h("input", { type: "checkbox", checked: true, value: site }));
    const body = h("fieldset", { class: "but" }, h("legend", { text: words.t("desk.but") }));
    boxes.forEach((box) => body.append(h("label", {}, box, h("span", { text: store.name(box.value) }))));
    const provinces = Object.keys(snapshot.sites).length - 1;
    const agreed = await deeds.ask({
      text: words.t("desk.block_all"),
      effect: words.t("desk.block_all.effect", { of: provinces }),
      yes: words.t("desk.block"),
      body: boxes.length > 0 ? body : null,
    });
    if (agreed) await actions.blockAll(boxes.filter((box) => box.checked).map((box) => box.value));
  }
}

customElements.define("desk-site", DeskSite);
