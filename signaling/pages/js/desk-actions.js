/**
 * Actions: all that the desk can do, one method for each; buttons and keys call the same.
 *
 * What opens, ends or closes asks first; what shuts sound acts at once (practice.md A20).  Giving
 * the floor asks only when it would end somebody's speech.  A command that cannot be sent now is
 * not kept for later, since a floor given half a minute late is given by surprise; only what shuts
 * sound is sent as soon as the line is back.
 */

import { centreLamp, giving, holders, inTheWay, nextStep, toSilence } from "./desk-view.js";
import { Disconnected, Refused } from "./protocol.js";

export class Actions {
  #session;
  #store;
  #words;
  #dialog;
  #notice;

  constructor({ session, store, words, dialog, notice }) {
    this.#session = session;
    this.#store = store;
    this.#words = words;
    this.#dialog = dialog;
    this.#notice = notice;
  }

  /** Tell a site to prepare; to the one that is told already: no more. */
  async prepare(site) {
    const told = this.#state.next === site ? null : site;
    await this.#do("chair.next", { site: told }, site);
  }

  /** Give the floor; asks when somebody has it. */
  async give(site) {
    const present = inTheWay(this.#state, site);
    if (present.length > 0) {
      const names = this.#names(present.map((holder) => holder.site));
      const agreed = await this.#ask({
        text: this.#t("desk.ask.replace", { name: this.#store.name(site) }),
        effect: this.#t("desk.ask.replace.effect", { names, title: this.#store.title(site) }),
        yes: this.#t("desk.give"),
      });
      if (!agreed) return;
    }
    const { type, ...fields } = giving(this.#state, site, { replace: present.length > 0 });
    await this.#do(type, fields, site);
  }

  async deny(request, site) {
    const agreed = await this.#ask({
      text: this.#t("desk.ask.deny", { name: this.#store.name(site) }),
      effect: this.#t("desk.ask.deny.effect"),
      yes: this.#t("desk.deny"),
    });
    if (agreed) await this.#do("chair.deny", { request }, site);
  }

  /** Put a request that waits for it into the queue. */
  async accept(request, site) {
    await this.#do("chair.accept", { request }, site);
  }

  /** End the speech of one site, or of all who speak. */
  async end(request = null) {
    const ending = holders(this.#state).filter((h) => request === null || h.request === request);
    if (ending.length === 0) return;
    const agreed = await this.#ask({
      text: this.#t("desk.ask.end", { names: this.#names(ending.map((holder) => holder.site)) }),
      yes: this.#t("desk.end"),
    });
    if (agreed) await this.#do("chair.revoke", request === null ? {} : { request });
  }

  /** F4: whoever is next, one step on. */
  async next() {
    const step = nextStep(this.#state);
    if (step === null) {
      this.#say(this.#t("desk.nobody_asks"));
      return;
    }
    if (step.act === "give" && inTheWay(this.#state, step.site).length > 0) {
      await this.give(step.site);
      return;
    }
    const key = step.act === "give" ? "desk.give" : "desk.prepare";
    const mic = this.#store.lines[step.site]?.mic ?? "unknown";
    const agreed = await this.#ask({
      text: `${this.#t(key)}: ${this.#store.name(step.site)}`,
      effect: `${this.#store.title(step.site)}. ${this.#words.word("mic", mic)}.`,
      yes: this.#t(key),
    });
    if (agreed) await (step.act === "give" ? this.give(step.site) : this.prepare(step.site));
  }

  /** Block a site, or lift it; lifting opens nothing unless the site has the floor, and then asks. */
  async block(site, on) {
    if (!on && this.#state.sites[site].floor === "speaking") {
      const agreed = await this.#ask({
        text: this.#t("desk.ask.unblock", { name: this.#store.name(site) }),
        effect: this.#t("desk.ask.unblock.effect"),
        yes: this.#t("desk.unblock"),
      });
      if (!agreed) return;
    }
    await this.#do("chair.mute", { site, on }, site, { shuts: on });
  }

  async blockAll(but) {
    await this.#do("chair.mute", { site: "all", on: true, but }, null, { shuts: true });
  }

  async unblockAll() {
    const agreed = await this.#ask({
      text: this.#t("desk.ask.unblock_all"),
      effect: this.#t("desk.ask.unblock_all.effect"),
      yes: this.#t("desk.unblock_all"),
    });
    if (agreed) await this.#do("chair.mute", { site: "all", on: false });
  }

  /** F9: shut every gate, room 110's first; floors are kept. */
  async silence() {
    await Promise.all(
      toSilence(this.#state).map((site) =>
        this.#do("chair.mute", { site, on: true }, site, { shuts: true }),
      ),
    );
  }

  /** The button beside the lamp: shuts at once what is open, asks before it opens. */
  async centre() {
    const isShut = centreLamp(this.#state, this.#store.lines) === "shut";
    if (!isShut || !this.#state.sites["110"].blocked) {
      await this.#do("chair.mute", { site: "110", on: true }, "110", { shuts: true });
      return;
    }
    const open = this.#state.phase === "open";
    const agreed = await this.#ask({
      text: this.#t("desk.ask.centre"),
      effect: this.#t(open ? "desk.ask.centre.now" : "desk.ask.centre.later"),
      yes: this.#t("desk.centre.open"),
    });
    if (agreed) await this.#do("chair.mute", { site: "110", on: false }, "110");
  }

  /** A phase button, as desk-view's `phaseSteps` describes it. */
  async phase({ to, key, asks, effect }) {
    for (const question of asks) {
      const agreed = await this.#ask({
        text: this.#t(question),
        effect: this.#t(effect),
        yes: this.#t(key),
        careful: asks.length > 1,
      });
      if (!agreed) return;
    }
    const opens = this.#state.phase === "lobby" && to === "open";
    const done = await this.#do("chair.phase", { to }, null, { shuts: to === "recess" });
    // The button says that it opens room 110's microphone too.
    if (done && opens && this.#state.sites["110"].blocked) {
      await this.#do("chair.mute", { site: "110", on: false }, "110");
    }
  }

  /** Ask with the desk's own "no" beside the yes of *question*. */
  #ask(question) {
    return this.#dialog.ask({ no: this.#t("desk.no"), ...question });
  }

  /** True when it was done; else it was said why not. */
  async #do(type, fields, site = null, { shuts = false } = {}) {
    const about = site === null ? "" : `${this.#store.name(site)}: `;
    if (this.#session.state !== "up" && !shuts) {
      this.#say(about + this.#t("desk.not_sent"));
      return false;
    }
    try {
      await this.#session.command(type, fields);
      return true;
    } catch (error) {
      if (error instanceof Refused) this.#say(about + this.#words.error(error.code));
      else if (error instanceof Disconnected) this.#say(about + this.#t("desk.not_sent"));
      else throw error;
      return false;
    }
  }

  #say(text) {
    this.#notice.say(text, this.#t("desk.close_notice"));
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
