/** <desk-phase>: the buttons that open, interrupt and end the conference; only those that can. */

import { h } from "./dom.js";
import { phaseSteps } from "./desk-view.js";

/** By how often it asks. */
const CLASSES = ["", "act", "grave"];

export class DeskPhase extends HTMLElement {
  #desk = null;
  #shown = "";

  begin(desk) {
    this.#desk = desk;
  }

  show() {
    const { store, words, actions, may } = this.#desk;
    const steps = phaseSteps(store.snapshot, store.clock.now_s());
    const now = steps.map((step) => step.key).join(" ");
    if (now !== this.#shown) this.#draw(steps, words, actions);
    this.#shown = now;
    for (const button of this.children) button.disabled = !may("floor");
  }

  #draw(steps, words, actions) {
    this.replaceChildren(
      ...steps.map((step) =>
        h("button", {
          type: "button",
          class: CLASSES[step.asks.length],
          data: { act: "phase", to: step.to },
          text: words.t(step.key),
          on: { click: () => actions.phase(step) },
        }),
      ),
    );
  }
}

customElements.define("desk-phase", DeskPhase);
