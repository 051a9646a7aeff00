/**
 * Turn: whose picture a slot shows while one site follows another. Pure; `now_ms` is an argument.
 *
 * `stage` says who stands in a slot from now on. Its old picture goes on until the new site's key
 * frame is there (bridge/media/forwarder.py), and a name must never stand over somebody else's
 * picture. So the old name stays with the old picture, and both change at once.
 *
 * A page cannot see whose frame it decodes. What it can see is key frames: the service changes the
 * source behind a slot at one and nowhere else. So the first key frame after the word is the new
 * site's. `look` is told how many there were in all; what was new at the first look after the word
 * counts too, since the picture may be quicker than the word. Wrong is that rule only when the old
 * source sends a key frame of its own in those moments, and then for as long as the new one takes.
 *
 * Without a key frame the old picture ends after `PATIENCE_MS`, as it does at the service; from
 * `SURELY_MS` on, with what was still on its way, any frame is the new site's.
 */

/** The service's PATIENCE_S. */
const PATIENCE_MS = 2000;
const SURELY_MS = 3000;

export class Turn {
  #told = null;
  #told_ms = -Infinity;
  /** Whose frames came last; null: of nobody. */
  #pictured = null;
  #seen_ms = -Infinity;
  #keyframes = 0;

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

  /** A frame was presented. */
  frame(now_ms) {
    this.#seen_ms = now_ms;
    if (now_ms - this.#told_ms > SURELY_MS) this.#pictured = this.#told;
  }

  /** The slot has decoded *keyframes* in all; a new PeerConnection counts from none. */
  look(keyframes) {
    const before = keyframes < this.#keyframes ? 0 : this.#keyframes;
    this.#keyframes = keyframes;
    if (keyframes > before && this.#told !== null) this.#pictured = this.#told;
  }

  /** Whether it is known whose the frames are. */
  get settled() {
    return this.#told === null || this.#pictured === this.#told;
  }

  /**
   * Who is to be named now, and whether there is a picture of them.
   * @returns {{site: ?string, state: "empty" | "waiting" | "live"}}
   */
  view(now_ms) {
    if (this.#told === null) return { site: null, state: "empty" };
    const lives = now_ms - this.#seen_ms < this.still_ms;
    if (this.settled) return { site: this.#told, state: lives ? "live" : "waiting" };
    if (lives && this.#pictured !== null && now_ms - this.#told_ms < PATIENCE_MS) {
      return { site: this.#pictured, state: "live" };
    }
    return { site: this.#told, state: "waiting" };
  }
}
