/**
 * <desk-agenda>: the whole agenda, one row per item, with what can be done with it now.
 *
 * Rows are made once per item and moved when the order changes.
 */

import { had_s, items, person } from "./agenda.js";
import { span } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";

/** What an item lets be done, by its status: act -> power. */
const DEEDS = Object.freeze({
  planned: { begin: "floor", skip: "plan", defer: "plan" },
  current: { finish: "floor", skip: "floor", defer: "floor" },
  done: { return: "list" },
  skipped: { return: "list" },
});
const ACTS = ["begin", "finish", "skip", "defer", "return"];

export class DeskAgenda extends HTMLElement {
  #desk = null;
  #rows = new Map();
  #body = h("tbody");
  #empty = h("p", { class: "empty" });
  #table = null;

  begin(desk) {
    this.#desk = desk;
    const { words } = desk;
    const heads = ["number", "item", "speaker", "minutes", "status"];
    const cells = heads.map((name) => h("th", { scope: "col", text: words.t(`desk.agenda.${name}`) }));
    const deeds = h("th", { scope: "col" }, h("span", { class: "sr-only", text: words.t("desk.agenda.deeds") }));
    this.#table = h("table", {}, h("thead", {}, h("tr", {}, ...cells, deeds)), this.#body);
    setText(this.#empty, words.t("desk.agenda.empty"));
    this.append(this.#empty, this.#table);
  }

  show() {
    const { store } = this.#desk;
    const listed = items(store.snapshot.agenda);
    this.#empty.hidden = listed.length > 0;
    this.#table.hidden = listed.length === 0;
    const present = new Set(listed.map((item) => item.id));
    for (const [id, row] of this.#rows) {
      if (present.has(id)) continue;
      row.node.remove();
      this.#rows.delete(id);
    }
    listed.forEach((item, index) => {
      if (!this.#rows.has(item.id)) this.#rows.set(item.id, this.#row());
      const row = this.#rows.get(item.id);
      row.item = item;
      if (this.#body.children[index] !== row.node) {
        this.#body.insertBefore(row.node, this.#body.children[index] ?? null);
      }
      this.#fill(row, item, index + 1);
    });
  }

  #row() {
    const { words, procedure } = this.#desk;
    const does = {
      begin: (item) => procedure.goOn(item),
      finish: () => procedure.finishItem(),
      skip: (item) => procedure.skipItem(item),
      defer: (item) => procedure.deferItem(item),
      return: (item) => procedure.returnItem(item),
    };
    const row = { item: null, deeds: new Map() };
    for (const act of ACTS) {
      const press = { click: () => does[act](row.item) };
      const text = words.t(`desk.agenda.${act}`);
      row.deeds.set(act, h("button", { type: "button", data: { act }, text, on: press }));
    }
    const cell = (name) => (row[name] = h("td", { class: name }));
    row.number = h("td", { class: "number" });
    row.title = h("strong", { class: "title" });
    row.group = h("span", { class: "group" });
    row.node = h(
      "tr",
      {},
      row.number,
      h("td", { class: "what" }, row.title, row.group),
      cell("speaker"),
      cell("minutes"),
      cell("status"),
      h("td", { class: "acts" }, ...row.deeds.values()),
    );
    return row;
  }

  #fill(row, item, number) {
    const { words, store, may } = this.#desk;
    const { phase } = store.snapshot;
    setFacts(row.node, { item: item.id, status: item.status, kind: item.kind });
    setText(row.number, String(number));
    const site = item.site === undefined ? "" : `${store.name(item.site)}: `;
    setText(row.title, site + item.title);
    setText(row.group, item.group ?? "");
    setText(row.speaker, person(item) || words.word("agenda.kind", item.kind));
    const had = had_s(item, store.clock.now_s());
    const planned = words.t("time.minutes", { minutes: item.minutes });
    setText(row.minutes, had > 0 ? `${span(had)} / ${planned}` : planned);
    const deferred = item.deferred && item.status === "planned";
    setText(row.status, words.word("agenda.status", deferred ? "deferred" : item.status));
    const can = DEEDS[item.status];
    for (const [act, button] of row.deeds) {
      button.hidden = !(act in can);
      const needsOpen = act === "begin" && phase !== "open";
      button.disabled = !may(can[act] ?? "") || needsOpen || phase === "closed";
    }
  }
}

customElements.define("desk-agenda", DeskAgenda);
