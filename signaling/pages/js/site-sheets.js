/**
 * Sheets: what a clerk opens now and then, one at a time, over the programme: agenda, notes, who is
 * here, devices. Escape and the cross close one, and the focus is back where it came from.
 */

export class Sheets {
  #root;
  #open = "";
  #opener = null;
  #onOpen;

  /** @param {HTMLElement} root  holds `[data-sheet]` and the buttons `[data-opens]`  @param {(name: string) => void} onOpen */
  constructor(root, onOpen) {
    this.#root = root;
    this.#onOpen = onOpen;
    for (const button of root.querySelectorAll("[data-opens]")) {
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => this.toggle(button.dataset.opens, button));
    }
    for (const button of root.querySelectorAll("[data-closes]")) {
      button.addEventListener("click", () => this.close());
    }
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#open !== "") this.close();
    });
  }

  get opened() {
    return this.#open;
  }

  toggle(name, opener) {
    if (this.#open === name) this.close();
    else this.open(name, opener);
  }

  /** @param {HTMLElement} [opener]  where the focus goes afterwards */
  open(name, opener = document.activeElement) {
    this.#open = name;
    this.#opener = opener;
    this.#show();
    this.#onOpen(name);
    this.#root.querySelector(`[data-sheet="${name}"] :is(input, select, textarea, [data-closes])`)?.focus();
  }

  close() {
    if (this.#open === "") return;
    this.#open = "";
    this.#show();
    this.#opener?.focus();
    this.#opener = null;
  }

  #show() {
    for (const sheet of this.#root.querySelectorAll("[data-sheet]")) {
      sheet.hidden = sheet.dataset.sheet !== this.#open;
    }
    for (const button of this.#root.querySelectorAll("[data-opens]")) {
      button.setAttribute("aria-expanded", String(button.dataset.opens === this.#open));
    }
  }
}
