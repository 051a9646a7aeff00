/**
 * The chair's desk: a console in room 110.  It receives and sends nothing, and starts with the sound
 * off: a loudspeaker one metre from the room's microphones howls.
 */

import { Console } from "./board-console.js";
import "./board-seats.js";
import { Actions } from "./desk-actions.js";
import "./desk-dialog.js";
import "./desk-finder.js";
import { followKeys } from "./desk-keys.js";
import "./desk-lamp.js";
import "./desk-notice.js";
import "./desk-phase.js";
import "./desk-queue.js";
import "./desk-site.js";
import "./desk-stage.js";
import { announce, setText } from "./dom.js";
import { Media } from "./media.js";
import { Playback } from "./playback.js";

const page = await Console.open();
if (page.session !== null) compose(page);
else page.start([]);

function compose({ session, store, words, wall }) {
  const find = (tag) => document.querySelector(tag);
  const media = new Media(session);
  const dialog = find("desk-dialog");
  const actions = new Actions({ session, store, words, dialog, notice: find("desk-notice") });
  const seats = find("room-seats");
  const site = find("desk-site");
  const pick = (code, options) => {
    seats.choose(code);
    site.choose(code, options);
  };
  const desk = { session, store, words, wall, media, dialog, actions, pick };
  const parts = ["desk-queue", "desk-stage", "desk-finder", "desk-site", "desk-phase", "desk-lamp"];
  for (const tag of parts) find(tag).begin(desk);
  seats.begin({ ...desk, figures: false, picture: (slot) => media.picture(slot) });
  followKeys(actions);
  followSound(session, media, words);
  tellHands(store, words);
  warnOnLeaving(store);
  page.start([...parts.map(find), seats].filter((part) => part.show).map((part) => () => part.show()));
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

/** Who asks is told to those who do not look. */
function tellHands(store, words) {
  store.addEventListener("change", ({ detail }) => {
    for (const event of detail.events) {
      if (event.type !== "request_made") continue;
      announce(words.t("desk.asks", { name: store.name(event.site) }));
    }
  });
}

function warnOnLeaving(store) {
  addEventListener("beforeunload", (event) => {
    if (["open", "recess"].includes(store.snapshot.phase)) event.preventDefault();
  });
}
