/**
 * Ear: a technician hears the site that he probes, and nobody else hears anything.
 *
 * The service sends it in a speaker's sound slot that the stage leaves free (bridge/private.py), so that
 * one alone is played; the stage's own sound stays off, as on every console.  The ear opens with the
 * probe and shuts with it.
 */

import { Playback } from "./playback.js";

const PLACES = [4, 3, 2, 1];

/** The sound slot of a probe, as bridge/private.py chooses it: the last that the stage leaves free. Pure. */
export function probeSlot(stage) {
  const place = PLACES.find((n) => !(`speaker.${n}` in stage));
  return place === undefined ? null : `speaker.${place}`;
}

export class Ear {
  #media;
  #playback = null;
  #slot = null;

  /** @param {() => import("./media.js").Media} media  asked for when there is something to hear */
  constructor(media) {
    this.#media = media;
  }

  /** What the board knows now. */
  follow({ store, session }) {
    const { probe } = store.snapshot;
    const listens = probe !== undefined && probe.by === store.you.user;
    const slot = listens ? probeSlot(store.stage) : null;
    if (slot === this.#slot) return;
    this.#slot = slot;
    if (slot === null) {
      this.#playback?.stop();
      this.#playback = null;
      return;
    }
    this.#playback ??= new Playback(this.#media());
    this.#playback.only(session.hello.slots, slot);
  }
}
