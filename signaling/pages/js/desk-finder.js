/**
 * <desk-finder>: write some letters of a site, choose it.  A combobox (ARIA 1.2): arrows walk, Enter
 * takes, Escape clears; the best hit is marked from the first letter.
 */

import { h, setFacts, setText } from "./dom.js";
import { find } from "./desk-search.js";
import { seats } from "./board-facts.js";

const SHOWN = 7;

export class DeskFinder extends HTMLElement {
  #desk = null;
  #hits = [];
  #at = 0;
  #input = null;
  #list = h("ul", { id: "hits", role: "listbox", hidden: true });

  begin(desk) {
    this.#desk = desk;
    const label = desk.words.t("desk.find");
    this.#input = h("input", {
      type: "search",
      id: "find",
      autocomplete: "off",
      spellcheck: false,
      placeholder: desk.words.t("desk.find.example"),
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": "hits",
      on: {
        input: () => this.#search(),
        keydown: (event) => this.#onKey(event),
        blur: () => this.#close(),
      },
    });
    this.#list.setAttribute("aria-label", label);
    this.append(h("label", { for: "find", text: label }), this.#input, this.#list);
  }

  #search() {
    const { store } = this.#desk;
    if (store.snapshot.sites === undefined) return;
    const all = seats(store.snapshot).map((code) => ({ code, name: store.name(code) }));
    this.#hits = find(all, this.#input.value).slice(0, SHOWN);
    this.#at = 0;
    this.#draw();
  }

  #draw() {
    const { words } = this.#desk;
    const nothing = this.#input.value.trim() !== "" && this.#hits.length === 0;
    const rows = this.#hits.map((site, index) =>
      h("li", {
        id: `hit-${index}`,
        role: "option",
        "aria-selected": String(index === this.#at),
        data: { site: site.code },
        text: `${site.code}  ${site.name}`,
        // Before blur closes the list.
        on: { pointerdown: (event) => (event.preventDefault(), this.#take(site)) },
      }),
    );
    if (nothing) rows.push(h("li", { class: "none", text: words.t("desk.find.none") }));
    this.#list.replaceChildren(...rows);
    this.#list.hidden = rows.length === 0;
    this.#input.setAttribute("aria-expanded", String(rows.length > 0));
    if (this.#hits.length > 0) this.#input.setAttribute("aria-activedescendant", `hit-${this.#at}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && this.#hits.length > 0) {
      event.preventDefault();
      this.#at = (this.#at + step + this.#hits.length) % this.#hits.length;
      this.#draw();
    } else if (event.key === "Enter" && this.#hits.length > 0) {
      event.preventDefault();
      this.#take(this.#hits[this.#at]);
    } else if (event.key === "Escape") {
      this.#input.value = "";
      this.#close();
    }
  }

  #take(site) {
    this.#input.value = "";
    this.#close();
    this.#desk.pick(site.code, { focus: true });
  }

  #close() {
    this.#hits = [];
    this.#draw();
    this.#list.hidden = true;
  }
}

customElements.define("desk-finder", DeskFinder);
