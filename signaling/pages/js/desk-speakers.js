/**
 * <desk-speakers>: who has the floor for how long, and what the chair does with it: interrupt and let
 * go on, lengthen, end.  Whose slides or film are shown stands below.
 */

import { span, used_s } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";
import { holders, shower } from "./desk-view.js";

/** Buttons that lengthen the time, in minutes. */
const LONGER = [1, 2];

export class DeskSpeakers extends HTMLElement {
  #desk = null;
  #list = h("ul", { class: "speakers" });
  #rows = new Map();

  begin(desk) {
    this.#desk = desk;
    this.append(this.#list);
  }

  show() {
    const { store } = this.#desk;
    const speaking = holders(store.snapshot);
    const shows = shower(store.snapshot);
    const alone = shows !== null && !shows.floors.includes("speech");
    const present = alone ? [...speaking, shows] : speaking;
    const requests = new Set(present.map((holder) => holder.request));
    for (const [request, row] of this.#rows) {
      if (requests.has(request)) continue;
      row.node.remove();
      this.#rows.delete(request);
    }
    const now_s = store.clock.now_s();
    for (const holder of present) {
      if (!this.#rows.has(holder.request)) {
        this.#rows.set(holder.request, this.#row(holder));
        this.#list.append(this.#rows.get(holder.request).node);
      }
      this.#fill(this.#rows.get(holder.request), holder, now_s, present.length > 1);
    }
    setFacts(this, { count: present.length });
  }

  #row({ request, site, floors }) {
    const { words, actions } = this.#desk;
    const speaks = floors.includes("speech");
    const button = (key, act, deed, values) =>
      h("button", { type: "button", data: { act }, text: words.t(key, values), on: { click: deed } });
    const row = {
      title: h("strong", { class: "name" }),
      floor: h("span", { class: "floor fact" }),
      mic: speaks ? h("span", { class: "mic fact" }) : null,
      unheard: speaks ? h("span", { class: "unheard" }) : null,
      clock: h("span", { class: "clock" }),
      hold: button("desk.hold", "hold", () =>
        row.held ? actions.resume(request, site) : actions.hold(request, site),
      ),
      longer: LONGER.map((minutes) => {
        const made = button("desk.extend", `extend-${minutes}`, () => actions.extend(request, site, minutes), {
          minutes,
        });
        made.setAttribute("aria-label", words.t("desk.extend.label", { minutes }));
        return made;
      }),
      end: button(speaks ? "desk.end" : "desk.end_content", "end", () => actions.end(request)),
      held: false,
    };
    row.node = h(
      "li",
      { data: { request, ...(speaks ? {} : { content: "" }) } },
      h("p", { class: "who" }, row.title),
      h("p", { class: "state" }, row.floor, row.mic, row.unheard),
      row.clock,
      h("p", { class: "deeds" }, speaks && row.hold, ...(speaks ? row.longer : []), row.end),
    );
    return row;
  }

  /** *narrow*: several have to find room. */
  #fill(row, holder, now_s, narrow) {
    const { words, store, may } = this.#desk;
    const { site, floors, via, holds, limit_s, clock, over, warned } = holder;
    const speaks = floors.includes("speech");
    const mic = via === "phone" ? "phone" : (store.lines[site]?.mic ?? "unknown");
    row.held = holds.includes("chair");
    setFacts(row.node, {
      site,
      floor: holds.length > 0 ? "held" : "speaking",
      mic,
      time: over ? "over" : warned ? "little" : null,
      via,
    });
    setText(row.title, narrow ? store.name(site) : store.title(site));
    setText(row.floor, this.#state(holder, speaks));
    if (row.mic !== null) {
      setText(row.mic, via === "phone" ? words.t("desk.by_phone") : words.word("mic", mic));
    }
    const unheard = via === "phone" ? undefined : store.lines[site]?.unheard?.reason;
    if (row.unheard !== null) setText(row.unheard, unheard === undefined ? "" : words.t(`desk.unheard.${unheard}`));
    const limit = limit_s === null ? words.t("desk.no_limit") : span(limit_s);
    const used = span(used_s(clock, now_s));
    setText(row.clock, limit_s === null && !speaks ? used : `${used} / ${limit}`);
    setText(row.hold, words.t(row.held ? "desk.resume" : "desk.hold"));
    row.hold.className = row.held ? "act" : "";
    row.hold.disabled = row.end.disabled = !may("floor");
    setText(row.end, words.t(!speaks ? "desk.end_content" : narrow ? "desk.end.short" : "desk.end"));
    for (const button of row.longer) button.disabled = !may("floor") || limit_s === null;
  }

  #state({ holds, floors, started }, speaks) {
    const { words } = this.#desk;
    if (holds.length > 0) return holds.map((cause) => words.t(`desk.held.${cause}`)).join(" · ");
    if (!speaks) return words.t("desk.shows");
    if (!started) return words.t("desk.not_started");
    return words.t(floors.includes("content") ? "desk.speaks_and_shows" : "floor.speaking");
  }
}

customElements.define("desk-speakers", DeskSpeakers);
