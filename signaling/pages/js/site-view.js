/**
 * Site view: collects the facts, and draws what follows from them. It decides nothing.
 *
 * Facts stand on the body: data-site, data-phase, data-control, data-media, data-device, data-floor,
 * data-mic, data-gate, data-situation, data-tone.
 */

import { current, place } from "./agenda.js";
import { chime } from "./chime.js";
import { perFrame, setFacts, setText } from "./dom.js";
import "./picture.js";
import { SiteCheck } from "./site-check.js";
import { Commands } from "./site-command.js";
import { Controls } from "./site-controls.js";
import { Floor } from "./site-floor.js";
import { SiteNotes } from "./site-notes.js";
import { Presence } from "./site-presence.js";
import { Programme } from "./site-programme.js";
import { Sheets } from "./site-sheets.js";
import { AGAIN, INVITES, lamps, situation } from "./site-situation.js";
import { Strips, strips } from "./site-strips.js";

const CENTRE = "110";
/** A new connection takes a second: before, nobody needs to read that there is none. */
const MEDIA_LATE_MS = 3000;

export class SiteView {
  #words;
  #wall;
  #devices;
  #mic;
  #session;
  #store;
  #media;
  #playback;
  #screen;
  #commands;
  #programme;
  #controls;
  #floorDesk;
  #notes;
  #presence;
  #check;
  #strips;
  /** This machine stays the spare one: it is not asked again. */
  #stays = false;
  #mediaLost_ms = performance.now();
  #floor = "none";

  constructor({ words, wall, devices, mic, screen, session, store, media, playback }) {
    this.#words = words;
    this.#wall = wall;
    this.#devices = devices;
    this.#mic = mic;
    this.#screen = screen;
    this.#session = session;
    this.#store = store;
    this.#media = media;
    this.#playback = playback;
    const root = document.body;
    const draw = perFrame(() => this.#draw());
    const commands = new Commands({ session, words, place: get("#notice"), after: draw });
    const sheets = new Sheets(root, (name) => this.#onSheet(name));
    this.#commands = commands;
    this.#programme = new Programme({ root: get("#programme"), words, wall, store, media });
    this.#controls = new Controls({ root, words, devices, mic, store, commands });
    this.#floorDesk = new Floor({ root, words, store, commands, sheets, screen });
    this.#notes = new SiteNotes({ root, words, wall, store, commands });
    this.#presence = new Presence({ root, words, wall, store, commands, sheets });
    this.#check = new SiteCheck({ root, words, store, commands });
    this.#strips = new Strips(get("#strips"), words, {
      note: () => this.#onNoteRead(),
      rollcall: () => sheets.open("roll", get("[data-opens='roll']")),
      content: () => void screen.open(),
    });
    for (const part of [devices, mic, playback, screen]) part.addEventListener("change", draw);
    session.addEventListener("state", draw);
    media.addEventListener("state", ({ detail }) => {
      if (detail.state !== "up") this.#mediaLost_ms = Math.min(this.#mediaLost_ms, performance.now());
      else this.#mediaLost_ms = Infinity;
      draw();
    });
    store.addEventListener("change", ({ detail }) => {
      for (const event of detail.events) this.#onEvent(event);
      draw();
    });
    get("#unblock").addEventListener("click", () => void playback.resume());
    get("#again").addEventListener("click", () => session.start());
    get("#stay").addEventListener("click", () => {
      this.#stays = true;
      draw();
    });
    get("#take-over").addEventListener("click", () => void commands.run("take-over", "site.switch"));
    setInterval(() => this.#tick(), 1000);
    this.#tick();
    draw();
  }

  #facts() {
    const { snapshot, you } = this.#store;
    const own = snapshot.own ?? {};
    const centre = you?.site === CENTRE;
    const byPhone = (snapshot.by_phone ?? []).includes(you?.site);
    const speaks = (snapshot.speakers ?? []).includes(you?.site) && !byPhone;
    const { device } = this.#store;
    return {
      device,
      control: this.#session.state,
      reason: this.#session.reason,
      joined: this.#session.hello !== null,
      media: this.#media.state,
      mediaLate: performance.now() - this.#mediaLost_ms > MEDIA_LATE_MS,
      centre,
      phase: snapshot.phase ?? "lobby",
      floor: own.floor ?? "none",
      gate: own.gate === true,
      blocked: own.blocked === true,
      cut: own.cut === true,
      byPhone,
      kind: own.request?.kind ?? null,
      status: own.request?.status ?? null,
      mic: this.#mic.state,
      camera: this.#devices.camera !== null,
      // No room is told of itself on the stage: it stands there by the rules of bridge/stage.py.
      shown: snapshot.programme?.kind === "stage" && (centre || speaks || own.broadcast === "shown"),
    };
  }

