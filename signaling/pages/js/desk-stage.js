/**
 * <desk-stage>: what everybody sees, who speaks for how long, and the button that ends it.
 *
 * Slides or a film are large, and who speaks stands small beside them.
 *
 * Room 110's own picture is not sent to its desk; what is left is the speakers, or a slate that says
 * why there is none.
 */

import { span, used_s } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";
import { holders } from "./desk-view.js";
import "./picture.js";

const SLOTS = ["content", "speaker.1", "speaker.2", "chair"];

export class DeskStage extends HTMLElement {
  #desk = null;
  #pictures = new Map();
  #slate = h("p", { class: "slate" });
  #speakers = h("ul", { class: "speakers" });
  #rows = new Map();

  begin(desk) {
    this.#desk = desk;
    const screen = h("div", { class: "screen" }, this.#slate);
    for (const slot of SLOTS) {
      const picture = h("room-picture", { data: { slot }, hidden: true });
      picture.follow(desk.media);
      this.#pictures.set(slot, picture);
      screen.append(picture);
    }
    this.append(screen, this.#speakers);
  }

  show() {
    const { store, words } = this.#desk;
    const { snapshot, stage } = store;
    const someone = "speaker.1" in stage || "speaker.2" in stage;
    let shown = 0;
    for (const [slot, picture] of this.#pictures) {
      const site = stage[slot] ?? null;
      const names = site === null ? {} : { title: store.title(site), name: store.name(site) };
      picture.show(site, names);
      // 110 beside a speaker is what the wall shows; the desk looks at who speaks.
      picture.hidden = site === null || (slot === "chair" && someone);
      shown += picture.hidden ? 0 : 1;
    }
    const { kind, slate } = snapshot.programme;
    const why = kind === "slate" ? `desk.slate.${slate}` : "desk.slate.nobody";
    setText(this.#slate, shown === 0 ? words.t(why) : "");
    const content = "content" in stage ? "" : null;
    setFacts(this, { shown, content, programme: kind === "slate" ? slate : "stage" });
    this.#showSpeakers(holders(snapshot), store.clock.now_s());
  }

  #showSpeakers(present, now_s) {
    const requests = new Set(present.map((holder) => holder.request));
    for (const [request, row] of this.#rows) {
      if (requests.has(request)) continue;
      row.node.remove();
      this.#rows.delete(request);
    }
    for (const holder of present) {
      if (!this.#rows.has(holder.request)) {
        this.#rows.set(holder.request, this.#row(holder.request));
        this.#speakers.append(this.#rows.get(holder.request).node);
      }
      this.#fill(this.#rows.get(holder.request), holder, now_s);
    }
  }

  #row(request) {
    const { words, actions } = this.#desk;
    const end = { type: "button", data: { act: "end" }, text: words.t("desk.end") };
    const row = {
      title: h("strong", { class: "name" }),
      floor: h("span", { class: "floor fact" }),
      mic: h("span", { class: "mic fact" }),
      clock: h("span", { class: "clock" }),
    };
    row.node = h(
      "li",
      { data: { request } },
      h("p", { class: "who" }, row.title),
      h("p", { class: "state" }, row.floor, row.mic),
      row.clock,
      h("button", { ...end, on: { click: () => actions.end(request) } }),
    );
    return row;
  }

  #fill(row, { site, clock, limit_s, holds }, now_s) {
    const { words, store } = this.#desk;
    const used = used_s(clock, now_s);
    const floor = holds.length > 0 ? "held" : "speaking";
    const mic = store.lines[site]?.mic ?? "unknown";
    const over = limit_s !== null && used >= limit_s;
    const left = limit_s !== null && limit_s - used <= 60 ? "little" : null;
    setFacts(row.node, { site, floor, mic, time: over ? "over" : left });
    setText(row.title, store.title(site));
    setText(row.floor, words.t(holds.length > 0 ? `desk.held.${holds[0]}` : "floor.speaking"));
    setText(row.mic, words.word("mic", mic));
    const limit = limit_s === null ? words.t("desk.no_limit") : span(limit_s);
    setText(row.clock, `${span(used)} / ${limit}`);
  }
}

customElements.define("desk-stage", DeskStage);
