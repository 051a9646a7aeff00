/** <desk-notice>: why something was not done, until it is read or a while has passed. */

import { h } from "./dom.js";

const SHOWN_MS = 12_000;
const KEPT = 3;

export class DeskNotice extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "alert");
  }

  /** @param {string} text  @param {string} close the label of the button that takes it away */
  say(text, close) {
    const line = h(
      "p",
      {},
      h("span", { text }),
      h("button", { type: "button", text: close, on: { click: () => line.remove() } }),
    );
    this.append(line);
    while (this.children.length > KEPT) this.firstElementChild.remove();
    setTimeout(() => line.remove(), SHOWN_MS);
  }
}

customElements.define("desk-notice", DeskNotice);