  #draw() {
    const facts = this.#facts();
    const { name, tone } = situation(facts);
    setFacts(document.body, {
      site: this.#store.you?.site,
      phase: facts.phase,
      control: facts.control,
      media: facts.media,
      device: facts.device,
      floor: facts.floor,
      mic: facts.mic,
      gate: facts.gate,
      situation: name,
      tone,
    });
    this.#drawHeader(facts);
    const waits = facts.device === "standby" ? "standby" : null;
    this.#programme.draw({ off: facts.control === "over" ? "over" : waits });
    this.#controls.draw(facts);
    this.#controls.drawClock(facts);
    this.#floorDesk.draw(facts);
    this.#notes.draw();
    this.#presence.draw();
    this.#check.draw();
    this.#drawStrips(facts);
    this.#drawSentence(name);
    this.#drawLamps(lamps(facts));
    this.#invite(facts);
    get("#unblock").hidden = !this.#playback.blocked;
  }

  #drawHeader({ joined, phase }) {
    const { snapshot, you } = this.#store;
    setText(get("#site-title"), you?.site ? this.#store.title(you.site) : "");
    const item = current(snapshot.agenda);
    const at = item === null ? "" : this.#words.t("agenda.at", { ...place(snapshot.agenda, item.id), title: item.title });
    setText(get("#conference-title"), at || (snapshot.title ?? ""));
    setText(get("#phase"), joined ? this.#words.word("phase", phase) : "");
    get("#phase").hidden = !joined;
    get("#rehearsal").hidden = snapshot.rehearsal !== true;
    if (you?.site) document.title = `${this.#store.name(you.site)} · Room 110`;
  }

  #drawSentence(name) {
    setText(get("#sentence"), this.#sentence(name));
    get("#open-mic").hidden = !INVITES.has(name);
    setFacts(get("#say"), { invites: INVITES.has(name) });
    get("#again").hidden = !(name in AGAIN);
    if (name in AGAIN) setText(get("#again"), this.#words.t(AGAIN[name]));
    get("#take-over").hidden = name !== "standby";
    get("#take-over").disabled = this.#commands.held("take-over");
    get("#stay").hidden = name !== "standby" || this.#stays;
  }

  #drawStrips({ device, joined }) {
    const { own, rollcall_open, phase } = this.#store.snapshot;
    const screen = this.#screen.picture !== null;
    const { unheard } = this.#store;
    const told = { own: own ?? {}, rollcall: rollcall_open === true, note: this.#notes.news, screen, device, unheard, phase };
    this.#strips.draw(joined ? strips(told) : []);
  }

  #onSheet(name) {
    if (name === "notes") this.#onNoteRead();
    if (name === "roll") this.#presence.fill();
  }

  #onNoteRead() {
    this.#notes.read();
    this.#draw();
  }

  #sentence(name) {
    const { own, phase } = this.#store.snapshot;
    const centre = this.#store.you?.site === CENTRE;
    const plain = name === "standby" && this.#stays ? "standby_stays" : name;
    const key = centre && this.#words.has(`site.say110.${plain}`) ? `site.say110.${plain}` : `site.say.${plain}`;
    const at_s = own?.request?.created_s;
    const ago_ms = at_s === undefined ? 0 : (this.#store.clock.now_s() - at_s) * 1000;
    return this.#words.t(key, {
      title: this.#store.title(own?.site ?? ""),
      time: this.#wall.text(this.#wall.now_ms() - ago_ms).slice(0, 5),
      code: this.#session.reason,
      phase,
    });
  }

  #drawLamps(words) {
    for (const [lamp, word] of Object.entries(words)) {
      const node = get(`#lamp-${lamp}`);
      setFacts(node, { state: word });
      setText(node.lastElementChild, this.#words.word(lamp === "mic" ? "mic" : `lamp.${lamp}`, word));
    }
  }

  /** A chime when the room is asked to do something; never into its own open microphone. */
  #invite({ floor, centre }) {
    const before = this.#floor;
    this.#floor = floor;
    const invited = floor !== before && (floor === "next" || floor === "speaking") && !centre;
    if (invited && !this.#mic.open) void chime();
  }

  #onEvent(event) {
    if (event.type === "request_ended" && event.status === "denied") {
      this.#commands.notice(this.#words.t("site.denied"));
    }
  }

  #tick() {
    setText(get("#clock"), this.#wall.text());
    this.#draw();
  }
}

function get(selector) {
  return document.querySelector(selector);
}
