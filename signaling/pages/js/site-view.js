/**
 * Site view: collects the facts, and draws what follows from them. It decides nothing.
 *
 * Facts stand on the body: data-site, data-phase, data-control, data-media, data-floor, data-mic,
 * data-gate, data-situation, data-tone.
 */

import { chime } from "./chime.js";
import { perFrame, setFacts, setText } from "./dom.js";
import "./picture.js";
import { Controls } from "./site-controls.js";
import { Programme } from "./site-programme.js";
import { INVITES, lamps, situation } from "./site-situation.js";

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
  #programme;
  #controls;
  #mediaLost_ms = performance.now();
  #floor = "none";

  constructor({ words, wall, devices, mic, session, store, media, playback }) {
    this.#words = words;
    this.#wall = wall;
    this.#devices = devices;
    this.#mic = mic;
    this.#session = session;
    this.#store = store;
    this.#media = media;
    this.#playback = playback;
    const root = document.body;
    this.#programme = new Programme({ root: get("#programme"), words, store, media });
    this.#controls = new Controls({ root, words, devices, mic, session, store });
    const draw = perFrame(() => this.#draw());
    for (const part of [devices, mic, playback]) part.addEventListener("change", draw);
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
    setInterval(() => this.#tick(), 1000);
    this.#tick();
    draw();
  }

  #facts() {
    const { snapshot, you } = this.#store;
    const own = snapshot.own ?? {};
    const centre = you?.site === CENTRE;
    const speaks = (snapshot.speakers ?? []).includes(you?.site);
    return {
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
      mic: this.#mic.state,
      camera: this.#devices.camera !== null,
      // No room is told of itself on the stage: it stands there by the rules of bridge/stage.py.
      shown: snapshot.programme?.kind === "stage" && (centre || speaks),
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
      floor: facts.floor,
      mic: facts.mic,
      gate: facts.gate,
      situation: name,
      tone,
    });
    this.#drawHeader(facts);
    this.#programme.draw({ over: facts.control === "over" });
    this.#controls.draw(facts);
    this.#controls.drawClock(facts);
    this.#drawSentence(name);
    this.#drawLamps(lamps(facts));
    this.#invite(facts);
    get("#unblock").hidden = !this.#playback.blocked;
  }

  #drawHeader({ joined, phase }) {
    const { snapshot, you } = this.#store;
    setText(get("#site-title"), you?.site ? this.#store.title(you.site) : "");
    setText(get("#conference-title"), snapshot.title ?? "");
    setText(get("#phase"), joined ? this.#words.word("phase", phase) : "");
    get("#phase").hidden = !joined;
    get("#rehearsal").hidden = snapshot.rehearsal !== true;
    if (you?.site) document.title = `${this.#store.name(you.site)} · Room 110`;
  }

  #drawSentence(name) {
    setText(get("#sentence"), this.#sentence(name));
    get("#open-mic").hidden = !INVITES.has(name);
    setFacts(get("#say"), { invites: INVITES.has(name) });
    const taken = name === "replaced";
    get("#again").hidden = !taken && name !== "refused";
    setText(get("#again"), this.#words.t(taken ? "site.take_seat" : "site.try_again"));
  }

  #sentence(name) {
    const { own, phase } = this.#store.snapshot;
    const centre = this.#store.you?.site === CENTRE;
    const key = centre && this.#words.has(`site.say110.${name}`) ? `site.say110.${name}` : `site.say.${name}`;
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
      this.#controls.notice(this.#words.t("site.denied"));
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
