/**
 * Actions: what the desk can do with the floor and the phases, one method for each; buttons and keys
 * call the same.  What stands around the floor is in desk-procedure.js.
 *
 * What opens, ends or closes asks first; what shuts sound acts at once (practice.md A20).  Giving
 * the floor asks only when it would end somebody's speech.
 */

import { centreLamp, giving, holders, inTheWay, nextStep, requestOf } from "./desk-view.js";

export class Actions {
  #deeds;
  #store;
  #words;

  /** @param {{deeds: import("./desk-deeds.js").Deeds, store: object, words: object}} desk */
  constructor({ deeds, store, words }) {
    this.#deeds = deeds;
    this.#store = store;
    this.#words = words;
  }

  /** Tell a site to prepare; to the one that is told already: no more. */
  async prepare(site) {
    const told = this.#state.next === site ? null : site;
    await this.#deeds.do("chair.next", { site: told }, { site });
  }

  /**
   * Give the floor; asks when somebody would have to end.
   * @param {{request?: ?number, via?: "line"|"phone"}} [how]  *request*: which of its requests
   */
  async give(site, { request = requestOf(this.#state, site), via = "line" } = {}) {
    const { rev } = this.#store;
    const floors = this.#state.requests[request]?.floors ?? ["speech"];
    const ending = inTheWay(this.#state, site, via === "line" ? floors : ["speech"]);
    if (ending.length > 0) {
      const names = this.#names(ending.map((holder) => holder.site));
      const agreed = await this.#deeds.ask({
        text: this.#t("desk.ask.replace", { name: this.#store.name(site) }),
        effect: this.#t("desk.ask.replace.effect", { names, title: this.#store.title(site) }),
        yes: this.#t(via === "line" ? "desk.give" : "desk.phone"),
      });
      if (!agreed) return;
    }
    const { type, ...fields } = giving(site, { request, replace: ending.length > 0, via });
    await this.#deeds.do(type, fields, { site, rev });
  }

  async deny(request, site) {
    const { rev } = this.#store;
    const agreed = await this.#deeds.ask({
      text: this.#t("desk.ask.deny", { name: this.#store.name(site) }),
      effect: this.#t("desk.ask.deny.effect"),
      yes: this.#t("desk.deny"),
    });
    if (agreed) await this.#deeds.do("chair.deny", { request }, { site, rev });
  }

  /** Put a request that waits for it into the queue, or move it there; *position* from 1. */
  async accept(request, site, position = undefined) {
    const fields = position === undefined ? { request } : { request, position };
    await this.#deeds.do("chair.accept", fields, { site });
  }

  /** Put a site on the list that did not ask itself. */
  async enlist(site) {
    await this.#deeds.do("floor.request", { site }, { site });
  }

  /** End the speech of one site, or of all who speak; *request* may be one for slides. */
  async end(request = null) {
    const { rev } = this.#store;
    const asked = request === null ? null : this.#state.requests[request];
    const sites = asked ? [asked.site] : holders(this.#state).map((holder) => holder.site);
    if (sites.length === 0) return;
    const speech = asked === null || asked.floors.includes("speech");
    const agreed = await this.#deeds.ask({
      text: this.#t(speech ? "desk.ask.end" : "desk.ask.end_content", { names: this.#names(sites) }),
      yes: this.#t(speech ? "desk.end" : "desk.end_content"),
    });
    if (agreed) await this.#deeds.do("chair.revoke", request === null ? {} : { request }, { rev });
  }

  /** Interrupt a speaker: nobody hears it, the clock stands, the floor is kept.  Never asks. */
  async hold(request, site) {
    await this.#deeds.do("chair.hold", { request }, { site, shuts: true });
  }

  /** Let an interrupted speaker go on. */
  async resume(request, site) {
    await this.#deeds.do("chair.resume", { request }, { site });
  }

  async extend(request, site, minutes) {
    await this.#deeds.do("chair.extend", { request, add_s: minutes * 60 }, { site });
  }

  /** F4: whoever is next, one step on. */
  async next() {
    const step = nextStep(this.#state);
    if (step === null) {
      this.#deeds.say(this.#t("desk.nobody_asks"));
      return;
    }
    const { act, site, request } = step;
    if (act === "give" && inTheWay(this.#state, site).length > 0) {
      await this.give(site, { request });
      return;
    }
    const key = act === "give" ? "desk.give" : "desk.prepare";
    const mic = this.#store.lines[site]?.mic ?? "unknown";
    const agreed = await this.#deeds.ask({
      text: `${this.#t(key)}: ${this.#store.name(site)}`,
      effect: `${this.#store.title(site)}. ${this.#words.word("mic", mic)}.`,
      yes: this.#t(key),
    });
    if (agreed) await (act === "give" ? this.give(site, { request }) : this.prepare(site));
  }

  /** Block a site, or lift it; lifting opens nothing unless the site has the floor, and then asks. */
  async block(site, on) {
    if (!on && this.#state.sites[site].floor === "speaking") {
      const agreed = await this.#deeds.ask({
        text: this.#t("desk.ask.unblock", { name: this.#store.name(site) }),
        effect: this.#t("desk.ask.unblock.effect"),
        yes: this.#t("desk.unblock"),
      });
      if (!agreed) return;
    }
    await this.#deeds.do("chair.mute", { site, on }, { site, shuts: on });
  }

  async blockAll(but) {
    await this.#deeds.do("chair.mute", { site: "all", on: true, but }, { shuts: true });
  }

  async unblockAll() {
    const agreed = await this.#deeds.ask({
      text: this.#t("desk.ask.unblock_all"),
      effect: this.#t("desk.ask.unblock_all.effect"),
      yes: this.#t("desk.unblock_all"),
    });
    if (agreed) await this.#deeds.do("chair.mute", { site: "all", on: false });
  }

  /** F9: shut every gate, room 110's too; who speaks keeps the floor and is let go on by name. */
  async silence() {
    await this.#deeds.do("chair.silence", {}, { shuts: true });
  }

  /** The button beside the lamp: shuts at once what is open, asks before it opens. */
  async centre() {
    const isShut = centreLamp(this.#state, this.#store.lines) === "shut";
    if (!isShut || !this.#state.sites["110"].blocked) {
      await this.#deeds.do("chair.mute", { site: "110", on: true }, { site: "110", shuts: true });
      return;
    }
    const open = this.#state.phase === "open";
    const agreed = await this.#deeds.ask({
      text: this.#t("desk.ask.centre"),
      effect: this.#t(open ? "desk.ask.centre.now" : "desk.ask.centre.later"),
      yes: this.#t("desk.centre.open"),
    });
    if (agreed) await this.#deeds.do("chair.mute", { site: "110", on: false }, { site: "110" });
  }

  /** A phase button, as desk-view's `phaseSteps` describes it. */
  async phase({ to, key, asks, effect }) {
    const { rev } = this.#store;
    for (const question of asks) {
      const agreed = await this.#deeds.ask({
        text: this.#t(question),
        effect: this.#t(effect),
        yes: this.#t(key),
        careful: asks.length > 1,
      });
      if (!agreed) return;
    }
    await this.#deeds.do("chair.phase", { to }, { shuts: to === "recess", rev });
  }

  #names(sites) {
    return sites.map((site) => this.#store.name(site)).join(", ");
  }

  get #state() {
    return this.#store.snapshot;
  }

  #t(key, values) {
    return this.#words.t(key, values);
  }
}
