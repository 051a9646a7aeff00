/**
 * Turn: whose picture a slot shows while one site follows another. Pure; `now_ms` is an argument.
 *
 * `stage` says who stands in a slot from now on. Its old picture goes on until the new site's key
 * frame is there (bridge/media/forwarder.py), and a name must never stand over somebody else's
 * picture. So the old name stays with the old picture, and both change at once.
 *
 * Whose a frame is says the frame itself: the service names the site as the contributing source of
 * every packet (CSRC, RFC 3550 section 5.1). Its number is the site's code without the dash, times
 * ten unless it is of another room: 790 is 79, 792 is 79-2, 1100 is room 110.
 *
 * Without the new site's frames the old picture ends after `PATIENCE_MS`, as it does at the service.
 * From a service that names nobody, any frame later than `SURELY_MS` is the new site's.
 */

/** The service's PATIENCE_S. */
const PATIENCE_MS = 2000;
const SURELY_MS = 3000;

/** A site as a contributing source. */
export function numberOf(site) {
  const [code, room = "0"] = site.split("-");
  return Number(code + room);
}

/**
 * Whose the frame with *rtpTimestamp* is: of the sources that have contributed the first, in order,
 * whose last frame is not older. A page hears of a source a moment before its frame is on the screen.
 * @param {Array<{source: number, rtpTimestamp: number}>} sources  as a receiver tells them
 * @returns {?number}  null: nobody says
 */
export function contributor(sources, rtpTimestamp) {
  const ahead = ({ rtpTimestamp: last }) => (last - rtpTimestamp) | 0;
  const inOrder = [...sources].sort((one, other) => ahead(one) - ahead(other));
  return (inOrder.find((one) => ahead(one) >= 0) ?? inOrder.at(-1))?.source ?? null;
}

export class Turn {
  #told = null;
  #told_ms = -Infinity;
  /** Whose frames came last; null: of nobody who was told. */
  #pictured = null;
  #seen_ms = -Infinity;

  /** @param {number} still_ms  how old the newest frame of a living picture may be */
  constructor(still_ms) {
    this.still_ms = still_ms;
  }

  /** `stage` says that *site* stands here; null: nobody. */
  tell(site, now_ms) {
    if (site === this.#told) return;
    this.#told = site;
    this.#told_ms = now_ms;
    // Who is sent away is not seen again, not even as the last frame of before.
    if (site === null) this.#seen_ms = -Infinity;
  }

  /** A frame was presented, of the site with *number*; null: nobody says. */
  frame(now_ms, number = null) {
    this.#seen_ms = now_ms;
    if (number === null) {
      if (now_ms - this.#told_ms > SURELY_MS) this.#pictured = this.#told;
    } else if (this.#told !== null && number === numberOf(this.#told)) {
      this.#pictured = this.#told;
    } else if (this.#pictured !== null && number !== numberOf(this.#pictured)) {
      this.#pictured = null;
    }
  }

  /**
   * Who is to be named now, and whether there is a picture of them.
   * @returns {{site: ?string, state: "empty" | "waiting" | "live"}}
   */
  view(now_ms) {
    if (this.#told === null) return { site: null, state: "empty" };
    const lives = now_ms - this.#seen_ms < this.still_ms;
    if (this.#pictured === this.#told) return { site: this.#told, state: lives ? "live" : "waiting" };
    if (lives && this.#pictured !== null && now_ms - this.#told_ms < PATIENCE_MS) {
      return { site: this.#pictured, state: "live" };
    }
    return { site: this.#told, state: "waiting" };
  }
}
