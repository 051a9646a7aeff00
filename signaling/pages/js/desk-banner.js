/**
 * <desk-banner>: what the desk must know before it does anything: that the chair is away or with
 * another, that everybody is silenced, whom a technician has cut, who is on the screen without a word.
 *
 * Each line says what is so and has the button that ends it.  Lines are made once per subject, so that
 * a button stays under a finger while a countdown runs beside it.
 */

import { span } from "./clock.js";
import { announce, h, setFacts, setText } from "./dom.js";
import { chairStands } from "./desk-powers.js";

export class DeskBanner extends HTMLElement {
  #desk = null;
  #lines = new Map();

  begin(desk) {
    this.#desk = desk;
  }

  show() {
    const said = [...this.#chair(), ...this.#silence(), ...this.#cuts(), ...this.#views()];
    const subjects = new Set(said.map(({ subject }) => subject));
    for (const [subject, line] of this.#lines) {
      if (subjects.has(subject)) continue;
      line.node.remove();
      this.#lines.delete(subject);
    }
    for (const { subject, tone, text, key, deed, enabled = true } of said) {
      if (!this.#lines.has(subject)) {
        this.#lines.set(subject, this.#line(subject));
        // Once: a countdown in a live region would be read every second.
        announce(text, { urgent: tone === "bad" });
      }
      const line = this.#lines.get(subject);
      setFacts(line.node, { tone });
      setText(line.text, text);
      line.button.hidden = key === undefined;
      if (key !== undefined) setText(line.button, this.#desk.words.t(key));
      line.button.disabled = !enabled;
      line.deed = deed;
    }
  }

  #line(subject) {
    const line = { text: h("span"), button: null, deed: null };
    const press = { click: () => void line.deed?.() };
    line.button = h("button", { type: "button", data: { act: subject }, on: press });
    line.node = h("p", { data: { subject } }, line.text, line.button);
    this.append(line.node);
    return line;
  }

  *#chair() {
    const { store, words, procedure, may } = this.#desk;
    const stands = chairStands(store.you, store.snapshot, store.clock.now_s());
    if (stands === null) return;
    const { word, who, for_s, left_s } = stands;
    const key = word === "away" && left_s > 0 ? "desk.chair.away_wait" : `desk.chair.is_${word}`;
    const line = {
      subject: "chair",
      tone: word === "away" ? "bad" : "calm",
      text: words.t(key, { who, time: span(for_s), left: left_s }),
    };
    if (!may("assume") || word === "watching") yield line;
    else {
      const back = store.you.roles.includes("chair");
      const label = back ? "desk.chair.reclaim" : "desk.chair.assume";
      const enabled = back || (word === "away" && left_s === 0);
      yield { ...line, key: label, deed: () => procedure.assume(), enabled };
    }
  }

  *#silence() {
    const { store, words, actions, may } = this.#desk;
    const { phase, sites } = store.snapshot;
    if (phase !== "open" || !sites["110"].blocked) return;
    const line = { subject: "centre", tone: "bad", text: words.t("desk.centre.silenced") };
    yield may("floor") ? { ...line, key: "desk.centre.open", deed: () => actions.centre() } : line;
  }

  *#cuts() {
    const { store, words, procedure, may } = this.#desk;
    for (const [site, { cut }] of Object.entries(store.snapshot.sites)) {
      if (!cut) continue;
      const text = words.t("desk.cut", { name: store.name(site) });
      const line = { subject: `cut-${site}`, tone: "bad", text };
      yield may("care") ? { ...line, key: "desk.uncut", deed: () => procedure.uncut(site) } : line;
    }
  }

  *#views() {
    const { store, words, procedure, may } = this.#desk;
    const { views, probe, locked } = store.snapshot;
    if (views.broadcast !== undefined) {
      const key = views.broadcast_shown ? "desk.broadcast.shown" : "desk.broadcast.preparing";
      const text = words.t(key, { name: store.name(views.broadcast) });
      const line = { subject: "broadcast", tone: "calm", text };
      const ends = { key: "desk.unbroadcast", deed: () => procedure.broadcast(null) };
      yield may("care") ? { ...line, ...ends } : line;
    }
    if (probe !== undefined) {
      const text = words.t(`desk.probe.${probe.kind}`, { name: store.name(probe.site) });
      yield { subject: "probe", tone: "calm", text };
    }
    if (locked) yield { subject: "locked", tone: "calm", text: words.t("desk.locked") };
  }
}

customElements.define("desk-banner", DeskBanner);
