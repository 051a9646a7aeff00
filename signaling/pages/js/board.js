/**
 * The technician's board: a console that watches all sites, and handles one at a time.
 *
 * Without pictures it makes no PeerConnection at all, unless somebody listens to a site: 63 thumbnails
 * are for the moment somebody looks for a black camera, and cost a browser more than everything else
 * here.
 */

import { Console } from "./board-console.js";
import "./board-checks.js";
import "./board-counts.js";
import { Ear } from "./board-ear.js";
import "./board-panel.js";
import "./board-seats.js";
import { openSheet } from "./board-sheet.js";
import "./board-strip.js";
import "./board-walk.js";
import { Before } from "./check-before.js";
import { walks } from "./checks.js";
import { Deeds } from "./desk-deeds.js";
import "./desk-dialog.js";
import "./desk-notice.js";
import { powers } from "./desk-powers.js";
import { announce, setText } from "./dom.js";
import { Media } from "./media.js";

const page = await Console.open();
if (page.session !== null) compose(page);
else page.start([]);

function compose({ session, store, words, wall }) {
  const find = (tag) => document.querySelector(tag);
  const seats = find("room-seats");
  const panel = find("board-panel");
  const checks = find("board-checks");
  const walk = find("board-walk");
  const before = new Before(session, () => panel.show());
  const deeds = new Deeds({ session, store, words, dialog: find("desk-dialog"), notice: find("desk-notice") });
  let held = new Set();
  const board = {
    store,
    words,
    wall,
    deeds,
    may: (deed) => held.has(deed),
    pick: (code) => {
      seats.choose(code);
      panel.choose(code);
      walk.choose(code);
    },
    before,
    sheet: () => openSheet({ session, words, say: (text) => deeds.say(text) }),
    walking: () => walk.take(),
    walkOver: () => checks.focus(),
    picture: (slot) => media?.picture(slot) ?? null,
    acknowledge: (site) => deeds.do("help.ack", { site }, { site }),
  };
  let media = null;
  let pictures = false;
  const open = () => (media ??= new Media(session));
  const ear = new Ear(open);
  for (const tag of ["board-counts", "board-strip", "board-checks", "board-walk", "board-panel"]) find(tag).begin(board);
  seats.begin({ ...board, figures: true, picture: (slot) => (pictures && media?.picture(slot)) || null });
  const probes = () => store.snapshot.probe?.by === store.you?.user;
  /** Who walks looks, also while the line of the talk is shut. */
  const looks = () => walks(store.snapshot) && store.snapshot.walk.by === store.you?.user;
  /** What nobody looks at and nobody listens to is ended. */
  const settle = () => {
    if (looks()) open();
    if (pictures || probes() || looks()) return;
    media?.end();
    media = null;
  };
  followSwitch(words, (on) => {
    pictures = on;
    if (on) open();
    settle();
    document.body.toggleAttribute("data-pictures", on);
    seats.repicture();
  });
  tellNotes(store, words);
  const shown = [find("board-counts"), find("board-strip"), checks, walk, panel, seats];
  page.start([
    () => (held = powers(store.you, store.snapshot)),
    () => before.follow(store.snapshot),
    ...shown.map((part) => () => part.show()),
    () => ear.follow({ store, session }),
    settle,
  ]);
}

function tellNotes(store, words) {
  store.addEventListener("change", ({ detail }) => {
    for (const event of detail.events) {
      if (event.type !== "note_sent" || event.to !== "technicians" || event.site === undefined) continue;
      announce(words.t("desk.writes", { name: store.name(event.site), text: event.text }));
    }
  });
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
