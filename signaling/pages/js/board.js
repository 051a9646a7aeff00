/**
 * The technician's board: a console that watches all sites and touches none.
 *
 * Without pictures it makes no PeerConnection at all: 63 thumbnails are for the moment somebody
 * looks for a black camera, and cost a browser more than everything else here.
 */

import { Console } from "./board-console.js";
import "./board-counts.js";
import "./board-panel.js";
import "./board-seats.js";
import "./board-strip.js";
import { setText } from "./dom.js";
import { Media } from "./media.js";
import { Refused } from "./protocol.js";

const page = await Console.open();
if (page.session !== null) compose(page);
else page.start([]);

function compose({ session, store, words }) {
  const find = (tag) => document.querySelector(tag);
  const seats = find("room-seats");
  const panel = find("board-panel");
  const control = document.getElementById("control");
  const help = async (type, site) => {
    try {
      await session.command(type, { site });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setText(control, `${store.name(site)}: ${words.error(error.code)}`);
    }
  };
  const board = {
    store,
    words,
    pick: (code) => {
      seats.choose(code);
      panel.choose(code);
    },
    acknowledge: (site) => help("help.ack", site),
    close: (site) => help("help.close", site),
  };
  let media = null;
  for (const tag of ["board-counts", "board-strip", "board-panel"]) find(tag).begin(board);
  seats.begin({ ...board, figures: true, picture: (slot) => media?.picture(slot) ?? null });
  followSwitch(words, (on) => {
    media?.end();
    media = on ? new Media(session) : null;
    document.body.toggleAttribute("data-pictures", on);
    seats.repicture();
  });
  const shown = [find("board-counts"), find("board-strip"), panel, seats];
  page.start(shown.map((part) => () => part.show()));
}

function followSwitch(words, turn) {
  const button = document.getElementById("pictures");
  setText(button, words.t("board.pictures"));
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    turn(on);
  });
}
