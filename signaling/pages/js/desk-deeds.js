/**
 * Deeds: how a console has something done, and says why it was not.
 *
 * A command carries the revision that was seen when its button was pressed, so that of two persons at
 * two desks the second is told what the first has done.  A command that cannot be sent now is not
 * kept for later, since a floor given half a minute late is given by surprise; only what shuts sound
 * is sent as soon as the line is back, and is right on any state.
 */

import { clashWords } from "./desk-clash.js";
import { Disconnected, Refused } from "./protocol.js";

export class Deeds {
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

  /** Ask with the console's own "no" beside the yes of *question*. */
  ask(question) {
    return this.#dialog.ask({ no: this.#words.t("desk.no"), ...question });
  }

  /**
   * @param {string} type  @param {object} fields
   * @param {{site?: ?string, shuts?: boolean, rev?: number}} [options]  *site*: whom it is about;
   *   *rev*: what was seen when a question came between
   * @returns {Promise<boolean>}  true when it was done; else it was said why not
   */
  async do(type, fields, { site = null, shuts = false, rev = this.#store.rev } = {}) {
    const about = site === null ? "" : `${this.#store.name(site)}: `;
    if (this.#session.state !== "up" && !shuts) {
      this.say(about + this.#words.t("desk.not_sent"));
      return false;
    }
    const seen = this.#store.snapshot;
    try {
      await this.#session.command(type, shuts ? fields : { ...fields, rev });
      return true;
    } catch (error) {
      if (error instanceof Refused) this.say(about + this.#why(error, seen));
      else if (error instanceof Disconnected) this.say(about + this.#words.t("desk.not_sent"));
      else throw error;
      return false;
    }
  }

  say(text) {
    this.#notice.say(text, this.#words.t("desk.close_notice"));
  }

  #why({ code, detail }, seen) {
    if (code !== "stale") return this.#words.error(code);
    const changed = clashWords(detail.changed, {
      words: this.#words,
      name: (site) => this.#store.name(site),
      siteOf: (request) => (this.#store.snapshot.requests[request] ?? seen.requests[request])?.site,
      titleOf: (item) => (this.#store.snapshot.agenda.items[item] ?? seen.agenda.items[item])?.title,
    });
    return changed === "" ? this.#words.error(code) : this.#words.t("desk.stale", { changed });
  }
}
