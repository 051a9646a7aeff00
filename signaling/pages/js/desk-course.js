/**
 * <desk-course>: how far the agenda is: what is being treated and for how long, how late the session
 * is, and the one button that goes on.  Without an agenda it is not there.
 */

import { current, following, had_s, items, late_s, lateness, person, place } from "./agenda.js";
import { span } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";

export class DeskCourse extends HTMLElement {
  #desk = null;
  #late = h("span", { class: "late" });
  #title = h("strong", { class: "name" });
  #person = h("span", { class: "person" });
  #time = h("span", { class: "clock" });
  #next = null;
  #nextTitle = h("span", { class: "title" });

  begin(desk) {
    this.#desk = desk;
    const { words, procedure } = desk;
    const press = { click: () => procedure.goOn() };
    this.#next = h(
      "button",
      { type: "button", class: "act", data: { act: "agenda-next" }, on: press },
      h("span", { text: words.t("desk.agenda.next") }),
      this.#nextTitle,
    );
    this.append(
      h("p", { class: "now" }, this.#title, this.#time),
      h("p", { class: "now" }, this.#person, this.#late),
      this.#next,
    );
  }

  show() {
    const { store, words, may } = this.#desk;
    const { agenda, phase } = store.snapshot;
    const now_s = store.clock.now_s();
    this.hidden = items(agenda).length === 0;
    if (this.hidden) return;
    const late = lateness(late_s(store.snapshot, now_s));
    setText(this.#late, late === null ? "" : words.t(`agenda.${late.word}`, late));
    const item = current(agenda);
    setFacts(this, { late: late?.word ?? null, item: item?.id ?? null, kind: item?.kind ?? null });
    const title = item === null ? words.t("agenda.none") : `${place(agenda, item.id).at}. ${item.title}`;
    setText(this.#title, title);
    setText(this.#person, item === null ? "" : this.#whose(item));
    setText(this.#time, item === null ? "" : `${span(had_s(item, now_s))} / ${span(item.minutes * 60)}`);
    const next = following(agenda);
    setText(this.#nextTitle, next === null ? words.t("agenda.nothing") : this.#named(next));
    this.#next.disabled = next === null || phase !== "open" || !may("floor");
  }

  #named(item) {
    return item.site === undefined ? item.title : `${this.#desk.store.name(item.site)}: ${item.title}`;
  }

  #whose(item) {
    const site = item.site === undefined ? "" : this.#desk.store.name(item.site);
    return [site, person(item)].filter((part) => part !== "").join(" · ");
  }
}

customElements.define("desk-course", DeskCourse);
