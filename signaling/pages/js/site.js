/**
 * The site page: one room with its camera and microphone, a province's or room 110's.
 *
 * This module puts the parts together; what they decide stands with them.
 */

import { WallClock } from "./clock.js";
import { delay } from "./dom.js";
import { loadWords } from "./i18n.js";
import { Media } from "./media.js";
import { Playback } from "./playback.js";
import { deviceName, Session, takeToken } from "./protocol.js";
import { Devices } from "./site-devices.js";
import { Microphone } from "./site-mic.js";
import { Screen } from "./site-screen.js";
import { SiteView } from "./site-view.js";
import { Store } from "./store.js";

const STATS_EVERY = 5;

async function main() {
  const token = takeToken();
  const words = await loadWords();
  words.fill(document);
  words.offerOther(document.querySelector("#language"));
  const wall = new WallClock();
  const devices = new Devices();
  const mic = new Microphone();
  const screen = new Screen();
  const session = new Session({ token: token ?? "", kind: "room", device: deviceName() });
  const store = new Store(session);
  const media = new Media(session);
  const playback = new Playback(media);
  new SiteView({ words, wall, devices, mic, screen, session, store, media, playback });

  devices.addEventListener("change", () => {
    mic.track = devices.mic;
    void media.send("mic", devices.mic);
    void media.send("camera", devices.camera);
  });
  session.addEventListener("hello", ({ detail: { message } }) => {
    playback.play(message.slots);
    void wall.sync();
  });
  // The service shuts a microphone when the room's turn is over; it never opens one.
  session.addEventListener("message", ({ detail }) => {
    if (detail.type === "media.set" && detail.mic === "mute") mic.open = false;
    if (detail.type === "device" && detail.role === "standby") mic.open = false;
  });
  // Slides are sent while the room has the floor for them, and not before.
  const showScreen = () => {
    const shows = store.snapshot.own?.content?.status === "granted";
    void media.send("content.picture", shows ? screen.picture : null);
    void media.send("content.sound", shows ? screen.sound : null);
  };
  store.addEventListener("change", showScreen);
  screen.addEventListener("change", showScreen);
  keepAwake();

  // Media is offered with what there is: a person who thinks about the question sees the stage.
  await Promise.race([devices.open(), delay(3)]);
  session.start();
  await report(session, media, mic);
}

/** Tell the service every second what the microphone does; every fifth time how media is. */
async function report(session, media, mic) {
  for (let count = 0; ; count += 1) {
    await delay(1);
    const fields = { mic: mic.state };
    const level = mic.takeLevel();
    if (level !== null) fields.level = level;
    if (count % STATS_EVERY === 0 && media.state === "up") fields.stats = await media.stats();
    session.tell("endpoint.report", fields);
  }
}

/** The screen of a room stays on; a browser that cannot is no worse than before. */
function keepAwake() {
  const ask = () => document.hidden || navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", ask);
  void ask();
}

void main();
