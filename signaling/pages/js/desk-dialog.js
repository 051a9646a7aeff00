/**
 * <desk-dialog>: a question before what opens, ends or closes.  Shutting sound never asks.
 *
 * One question at a time; while one is open another gets "no".
 */

import { h } from "./dom.js";

export class DeskDialog extends HTMLElement {
  #dialog = null;

  get open() {
    return this.#dialog !== null;
  }

  /**
   * @param {{text: string, effect?: string, yes: string, no: string, careful?: boolean,
   *   body?: HTMLElement}} question  *careful*: Enter says no; else Enter says yes
   * @returns {Promise<boolean>}
   */
  ask({ text, effect = "", yes, no, careful = false, body = null }) {
    if (this.open) return Promise.resolve(false);
    return new Promise((resolve) => {
      const answer = (said) => () => {
        this.#dialog = null;
        dialog.close();
        dialog.remove();
        resolve(said);
      };
      const agree = h("button", {
        type: "button",
        class: careful ? "grave" : "act",
        data: { answer: "yes" },
        text: yes,
        autofocus: !careful,
        on: { click: answer(true) },
      });
      const refuse = h("button", {
        type: "button",
        data: { answer: "no" },
        text: no,
        autofocus: careful,
        on: { click: answer(false) },
      });
      const dialog = h(
        "dialog",
        { "aria-labelledby": "dialog-text", on: { cancel: answer(false) } },
        h("h2", { id: "dialog-text", text }),
        effect !== "" && h("p", { class: "effect", text: effect }),
        body,
        h("div", { class: "answers" }, agree, refuse),
      );
      this.#dialog = dialog;
      this.append(dialog);
      dialog.showModal();
    });
  }
}

customElements.define("desk-dialog", DeskDialog);
