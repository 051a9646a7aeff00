/**
 * <desk-notes>: what sites and desk write to one another, who called for help, and the secretary's own
 * words for the minutes.
 */

import { h, setFacts, setText } from "./dom.js";
import { FOR_SITES, MOST, oneLine, parties } from "./notes.js";
import { seats } from "./board-facts.js";

const MOST_FOR_MINUTES = 2000;

export class DeskNotes extends HTMLElement {
  #desk = null;
  #site = null;
  #shown = null;
  /** When the newest line was written that stood here while somebody looked. */
  #read_s = 0;
  #list = h("ol", { class: "notes", tabIndex: 0 });
  #helps = h("ul", { class: "helps" });
  #helped = new Map();
  #to = null;
  #text = null;
  #send = null;
  #minutes = null;
  #write = null;
  #written = h("p", { role: "status", class: "written" });

  begin(desk) {
    this.#desk = desk;
    const { words } = desk;
    this.#list.setAttribute("aria-label", words.t("desk.notes.heading"));
    this.#to = h("select", { id: "note-to" });
    this.#text = h("input", { type: "text", id: "note-text", maxLength: MOST, autocomplete: "off" });
    this.#send = h("button", { type: "submit", class: "act", text: words.t("note.do") });
    const phrases = FOR_SITES.map((key) =>
      h("button", {
        type: "button",
        data: { phrase: key },
        text: words.t(key),
        on: { click: () => ((this.#text.value = words.t(key)), this.#text.focus()) },
      }),
    );
    const form = h(
      "form",
      { class: "note", on: { submit: (event) => void this.#onSend(event) } },
      h("label", { for: "note-to", text: words.t("note.to") }),
      this.#to,
      h("p", { class: "phrases" }, ...phrases),
      h("label", { for: "note-text", text: words.t("note.text") }),
      h("p", { class: "pair" }, this.#text, this.#send),
    );
    this.#minutes = h("textarea", { id: "minutes-text", rows: 3, maxLength: MOST_FOR_MINUTES });
    this.#write = h("button", { type: "submit", text: words.t("desk.minutes.write") });
    const minutes = h(
      "form",
      { class: "minutes", on: { submit: (event) => void this.#onMinutes(event) } },
      h("label", { for: "minutes-text", text: words.t("desk.minutes.label") }),
      h("p", { class: "pair" }, this.#minutes, this.#write),
      this.#written,
    );
    this.append(
      h("div", { class: "side" }, form, minutes),
      h("div", { class: "said" }, this.#helps, this.#list),
    );
  }

  /** How many call for help and have not been seen to, and how many lines were not read. */
  waiting() {
    const { sites, notes } = this.#desk.store.snapshot;
    const unread = notes.filter((note) => note.to === "desk" && note.at_s > this.#read_s);
    return Object.values(sites).filter(({ help }) => help === "raised").length + unread.length;
  }

  show() {
    const { store, may } = this.#desk;
    this.#showHelps(store.snapshot);
    this.#fillTo(store.snapshot);
    this.#send.disabled = !may("note");
    this.#write.disabled = this.#minutes.disabled = !may("paper");
    const { notes } = store.snapshot;
    this.#read_s = notes.at(-1)?.at_s ?? 0;
    if (notes === this.#shown) return;
    this.#shown = notes;
    this.#list.replaceChildren(...notes.toReversed().map((note) => this.#line(note)));
  }

  /** Write to this site. */
  choose(site) {
    this.#site = site === "110" ? null : site;
    if (this.#site !== null && this.#to.options.length > 0) this.#to.value = this.#site;
  }

  focusText() {
    this.#text.focus();
  }

  #line(note) {
    const { words, store, wall } = this.#desk;
    const { from, to } = parties(note, { words, name: (site) => store.name(site) });
    return h(
      "li",
      { data: { from: note.site ?? "", to: note.to } },
      h("span", { class: "when", text: wall.of(note.at_s, store.clock) }),
      h("strong", { text: `${from} → ${to}` }),
      h("span", { class: "text", text: note.text }),
    );
  }

  #fillTo({ sites }) {
    if (this.#to.options.length > 0) return;
    const { words, store } = this.#desk;
    const option = (value, text) => h("option", { value, text });
    const provinces = seats({ sites }).filter((code) => code !== "110");
    this.#to.append(
      option("technicians", words.t("note.technicians")),
      ...provinces.map((code) => option(code, `${code} ${store.name(code)}`)),
    );
    if (this.#site !== null) this.#to.value = this.#site;
  }

  #showHelps({ sites }) {
    const { words, procedure, store, may } = this.#desk;
    const calling = Object.keys(sites).filter((code) => sites[code].help !== undefined);
    for (const [code, row] of this.#helped) {
      if (calling.includes(code)) continue;
      row.node.remove();
      this.#helped.delete(code);
    }
    for (const code of calling) {
      if (!this.#helped.has(code)) {
        const button = (act, key, deed) =>
          h("button", { type: "button", data: { act }, text: words.t(key), on: { click: deed } });
        const row = {
          text: h("span"),
          ack: button("help-ack", "board.help.ack", () => procedure.ackHelp(code)),
          close: button("help-close", "board.help.close", () => procedure.closeHelp(code)),
        };
        row.node = h("li", { data: { site: code } }, row.text, row.ack, row.close);
        this.#helped.set(code, row);
        this.#helps.append(row.node);
      }
      const row = this.#helped.get(code);
      const { help } = sites[code];
      setFacts(row.node, { help });
      setText(row.text, words.t(`desk.help.${help}`, { name: store.name(code) }));
      row.ack.hidden = help !== "raised";
      row.ack.disabled = row.close.disabled = !may("help");
    }
  }

  async #onSend(event) {
    event.preventDefault();
    const text = oneLine(this.#text.value);
    if (text !== "" && (await this.#desk.procedure.note(this.#to.value, text))) this.#text.value = "";
  }

  async #onMinutes(event) {
    event.preventDefault();
    const text = oneLine(this.#minutes.value, MOST_FOR_MINUTES);
    if (text === "" || !(await this.#desk.procedure.minutes(text))) return;
    this.#minutes.value = "";
    const { words, wall } = this.#desk;
    setText(this.#written, words.t("desk.minutes.done", { time: wall.short() }));
  }
}

customElements.define("desk-notes", DeskNotes);
