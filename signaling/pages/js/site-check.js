/**
 * Check: the proof of a room's loudspeaker: which number has it just spoken?
 *
 * The question stands among the strips, before the session only, until it is answered, put off, or
 * the next check; the number is nowhere on this page, so that it must have been heard.
 */

import { setFacts, setText } from "./dom.js";

const BEFORE = new Set(["lobby", "recess"]);
/** As many as the service takes (bridge/conference/checking.py). */
const TRIES = 3;
const TOLD_MS = 15_000;

/**
 * How it stands with the number. Pure.
 * @param {?object} check  `own.check`  @param {string} phase
 * @returns {"none" | "ask" | "again" | "right" | "failed"}
 */
export function proof(check, phase) {
  if ((check ?? null) === null || check.running || !check.asked || !BEFORE.has(phase)) return "none";
  if (check.heard) return "right";
  if ((check.tries ?? 0) >= TRIES) return "failed";
  return check.heard === false ? "again" : "ask";
}

export class SiteCheck {
  #words;
  #store;
  #commands;
  #get;
  /** Of which check the question was put off or is over, by its time. */
  #over_s = null;
  #asked = false;
  #timer = 0;

  constructor({ root, words, store, commands }) {
    this.#words = words;
    this.#store = store;
    this.#commands = commands;
    this.#get = (selector) => root.querySelector(selector);
    this.#get("#heard").addEventListener("submit", (event) => void this.#onSubmit(event));
    this.#get("#heard-later").addEventListener("click", () => this.#end());
  }

  draw() {
    const { snapshot, device } = this.#store;
    const check = snapshot.own?.check;
    const stands = device === "active" ? proof(check, snapshot.phase) : "none";
    const asks = stands === "ask" || stands === "again";
    // What was over before this page was opened is not told again.
    const told = this.#asked && (stands === "right" || stands === "failed");
    const shows = (asks || told) && check.at_s !== this.#over_s;
    const form = this.#get("#heard");
    if (!shows && !form.hidden) this.#asked = false;
    form.hidden = !shows;
    if (!shows) return;
    if (asks) this.#asked = true;
    else if (this.#timer === 0) this.#timer = setTimeout(() => this.#end(), TOLD_MS);
    setFacts(form, { proof: stands });
    const left = TRIES - (check.tries ?? 0);
    setText(this.#get("#heard-said"), stands === "ask" ? "" : this.#words.t(`site.heard.${stands}`, { left }));
    for (const id of ["#heard-number", "#heard-send", "#heard-label"]) this.#get(id).hidden = !asks;
    this.#get("#heard-send").disabled = this.#commands.held("heard");
    setText(this.#get("#heard-later"), this.#words.t(asks ? "site.heard.later" : "site.sheet.close"));
  }

  #end() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#over_s = this.#store.snapshot.own?.check?.at_s ?? null;
    this.#get("#heard-number").value = "";
    this.draw();
  }

  async #onSubmit(event) {
    event.preventDefault();
    const field = this.#get("#heard-number");
    const number = field.value.trim();
    if (!/^[0-9]{2}$/.test(number)) {
      setText(this.#get("#heard-said"), this.#words.t("site.heard.digits"));
      field.focus();
      return;
    }
    if (await this.#commands.run("heard", "check.heard", { number })) {
      field.value = "";
      field.focus();
    }
  }
}
