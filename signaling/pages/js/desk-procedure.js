/**
 * Procedure: what the desk can do around the floor, one method for each: agenda, roll call, what
 * everybody sees, what is written, the rules, and the chair itself.
 *
 * Only what ends somebody's speech, or gives the chair away, asks first.
 */

import { current, following } from "./agenda.js";
import { holders } from "./desk-view.js";

export class Procedure {
  #deeds;
  #store;
  #words;

  constructor({ deeds, store, words }) {
    this.#deeds = deeds;
    this.#store = store;
    this.#words = words;
  }

  /** On to the next item, or to *item*; asks when somebody speaks for the present one. */
  async goOn(item = following(this.#state.agenda)) {
    const { rev } = this.#store;
    if (item === null || !(await this.#mayEndCurrent("agenda.next"))) return;
    await this.#deeds.do("agenda.next", { item: item.id }, { rev });
  }

  /** End the present item; none follows yet. */
  async finishItem() {
    const { rev } = this.#store;
    if (await this.#mayEndCurrent("agenda.finish")) await this.#deeds.do("agenda.finish", {}, { rev });
  }

  async skipItem(item) {
    const { rev } = this.#store;
    if (item.status === "current" && !(await this.#mayEndCurrent("agenda.skip"))) return;
    await this.#deeds.do("agenda.skip", { item: item.id }, { rev });
  }

  /** Put an item to the end. */
  async deferItem(item) {
    const { rev } = this.#store;
    if (item.status === "current" && !(await this.#mayEndCurrent("agenda.defer"))) return;
    await this.#deeds.do("agenda.defer", { item: item.id }, { rev });
  }

  /** Let an item that is over be the next. */
  async returnItem(item) {
    await this.#deeds.do("agenda.return", { item: item.id });
  }

  async openRoll() {
    await this.#deeds.do("rollcall.open", {});
  }

  async closeRoll() {
    await this.#deeds.do("rollcall.close", {});
  }

  /** @param {?string} mark  null takes the mark away */
  async mark(site, mark, { reason, head, title, count } = {}) {
    const said = Object.entries({ reason, head, title, count }).filter(([, value]) => value);
    await this.#deeds.do("rollcall.mark", { site, mark, ...Object.fromEntries(said) }, { site });
  }

  /** Show a site to everybody; null: whoever speaks. */
  async broadcast(site) {
    await this.#deeds.do("view.broadcast", { site }, { site });
  }

  /** Look at a site on the monitor of the desks; null: at nobody. */
  async watch(site) {
    await this.#deeds.do("view.watch", { site }, { site });
  }

  /** Look at all connected sites in turn; null stops it. */
  async carousel(every_s) {
    const fields = every_s === null ? { sites: null } : { sites: "online", every_s };
    await this.#deeds.do("view.carousel", fields);
  }

  /** What is written on a slate; nothing takes it away. */
  async slate(slate, { text, until } = {}) {
    const fields = { slate };
    if (text) fields.text = text;
    if (until) fields.until = until;
    return this.#deeds.do("programme.slate", fields);
  }

  async note(to, text) {
    return this.#deeds.do("note.send", { to, text });
  }

  /** The secretary's own words. */
  async minutes(text) {
    return this.#deeds.do("minutes.note", { text });
  }

  async ackHelp(site) {
    await this.#deeds.do("help.ack", { site }, { site });
  }

  async closeHelp(site) {
    await this.#deeds.do("help.close", { site }, { site });
  }

  /** Let a site go that a technician had cut. */
  async uncut(site) {
    await this.#deeds.do("site.cut", { site, on: false }, { site });
  }

  /** @param {object} changes  fields of the policy and their new values */
  async policy(changes) {
    return this.#deeds.do("chair.policy", changes);
  }

  async lock(on) {
    await this.#deeds.do("conference.lock", { on });
  }

  async handOver(user) {
    const { rev } = this.#store;
    const agreed = await this.#deeds.ask({
      text: this.#t("desk.chair.hand.ask", { who: user }),
      effect: this.#t("desk.chair.hand.effect"),
      yes: this.#t("desk.chair.hand"),
    });
    if (agreed) await this.#deeds.do("chair.handover", { to: user }, { rev });
  }

  /** Take the chair, or take it back. */
  async assume() {
    const { rev } = this.#store;
    const back = this.#store.you.roles.includes("chair");
    const agreed = await this.#deeds.ask({
      text: this.#t(back ? "desk.chair.reclaim.ask" : "desk.chair.assume.ask"),
      effect: this.#t(back ? "desk.chair.reclaim.effect" : "desk.chair.assume.effect"),
      yes: this.#t(back ? "desk.chair.reclaim" : "desk.chair.assume"),
    });
    if (agreed) await this.#deeds.do("chair.assume", {}, { rev });
  }

  /** What waits or speaks for the present item ends with it. */
  async #mayEndCurrent(key) {
    const item = current(this.#state.agenda);
    const ending = holders(this.#state).filter((holder) => item !== null && holder.item === item.id);
    if (ending.length === 0) return true;
    const names = ending.map((holder) => this.#store.name(holder.site)).join(", ");
    return this.#deeds.ask({
      text: this.#t("desk.ask.end", { names }),
      effect: this.#t(`desk.${key}.effect`),
      yes: this.#t(`desk.${key}`),
    });
  }

  get #state() {
    return this.#store.snapshot;
  }

  #t(key, values) {
    return this.#words.t(key, values);
  }
}
