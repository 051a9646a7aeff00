/**
 * Commands: what a room's buttons send. A command under way disables its button; a no is told in words,
 * where everybody in the room reads it, and to a screen reader.
 */

import { announce, setText } from "./dom.js";
import { Refused } from "./protocol.js";

const NOTICE_MS = 15_000;

export class Commands {
  #session;
  #words;
  #place;
  #after;
  #timer = 0;
  #busy = new Set();

  /** @param {{session: object, words: object, place: HTMLElement, after: () => void}} page  *after*: draw */
  constructor({ session, words, place, after }) {
    this.#session = session;
    this.#words = words;
    this.#place = place;
    this.#after = after;
  }

  /** Whether *button* cannot be pressed now: its command is under way, or nobody would hear it. */
  held(button) {
    return this.#busy.has(button) || this.#session.state !== "up";
  }

  /** @returns {Promise<boolean>} whether it was done */
  async run(button, type, fields = {}) {
    this.#busy.add(button);
    this.#after();
    try {
      await this.#session.command(type, fields);
      setText(this.#place, "");
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) return false; // It is over, and the sentence says so.
      this.notice(this.#words.error(error.code));
      announce(this.#words.error(error.code), { urgent: true });
      return false;
    } finally {
      this.#busy.delete(button);
      this.#after();
    }
  }

  /** Something to read for a while, such as why a command was refused. */
  notice(text) {
    clearTimeout(this.#timer);
    setText(this.#place, text);
    this.#timer = setTimeout(() => setText(this.#place, ""), NOTICE_MS);
  }
}
