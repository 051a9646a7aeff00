/**
 * <room-seats>: all sites in the seat plan, which never changes: technicians and chair work by
 * position.  One tab stop, walked with the arrow keys.
 *
 * Pictures are optional; a video element is made once per seat and kept while pictures are on.
 */

import { seats } from "./board-facts.js";
import { rove } from "./board-roving.js";
import { Tile } from "./board-tile.js";

export class RoomSeats extends HTMLElement {
  #room = null;
  #tiles = new Map();
  #slots = null;

  /**
   * @param {{store: object, words: object, pick: (code: string) => void, figures: boolean,
   *   picture: (slot: string) => ?MediaStream}} room  *picture* is null while pictures are off
   */
  begin(room) {
    this.#room = room;
    rove(this);
  }

  show() {
    const { store } = this.#room;
    const { snapshot, lines, stage } = store;
    if (this.#tiles.size !== Object.keys(snapshot.sites).length) this.#make(snapshot);
    const now_s = store.clock.now_s();
    const places = new Map(
      snapshot.queue.map((request, index) => [snapshot.requests[request].site, index + 1]),
    );
    for (const [code, tile] of this.#tiles) {
      tile.show(snapshot, lines, places.get(code) ?? null, now_s);
      tile.walked = snapshot.walk?.current === code;
    }
    if (stage !== this.#slots) this.#showPictures(stage);
  }

  /** Mark one seat, or none. */
  choose(site) {
    for (const [code, tile] of this.#tiles) tile.chosen = code === site;
  }

  /** Pictures were switched on or off. */
  repicture() {
    this.#showPictures(this.#room.store.stage);
  }

  #make(snapshot) {
    const { words, figures, pick } = this.#room;
    this.#tiles.clear();
    for (const code of seats(snapshot)) {
      this.#tiles.set(code, new Tile(code, words, { figures, pick }));
    }
    this.replaceChildren(...[...this.#tiles.values()].map((tile) => tile.node));
    this.firstElementChild.tabIndex = 0;
    this.#slots = null;
  }

  /** A gallery slot has one site for the whole conference; the desk's own is missing from it. */
  #showPictures(stage) {
    this.#slots = stage;
    const slotOf = new Map();
    for (const [slot, site] of Object.entries(stage)) {
      if (slot.startsWith("gallery.")) slotOf.set(site, slot);
    }
    for (const [code, tile] of this.#tiles) {
      const slot = slotOf.get(code);
      // After a new hello the stage is empty until it is told: that takes no video element away.
      if (slot !== undefined) tile.stream = this.#room.picture(slot);
    }
  }
}

customElements.define("room-seats", RoomSeats);
