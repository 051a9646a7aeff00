/**
 * Strips: what a room is told beside the one sentence, over the programme, and the button that goes with
 * it: that its line is checked, that technicians listen or go from site to site, that it is on the screen or soon will be, that the roll is called, that
 * somebody has written, that its slides are awaited.
 *
 * Which strips there are is decided by `strips`, which is pure; the class draws them. A strip is made
 * once per subject and said once to a screen reader.
 */

import { announce, h, setFacts, setText } from "./dom.js";

/** Why a room is not heard, where its own microphone is in order. */
const UNSAID = new Set(["no_packets", "nobody_hears"]);
const BEFORE = new Set(["lobby", "recess"]);

/**
 * @param {{own: object, rollcall: boolean, note: ?object, screen: boolean, device: string,
 *   unheard: ?string, phase?: string}} facts  *note*: the newest that was not read; *screen*: slides were chosen;
 *   *unheard*: why nobody hears the room, beside what the one sentence says; *phase*: of the conference
 * @returns {Array<{subject: string, key: string, tone: "calm"|"act"|"live", act?: string, values?: object}>}
 */
export function strips({ own, rollcall, note, screen, device, unheard = null, phase = "open" }) {
  const told = [];
  const tell = (subject, key, tone, more = {}) => told.push({ subject, key: `strip.${key}`, tone, ...more });
  if (device !== "active") return told;
  if (UNSAID.has(unheard)) tell("unheard", `unheard_${unheard}`, "act");
  if (own.check?.running) tell("check", "checking", "calm");
  if (own.probe !== undefined) {
    // Before the session technicians talk with a room to try its sound and picture.
    const tried = own.probe === "talk" && BEFORE.has(phase);
    tell("probe", tried ? "tried" : `probe_${own.probe}`, "live");
  }
  if (own.broadcast !== undefined) {
    tell("broadcast", `broadcast_${own.broadcast}`, own.broadcast === "shown" ? "live" : "act");
  }
  if (own.content?.status === "granted" && !screen) {
    tell("content", "content", "act", { act: "strip.content.do" });
  } else if (own.content?.shown) tell("content", "content_shown", "live");
  if (note !== null) {
    tell("note", "note", "act", { act: "strip.note.do", values: { text: note.text } });
  }
  if (rollcall && own.attendance === undefined && own.site !== "110") {
    tell("rollcall", "rollcall", "act", { act: "strip.rollcall.do" });
  }
  return told;
}

export class Strips {
  #place;
  #words;
  #deeds;
  #shown = new Map();

  /** @param {HTMLElement} place  @param {Record<string, () => void>} deeds  by subject */
  constructor(place, words, deeds) {
    this.#place = place;
    this.#words = words;
    this.#deeds = deeds;
  }

  draw(told) {
    const subjects = new Set(told.map(({ subject }) => subject));
    for (const [subject, strip] of this.#shown) {
      if (subjects.has(subject)) continue;
      strip.node.remove();
      this.#shown.delete(subject);
    }
    for (const { subject, key, tone, act, values } of told) {
      if (!this.#shown.has(subject)) this.#shown.set(subject, this.#strip(subject));
      const strip = this.#shown.get(subject);
      const text = this.#words.t(key, values);
      if (strip.text.textContent !== text) announce(text);
      setFacts(strip.node, { tone, key });
      setText(strip.text, text);
      strip.button.hidden = act === undefined;
      if (act !== undefined) setText(strip.button, this.#words.t(act));
    }
  }

  #strip(subject) {
    const text = h("span");
    const press = { click: () => this.#deeds[subject]?.() };
    const button = h("button", { type: "button", class: "act", on: press });
    const node = h("p", { data: { strip: subject } }, text, button);
    this.#place.append(node);
    return { node, text, button };
  }
}
