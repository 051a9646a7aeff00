/**
 * <desk-queue>: those who ask, in order, one row each, and above them who is next without having asked.
 *
 * A row is made once per request and stays, so that a button never moves away under a finger for a
 * change of something else, and focus is kept.
 */

import { span } from "./clock.js";
import { place as placeOf } from "./agenda.js";
import { h, setFacts, setText } from "./dom.js";
import { askers, chairOnly, holders, NORMAL } from "./desk-view.js";

export class DeskQueue extends HTMLElement {
  #desk = null;
  /** request, or "next" -> row */
  #rows = new Map();
  #list = h("ol", { class: "rows" });
  #empty = h("p", { class: "empty" });

  begin(desk) {
    this.#desk = desk;
    setText(this.#empty, desk.words.t("desk.queue.empty"));
    this.append(this.#list, this.#empty);
  }

  show() {
    const { store, may } = this.#desk;
    const asking = askers(store.snapshot);
    const present = new Set(asking.map(keyOf));
    for (const [key, row] of this.#rows) {
      if (present.has(key)) continue;
      row.node.remove();
      this.#rows.delete(key);
    }
    const speaking = new Set(holders(store.snapshot).map((holder) => holder.site));
    const open = store.snapshot.phase === "open" && may("floor");
    asking.forEach((asked, index) => {
      const key = keyOf(asked);
      if (this.#rows.get(key)?.site !== asked.site) {
        this.#rows.get(key)?.node.remove();
        this.#rows.set(key, this.#row(asked));
      }
      const row = this.#rows.get(key);
      if (this.#list.children[index] !== row.node) {
        this.#list.insertBefore(row.node, this.#list.children[index] ?? null);
      }
      const slidesAlone = !asked.floors.includes("speech");
      const free = open && (slidesAlone || !(speaking.has(asked.site) || chairOnly(store.snapshot)));
      this.#fill(row, asked, free);
    });
    setFacts(this, { count: asking.filter((asked) => asked.request !== null).length });
    this.#empty.hidden = asking.length > 0;
  }

  #row(asked) {
    const { words, actions } = this.#desk;
    const { request, site, created_s, text } = asked;
    const button = (key, act, deed, label = words.t(key)) =>
      h("button", { type: "button", data: { act }, text: label, on: { click: deed } });
    const move = (act, sign, step) => {
      const made = button(`desk.${act}`, act, () => actions.accept(request, site, row.place + step), sign);
      made.setAttribute("aria-label", words.t(`desk.${act}`, { name: this.#desk.store.name(site) }));
      return made;
    };
    const slidesAlone = !asked.floors.includes("speech");
    const row = {
      site,
      place: null,
      number: h("span", { class: "place" }),
      name: h("strong", { class: "name" }),
      kinds: h("p", { class: "kinds" }),
      mic: h("span", { class: "mic fact" }),
      line: h("span", { class: "line fact" }),
      up: move("up", "▲", -1),
      down: move("down", "▼", 1),
      prepare: slidesAlone ? null : button("desk.prepare", "prepare", () => actions.prepare(site)),
      give: button(slidesAlone ? "desk.give_content" : "desk.give", "give", () =>
        actions.give(site, request === null ? {} : { request }),
      ),
      deny: request === null ? null : button("desk.deny", "deny", () => actions.deny(request, site)),
      accept: button("desk.accept", "accept", () => actions.accept(request, site)),
    };
    row.give.className = "act";
    const since = created_s === null ? null : this.#desk.wall.of(created_s, this.#desk.store.clock);
    row.node = h(
      "li",
      { data: { site, ...(request === null ? {} : { request }) } },
      h(
        "p",
        { class: "who" },
        row.number,
        row.name,
        since !== null && h("span", { class: "since", text: words.t("desk.since", { time: since }) }),
        h("span", { class: "moves" }, row.up, row.down),
      ),
      row.kinds,
      h("p", { class: "state" }, row.line, row.mic),
      text !== "" && h("p", { class: "text", text }),
      h("p", { class: "deeds" }, row.prepare, row.give, row.accept, row.deny),
    );
    this.#showKinds(row, asked);
    return row;
  }

  /** What kind of request it is, which never changes while it waits. */
  #showKinds(row, asked) {
    const { words, store } = this.#desk;
    const { agenda } = store.snapshot;
    const said = [];
    const say = (kind, text) => said.push(h("span", { data: { kind }, text }));
    if (asked.request === null) say("call", words.t("desk.kind.next"));
    if (asked.item !== null && asked.item in agenda.items) {
      say("agenda", words.t("desk.kind.agenda", placeOf(agenda, asked.item)));
    } else if (asked.kind === "agenda") say("agenda", words.t("desk.kind.agenda.alone"));
    if (asked.continues) say("continues", words.t("desk.kind.continues", { left: span(asked.limit_s ?? 0) }));
    if (asked.respond) say("respond", `⤶ ${words.t("desk.kind.respond")}`);
    if (asked.priority > NORMAL) say("priority", words.t("desk.kind.priority"));
    if (asked.floors.includes("content")) say("content", words.t("desk.kind.content"));
    if (asked.group !== "") say("group", asked.group);
    row.kinds.replaceChildren(...said);
    row.kinds.hidden = said.length === 0;
  }

  #fill(row, { site, place, request, isNext }, free) {
    const { words, store, may } = this.#desk;
    const seen = store.lines[site];
    const mic = seen?.mic ?? "unknown";
    const line = seen?.line ?? "absent";
    row.place = place;
    setFacts(row.node, { next: isNext ? "" : null, mic, line });
    setText(row.number, place === null ? "–" : String(place));
    setText(row.name, store.name(site));
    setText(row.mic, words.word("desk.mic", mic));
    setText(row.line, words.word("line", line));
    const last = store.snapshot.queue.length;
    row.accept.hidden = place !== null || request === null;
    row.accept.disabled = !may("list");
    row.up.hidden = row.down.hidden = place === null;
    row.up.disabled = !may("list") || place === 1;
    row.down.disabled = !may("list") || place === last;
    if (row.prepare !== null) {
      setText(row.prepare, words.t(isNext ? "desk.unprepare" : "desk.prepare"));
      row.prepare.disabled = !free;
    }
    row.give.disabled = !free;
    if (row.deny !== null) row.deny.disabled = !may("floor");
  }
}

const keyOf = ({ request }) => request ?? "next";

customElements.define("desk-queue", DeskQueue);
