/**
 * <desk-queue>: those who ask, in order, one row each.
 *
 * A row is made once per request and stays, so that a button never moves away under a finger for a
 * change of something else, and focus is kept.
 */

import { h, setFacts, setText } from "./dom.js";
import { askers, holders } from "./desk-view.js";

export class DeskQueue extends HTMLElement {
  #desk = null;
  #rows = new Map();
  #list = h("ol", { class: "rows" });
  #empty = h("p", { class: "empty" });

  begin(desk) {
    this.#desk = desk;
    setText(this.#empty, desk.words.t("desk.queue.empty"));
    this.append(this.#list, this.#empty);
  }

  show() {
    const { store } = this.#desk;
    const asking = askers(store.snapshot);
    const present = new Set(asking.map((row) => row.request));
    for (const [request, row] of this.#rows) {
      if (present.has(request)) continue;
      row.node.remove();
      this.#rows.delete(request);
    }
    const free = store.snapshot.phase === "open";
    const speaking = new Set(holders(store.snapshot).map((holder) => holder.site));
    asking.forEach((asked, index) => {
      if (!this.#rows.has(asked.request)) this.#rows.set(asked.request, this.#row(asked));
      const row = this.#rows.get(asked.request);
      if (this.#list.children[index] !== row.node) {
        this.#list.insertBefore(row.node, this.#list.children[index] ?? null);
      }
      this.#fill(row, asked, free && !speaking.has(asked.site));
    });
    setFacts(this, { count: asking.length });
    this.#empty.hidden = asking.length > 0;
  }

  #row({ request, site, created_s, text, place }) {
    const { words, actions } = this.#desk;
    const button = (key, act, deed) =>
      h("button", { type: "button", data: { act }, text: words.t(key), on: { click: deed } });
    const row = {
      place: h("span", { class: "place" }),
      name: h("strong", { class: "name" }),
      mic: h("span", { class: "mic fact" }),
      line: h("span", { class: "line fact" }),
      prepare: button("desk.prepare", "prepare", () => actions.prepare(site)),
      give: button("desk.give", "give", () => actions.give(site)),
      deny: button("desk.deny", "deny", () => actions.deny(request, site)),
    };
    row.give.className = "act";
    const accept =
      place === null && button("desk.accept", "accept", () => actions.accept(request, site));
    row.accept = accept;
    row.node = h(
      "li",
      { data: { request, site } },
      h(
        "p",
        { class: "who" },
        row.place,
        row.name,
        h("span", { class: "since", text: words.t("desk.since", { time: this.#wall(created_s) }) }),
      ),
      h("p", { class: "state" }, row.line, row.mic),
      text !== "" && h("p", { class: "text", text }),
      h("p", { class: "deeds" }, row.prepare, row.give, accept, row.deny),
    );
    return row;
  }

  #fill(row, { site, place, isNext }, free) {
    const { words, store } = this.#desk;
    const seen = store.lines[site];
    const mic = seen?.mic ?? "unknown";
    const line = seen?.line ?? "absent";
    setFacts(row.node, { next: isNext ? "" : null, mic, line });
    setText(row.place, place === null ? "–" : String(place));
    setText(row.name, store.name(site));
    setText(row.mic, words.word("desk.mic", mic));
    setText(row.line, words.word("line", line));
    setText(row.prepare, words.t(isNext ? "desk.unprepare" : "desk.prepare"));
    if (row.accept && place !== null) row.accept.hidden = true;
    row.prepare.disabled = !free;
    row.give.disabled = !free;
  }

  /** Conference seconds as a time of day. */
  #wall(at_s) {
    const { store, wall } = this.#desk;
    return wall.text(wall.now_ms() - (store.clock.now_s() - at_s) * 1000).slice(0, 5);
  }
}

customElements.define("desk-queue", DeskQueue);
