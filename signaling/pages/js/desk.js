/**
 * The chair's desk: a console in room 110.  It receives and sends nothing, and starts with the sound
 * off: a loudspeaker one metre from the room's microphones howls.
 *
 * Chair, deputy and secretary have the same desk; what is not theirs to do cannot be pressed.
 */

import { Console } from "./board-console.js";
import "./board-seats.js";
import { Actions } from "./desk-actions.js";
import "./desk-agenda.js";
import "./desk-banner.js";
import "./desk-course.js";
import { Deeds } from "./desk-deeds.js";
import "./desk-dialog.js";
import "./desk-finder.js";
import { followKeys } from "./desk-keys.js";
import "./desk-lamp.js";
import "./desk-notes.js";
import "./desk-notice.js";
import "./desk-phase.js";
import { powers } from "./desk-powers.js";
import { Procedure } from "./desk-procedure.js";
import "./desk-queue.js";
import "./desk-rollcall.js";
import "./desk-rules.js";
import "./desk-site.js";
import "./desk-stage.js";
import "./desk-tabs.js";
import "./desk-views.js";
import { announce, setText } from "./dom.js";
import { Media } from "./media.js";
import { Playback } from "./playback.js";

/** Shown always; of those below only the one that is open. */
const PARTS = ["desk-queue", "desk-course", "desk-banner", "desk-stage", "desk-finder", "desk-site", "desk-phase", "desk-lamp"];
const PANELS = ["desk-agenda", "desk-rollcall", "desk-notes", "desk-views", "desk-rules"];

const page = await Console.open();
if (page.session !== null) compose(page);
else page.start([]);

function compose({ session, store, words, wall }) {
  const find = (tag) => document.querySelector(tag);
  const media = new Media(session);
  const deeds = new Deeds({ session, store, words, dialog: find("desk-dialog"), notice: find("desk-notice") });
  const actions = new Actions({ deeds, store, words });
  const procedure = new Procedure({ deeds, store, words });
  const seats = find("room-seats");
  const tabs = find("desk-tabs");
  const notes = find("desk-notes");
  const pick = (code, options) => {
    seats.choose(code);
    for (const tag of ["desk-site", "desk-rollcall", "desk-notes"]) find(tag).choose(code, options);
  };
  const open = (name) => {
    tabs.open(name);
    if (name === "notes") notes.focusText();
  };
  let held = new Set();
  const may = (deed) => held.has(deed);
  const desk = { session, store, words, wall, media, deeds, actions, procedure, pick, open, may };
  for (const tag of [...PARTS, ...PANELS]) find(tag).begin(desk);
  seats.begin({ ...desk, figures: false, picture: (slot) => media.picture(slot) });
  const panelOf = (tag) => find(tag).closest("[data-panel]").dataset.panel;
  const showPanel = () => {
    const tag = PANELS.find((name) => panelOf(name) === tabs.opened);
    if (tag !== undefined && store.snapshot.sites !== undefined) find(tag).show();
  };
  tabs.begin(words, [...document.querySelectorAll("[data-panel]")], showPanel);
  followKeys(actions);
  followSound(session, media, words);
  tellNews(store, words);
  warnOnLeaving(store);
  page.start([
    () => (held = powers(store.you, store.snapshot)),
    ...PARTS.map(find).filter((part) => part.show).map((part) => () => part.show()),
    () => seats.show(),
    showPanel,
    () => tabs.badge("notes", notes.waiting()),
  ]);
}

function followSound(session, media, words) {
  const playback = new Playback(media, { muted: true });
  const button = document.getElementById("sound");
  const say = () => {
    const on = !playback.muted && !playback.blocked;
    button.setAttribute("aria-pressed", String(on));
    setText(button, words.t(on ? "desk.sound.on" : "desk.sound.off"));
  };
  session.addEventListener("hello", ({ detail }) => playback.play(detail.message.slots));
  playback.addEventListener("change", say);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    playback.muted = !on;
    if (on) void playback.resume();
  });
  say();
}

/** Who asks or writes is told to those who do not look. */
function tellNews(store, words) {
  store.addEventListener("change", ({ detail }) => {
    for (const event of detail.events) {
      if (event.type === "request_made" && event.kind === "hand") {
        announce(words.t("desk.asks", { name: store.name(event.site) }));
      }
      if (event.type === "note_sent" && event.to === "desk" && event.site !== undefined) {
        announce(words.t("desk.writes", { name: store.name(event.site), text: event.text }));
      }
    }
  });
}

function warnOnLeaving(store) {
  addEventListener("beforeunload", (event) => {
    if (["open", "recess"].includes(store.snapshot.phase)) event.preventDefault();
  });
}
