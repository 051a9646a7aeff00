/**
 * Playback: the sound of all slots, one <audio> each; the browser mixes them.
 *
 * A browser may refuse to play before somebody touched the page. Then `blocked` is true until
 * `resume` is called from a click. Event `change`: blocked or muted is another now.
 */

import { h } from "./dom.js";

export class Playback extends EventTarget {
  blocked = false;
  #players = new Map();
  #media;
  #muted;

  /** @param {import("./media.js").Media} media  @param {{muted?: boolean}} [options] */
  constructor(media, { muted = false } = {}) {
    super();
    this.#media = media;
    this.#muted = muted;
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    for (const player of this.#players.values()) player.muted = muted;
    this.#tell();
  }

  /** Play these slots, as `hello.ok.slots` names them; those it plays already go on. */
  play(slots) {
    for (const { slot, kind, direction } of slots) {
      if (kind !== "audio" || direction !== "receive" || this.#players.has(slot)) continue;
      const player = h("audio", { data: { slot }, muted: this.#muted });
      player.srcObject = this.#media.sound(slot);
      this.#players.set(slot, player);
      document.body.append(player);
      void this.#start(player);
    }
  }

  /** Play this slot alone: whatever stands in another is not heard. */
  only(slots, slot) {
    this.play(slots.filter((line) => line.slot === slot));
    for (const [name, player] of this.#players) player.muted = this.#muted || name !== slot;
  }

  /** Play nothing any more. */
  stop() {
    for (const player of this.#players.values()) player.remove();
    this.#players.clear();
  }

  /** Try again; to be called from a click. */
  async resume() {
    this.blocked = false;
    await Promise.all([...this.#players.values()].map((player) => this.#start(player)));
    this.#tell();
  }

  async #start(player) {
    try {
      await player.play();
    } catch (error) {
      // Another srcObject or track ends a play() that waits: nothing is lost then.
      if (error.name !== "NotAllowedError" || this.blocked) return;
      this.blocked = true;
      this.#tell();
    }
  }

  #tell() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
