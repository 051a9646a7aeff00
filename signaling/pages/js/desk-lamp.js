/**
 * <desk-lamp>: MIC PHÒNG 110, the one lamp that must never surprise anybody, with the button that shuts
 * it.  data-state: "live" | "armed" | "shut", as desk-view's `centreLamp`.
 */

import { centreLamp } from "./desk-view.js";
import { h, setFacts, setText } from "./dom.js";

const WORDS = { live: "lamp.mic110.on", armed: "desk.lamp.armed", shut: "lamp.mic110.off" };

export class DeskLamp extends HTMLElement {
  #desk = null;
  #word = h("strong", { class: "word" });
  #button = null;

  begin(desk) {
    this.#desk = desk;
    const press = { click: () => desk.actions.centre() };
    this.#button = h("button", { type: "button", data: { act: "centre" }, on: press });
    this.append(
      h(
        "p",
        { role: "status" },
        h("span", { class: "what", text: desk.words.t("lamp.mic110") }),
        h("span", { class: "bulb", "aria-hidden": "true" }),
        this.#word,
      ),
      this.#button,
    );
  }

  show() {
    const { store, words } = this.#desk;
    const state = centreLamp(store.snapshot, store.lines);
    const { blocked } = store.snapshot.sites["110"];
    setFacts(this, { state, blocked: blocked ? "" : null });
    setText(this.#word, words.t(WORDS[state]));
    const key = state !== "shut" ? "shut" : blocked ? "open" : "keep";
    setText(this.#button, words.t(`desk.centre.${key}`));
  }
}

customElements.define("desk-lamp", DeskLamp);
