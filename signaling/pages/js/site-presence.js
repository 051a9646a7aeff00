/**
 * Presence: a room says who is in it: who leads, and how many they are. And it reads the agenda.
 *
 * Names are kept on the machine for the next conference; nobody types the same twice.
 */

import { items, person } from "./agenda.js";
import { h, setFacts, setText } from "./dom.js";
import { oneLine } from "./notes.js";
import { headcount } from "./rollcall.js";

const KEPT = "room110.presence";
const MOST = 200;

export class Presence {
  #root;
  #words;
  #wall;
  #store;
  #commands;
  #sheets;
  #filled = false;
  #shown = null;

  constructor({ root, words, wall, store, commands, sheets }) {
    this.#root = root;
    this.#words = words;
    this.#wall = wall;
    this.#store = store;
    this.#commands = commands;
    this.#sheets = sheets;
    this.#get("#roll-form").addEventListener("submit", (event) => void this.#onAnswer(event));
  }

  /** What was said in this conference, else what this machine said last. */
  fill() {
    if (this.#filled) return;
    this.#filled = true;
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const { head, title, count } = { ...kept, ...this.#store.snapshot.own?.attendance };
    this.#get("#roll-head").value = head ?? "";
    this.#get("#roll-title").value = title ?? "";
    this.#get("#roll-count").value = count ?? "";
  }

  draw() {
    const { own, agenda } = this.#store.snapshot;
    const said = own?.attendance;
    const time = said === undefined ? "" : this.#wall.of(said.at_s, this.#store.clock);
    const text = said === undefined ? "" : this.#words.t("site.roll.said", { mark: this.#words.word("mark", said.mark), time });
    setText(this.#get("#roll-said"), text);
    this.#get("#roll-send").disabled = this.#commands.held("roll");
    if (agenda === this.#shown || agenda === undefined) return;
    this.#shown = agenda;
    const rows = items(agenda).map((item) => this.#item(item, own?.site));
    const none = h("li", { text: this.#words.t("site.agenda.none") });
    this.#get("#agenda").replaceChildren(...(rows.length > 0 ? rows : [none]));
  }

  #item(item, site) {
    const name = item.site === undefined ? "" : `${this.#store.name(item.site)}: `;
    const said = [person(item), this.#words.t("time.minutes", { minutes: item.minutes })];
    const row = h(
      "li",
      {},
      h("strong", { text: name + item.title }),
      h("span", { text: said.filter((part) => part !== "").join(" · ") }),
    );
    setFacts(row, { status: item.status, own: item.site !== undefined && item.site === site ? "" : null });
    if (item.status === "current") row.setAttribute("aria-current", "true");
    return row;
  }

  async #onAnswer(event) {
    event.preventDefault();
    const head = oneLine(this.#get("#roll-head").value, MOST);
    const title = oneLine(this.#get("#roll-title").value, MOST);
    const count = headcount(this.#get("#roll-count").value);
    if (head === "") return;
    const said = { head, ...(title && { title }), ...(count !== null && { count }) };
    localStorage.setItem(KEPT, JSON.stringify(said));
    if (await this.#commands.run("roll", "rollcall.answer", said)) this.#sheets.close();
  }

  #get(selector) {
    return this.#root.querySelector(selector);
  }
}
