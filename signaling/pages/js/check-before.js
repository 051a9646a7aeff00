/**
 * Before: the check of a site before its last one, of another day, too.
 *
 * The snapshot has the last alone; the one before stands in the sheet, which is made of the journal
 * when it is asked for: once after a round, and when this page has begun.
 */

const ADDRESS = "/api/v1/check/sheet?format=json";

export class Before {
  #session;
  #changed;
  #rows = new Map();
  /** The newest check that was asked for. */
  #asked_s = -Infinity;

  /** @param {object} session  @param {() => void} changed  there is something to show */
  constructor(session, changed) {
    this.#session = session;
    this.#changed = changed;
  }

  /** What the snapshot tells now. */
  follow({ check }) {
    if (check === undefined || check.round !== undefined) return;
    const newest_s = Math.max(...Object.values(check.results).map(({ at_s }) => at_s));
    if (newest_s <= this.#asked_s) return;
    this.#asked_s = newest_s;
    void this.#ask();
  }

  /** The check before *result*, which is the last of *site*; null: none is known. */
  of(site, result) {
    const { last, before } = this.#rows.get(site) ?? {};
    return last?.at.at_s === result.at_s ? before : null;
  }

  async #ask() {
    try {
      const answer = await this.#session.fetch(ADDRESS);
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      const { rows } = await answer.json();
      this.#rows = new Map(rows.map((row) => [row.site, row]));
    } catch (error) {
      // Without it a panel says nothing of before; the next round asks again.
      console.warn(`sheet: ${error.message}`);
      return;
    }
    this.#changed();
  }
}
