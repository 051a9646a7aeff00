/**
 * <desk-tabs>: what stands at the bottom of the desk: the rooms, or one of the lists that are needed now
 * and then.  Tabs of ARIA: one stop, walked with the arrow keys.
 *
 * The panels are siblings, `[data-panel]`, each labelled by its tab.  A panel that is not open is not
 * drawn; `show` says which is.
 */

import { h, setFacts, setText } from "./dom.js";

export class DeskTabs extends HTMLElement {
  #words = null;
  #tabs = new Map();
  #open = "";
  #onOpen = () => {};

  /**
   * @param {import("./i18n.js").Words} words
   * @param {HTMLElement[]} panels  the first is open; `desk.tab.<data-panel>` are their names
   * @param {(name: string) => void} onOpen
   */
  begin(words, panels, onOpen) {
    this.#words = words;
    this.#onOpen = onOpen;
    this.setAttribute("role", "tablist");
    this.setAttribute("aria-orientation", "vertical");
    this.setAttribute("aria-label", words.t("desk.tabs"));
    for (const panel of panels) {
      const name = panel.dataset.panel;
      const tab = h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          data: { tab: name },
          "aria-controls": panel.id,
          on: { click: () => this.open(name) },
        },
        h("span", { text: words.word("desk.tab", name) }),
        h("span", { class: "badge" }),
      );
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      this.#tabs.set(name, { tab, panel });
      this.append(tab);
    }
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.open(panels[0].dataset.panel);
  }

  get opened() {
    return this.#open;
  }

  open(name) {
    this.#open = name;
    for (const [other, { tab, panel }] of this.#tabs) {
      const chosen = other === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      // Not `hidden`: the rooms' pictures go on, and the height stays.
      setFacts(panel, { open: chosen ? "" : null });
    }
    this.#onOpen(name);
  }

  /** How many things wait behind a tab. */
  badge(name, count) {
    const { tab } = this.#tabs.get(name);
    setText(tab.lastElementChild, count > 0 ? String(count) : "");
  }

  #onKey(event) {
    const names = [...this.#tabs.keys()];
    const at = names.indexOf(this.#open);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1 };
    const ends = { Home: 0, End: names.length - 1 };
    const place = to[event.key] ?? ends[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const name = names[(place + names.length) % names.length];
    this.open(name);
    this.#tabs.get(name).tab.focus();
  }
}

customElements.define("desk-tabs", DeskTabs);
