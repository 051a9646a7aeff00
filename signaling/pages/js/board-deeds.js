/**
 * <board-deeds>: what a technician does with the site that was chosen: stop a howl, listen behind its
 * shut gate, its machines, what its line may carry, a word in writing.
 *
 * Stopping a sound never asks.  Beginning media anew, or hanging up, asks when the site speaks or is next.
 */

import { h, setFacts, setText } from "./dom.js";
import { FOR_SITES, MOST, oneLine } from "./notes.js";

const LADDER = ["full", "small", "sound"];

/** Whether what is done to the site's media would be heard or seen by everybody. Pure. */
export function isBusy(state, site) {
  if (state.next === site) return true;
  return Object.values(state.requests).some((asked) => asked.site === site && asked.status === "granted");
}

/** Whether technicians may listen to the site now: in the lobby to any, else to the next one. Pure. */
export function mayProbe(state, site) {
  const isUp = state.sites[site].link === "up";
  return isUp && site !== "110" && (state.phase === "lobby" || state.next === site);
}

export class BoardDeeds extends HTMLElement {
  #board = null;
  #site = null;
  #buttons = new Map();
  #ladder = null;
  #text = null;

  begin(board) {
    this.#board = board;
    const { words } = board;
    const button = (act, deed) => {
      const made = h("button", { type: "button", data: { act }, text: words.t(`board.${act.replace("-", ".")}`), on: { click: deed } });
      this.#buttons.set(act, made);
      return made;
    };
    this.#ladder = h("select", { id: "ladder", on: { change: () => this.#onLadder() } });
    this.#ladder.append(...LADDER.map((to) => h("option", { value: to, text: words.word("ladder", to) })));
    this.#text = h("input", {
      type: "text",
      id: "board-note",
      maxLength: MOST,
      autocomplete: "off",
      "aria-label": words.t("note.text"),
    });
    this.#text.setAttribute("list", "board-phrases");
    const phrases = h("datalist", { id: "board-phrases" }, ...FOR_SITES.map((key) => h("option", { value: words.t(key) })));
    this.append(
      h("p", { class: "deeds" }, button("help-ack", () => this.#do("help.ack")), button("help-close", () => this.#do("help.close"))),
      h(
        "p",
        { class: "deeds" },
        button("cut", () => this.#onCut()),
        button("listen", () => this.#onProbe("listen")),
        button("talk", () => this.#onProbe("talk")),
        button("switch", () => this.#do("site.switch")),
        button("restart", () => void this.#onRestart()),
        button("drop", () => void this.#onDrop()),
      ),
      h("p", { class: "pair" }, h("label", { for: "ladder", text: words.t("board.ladder") }), this.#ladder),
      h(
        "form",
        { class: "pair", on: { submit: (event) => void this.#onNote(event) } },
        this.#text,
        phrases,
        h("button", { type: "submit", text: words.t("note.do") }),
      ),
    );
  }

  choose(site) {
    this.#site = site;
    this.#text.value = "";
  }

  show() {
    if (this.#site === null) return;
    const { store, words, may } = this.#board;
    const { snapshot } = store;
    const site = snapshot.sites[this.#site];
    const probe = snapshot.probe?.site === this.#site ? snapshot.probe.kind : null;
    setFacts(this, { cut: site.cut ? "" : null, probe, standby: site.standby ? "" : null });
    const { up, care, help, tech } = {
      up: site.link === "up",
      care: may("care"),
      help: may("help"),
      tech: store.you.roles.includes("technician"),
    };
    const able = {
      "help-ack": help,
      "help-close": help,
      cut: care,
      listen: tech && (probe === "listen" || mayProbe(snapshot, this.#site)),
      talk: tech && (probe === "talk" || mayProbe(snapshot, this.#site)),
      switch: care && site.standby,
      restart: care && up,
      drop: care && site.link !== "down",
    };
    for (const [act, button] of this.#buttons) button.disabled = !able[act];
    this.#buttons.get("help-ack").hidden = site.help !== "raised";
    this.#buttons.get("help-close").hidden = site.help === undefined;
    const say = (act, on) => {
      setText(this.#buttons.get(act), words.t(on ? `board.${act}.end` : `board.${act}`));
      this.#buttons.get(act).setAttribute("aria-pressed", String(on));
    };
    say("cut", site.cut);
    say("listen", probe === "listen");
    say("talk", probe === "talk");
    this.#ladder.disabled = !care;
    if (!this.#ladder.matches(":focus")) this.#ladder.value = site.ladder ?? "full";
  }

  #do(type, fields = {}) {
    return this.#board.deeds.do(type, { site: this.#site, ...fields }, { site: this.#site });
  }

  #onCut() {
    const on = !this.#board.store.snapshot.sites[this.#site].cut;
    return this.#board.deeds.do("site.cut", { site: this.#site, on }, { site: this.#site, shuts: on });
  }

  #onProbe(kind) {
    const { probe } = this.#board.store.snapshot;
    const ends = probe?.site === this.#site && probe.kind === kind;
    return this.#do("site.probe", ends ? { site: null } : { kind });
  }

  async #onRestart() {
    const force = isBusy(this.#board.store.snapshot, this.#site);
    if (!force || (await this.#sure("restart"))) await this.#do("site.restart", { force });
  }

  async #onDrop() {
    if (await this.#sure("drop")) await this.#do("site.drop");
  }

  #sure(act) {
    const { words, store, deeds } = this.#board;
    const busy = isBusy(store.snapshot, this.#site);
    return deeds.ask({
      text: words.t(`board.${act}.ask`, { name: store.name(this.#site) }),
      effect: words.t(busy ? `board.${act}.busy` : `board.${act}.effect`),
      yes: words.t(`board.${act}`),
      careful: busy,
    });
  }

  async #onLadder() {
    await this.#do("site.ladder", { to: this.#ladder.value });
    this.#ladder.blur();
    this.show();
  }

  async #onNote(event) {
    event.preventDefault();
    const text = oneLine(this.#text.value);
    if (text === "") return;
    if (await this.#board.deeds.do("note.send", { to: this.#site, text }, { site: this.#site })) this.#text.value = "";
  }
}

customElements.define("board-deeds", BoardDeeds);
