/**
 * Controls: what a room can do. Microphone, floor, help, and which devices it uses.
 *
 * What a button says is what it does now; a command under way disables it, a no is told in words.
 */

import { span, used_s } from "./clock.js";
import { announce, h, setFacts, setText } from "./dom.js";
import { Refused } from "./protocol.js";

const NOTICE_MS = 15_000;
/** To give the floor back asks twice: the button stands beside the microphone's. */
const SURE_MS = 4000;
const LAST_S = 60;

export class Controls {
  #root;
  #words;
  #devices;
  #mic;
  #session;
  #store;
  #sure = 0;
  #notice = 0;
  #busy = new Set();

  constructor({ root, words, devices, mic, session, store }) {
    this.#root = root;
    this.#words = words;
    this.#devices = devices;
    this.#mic = mic;
    this.#session = session;
    this.#store = store;
    this.#on("#mic", "click", () => (mic.open = !mic.open));
    this.#on("#open-mic", "click", () => {
      mic.open = true;
      // The button goes away: whoever came by keyboard finds the switch in hand.
      this.#get("#mic").focus();
    });
    this.#on("#floor", "click", () => this.#onFloor());
    this.#on("#help", "click", () => this.#onHelp());
    this.#on("#trouble-retry", "click", () => void devices.open());
    this.#on("#pick-camera", "change", ({ target }) => void devices.choose("camera", target.value));
    this.#on("#pick-mic", "change", ({ target }) => void devices.choose("mic", target.value));
    mic.addEventListener("level", () => (this.#get("#level").value = mic.level ?? -60));
    devices.addEventListener("change", () => this.#drawDevices());
  }

  /** Something to read for a while, such as why a command was refused. */
  notice(text) {
    clearTimeout(this.#notice);
    setText(this.#get("#notice"), text);
    this.#notice = setTimeout(() => setText(this.#get("#notice"), ""), NOTICE_MS);
  }

  draw({ centre }) {
    this.#drawMic();
    this.#drawFloor(centre);
    this.#drawHelp();
  }

  /** The speaker's clock, for the speaker alone; without media it stands, and only the service knows where. */
  drawClock({ media }) {
    const { request } = this.#own();
    const runs = request?.status === "granted" && media === "up";
    this.#get("#speech").hidden = !runs;
    if (!runs) return;
    const used = used_s(request.clock, this.#store.clock.now_s());
    const limit = request.limit_s;
    const values = { used: span(used), limit: limit === undefined ? "" : span(limit) };
    const key = limit === undefined ? "site.speech.used" : "site.speech.used_of";
    setText(this.#get("#speech-clock"), this.#words.t(key, values));
    const left = limit === undefined ? Infinity : limit - used;
    const note = left <= 0 ? "over" : left <= LAST_S ? "last" : "";
    setFacts(this.#get("#speech"), { note: note || null });
    setText(this.#get("#speech-note"), note && this.#words.t(`site.speech.${note}`));
  }

  #drawMic() {
    const { state, open } = this.#mic;
    const button = this.#get("#mic");
    setFacts(button, { mic: state });
    button.setAttribute("aria-checked", String(open));
    button.disabled = state === "none";
    setText(this.#get("#mic-word"), this.#words.word("mic", state));
    const does = state === "none" ? "" : this.#words.t(open ? "site.mic.close" : "site.mic.press");
    setText(this.#get("#mic-do"), does);
  }

  #drawFloor(centre) {
    const button = this.#get("#floor");
    button.hidden = centre;
    const { request } = this.#own();
    const doing = { granted: "end", pending: "withdraw", accepted: "withdraw" }[request?.status] ?? "ask";
    const sure = doing === "end" && this.#sure !== 0;
    setFacts(button, { do: doing });
    setText(button, this.#words.t(sure ? "site.floor.sure" : `site.floor.${doing}`));
    const asking = doing === "ask" && !["lobby", "open"].includes(this.#store.snapshot.phase);
    button.disabled = asking || this.#busy.has("floor") || this.#session.state !== "up";
  }

  #drawHelp() {
    const button = this.#get("#help");
    const help = this.#own().help ?? "none";
    setFacts(button, { help });
    setText(this.#get("#help-word"), this.#words.t(`site.help.${help}`));
    setText(this.#get("#help-do"), this.#words.t(`site.help.${help}.do`));
    button.disabled = this.#busy.has("help") || this.#session.state !== "up";
  }

  #drawDevices() {
    const { trouble, cameras, mics, camera, mic } = this.#devices;
    const [name, why] = Object.entries(trouble)
      .sort(([a]) => (a === "mic" ? -1 : 1))
      .find(([, what]) => what !== "") ?? ["", ""];
    this.#get("#trouble").hidden = why === "";
    setFacts(this.#get("#trouble"), { device: name || null, trouble: why || null });
    const both = why !== "" && trouble.mic === trouble.camera;
    const which = why && this.#words.t(both ? "site.both" : `site.the_${name}`);
    setText(this.#get("#trouble-text"), why && this.#words.t(`site.trouble.${why}`, { which }));
    this.#fillPicker("#pick-camera", cameras, camera);
    this.#fillPicker("#pick-mic", mics, mic);
    this.#get("#preview").srcObject = camera === null ? null : new MediaStream([camera]);
  }

  #fillPicker(selector, list, track) {
    const used = track?.getSettings().deviceId;
    const options = list.map(({ id, label }) => h("option", { value: id, text: label, selected: id === used }));
    this.#get(selector).replaceChildren(...options);
  }

  #onFloor() {
    const { request } = this.#own();
    if (request === undefined) {
      void this.#command("floor", "floor.request", { floors: ["speech"] });
    } else if (request.status === "granted" && this.#sure === 0) {
      this.#sure = setTimeout(() => {
        this.#sure = 0;
        this.#drawFloor(false);
      }, SURE_MS);
      this.#drawFloor(false);
    } else {
      clearTimeout(this.#sure);
      this.#sure = 0;
      void this.#command("floor", "floor.release", { request: request.id });
    }
  }

  #onHelp() {
    const { help, site } = this.#own();
    if (help === undefined) void this.#command("help", "help.raise");
    else void this.#command("help", "help.close", { site });
  }

  async #command(button, type, fields = {}) {
    this.#busy.add(button);
    this.#get(`#${button}`).disabled = true;
    try {
      await this.#session.command(type, fields);
      setText(this.#get("#notice"), "");
    } catch (error) {
      if (!(error instanceof Refused)) return; // It is over, and the sentence says so.
      this.notice(this.#words.error(error.code));
      announce(this.#words.error(error.code), { urgent: true });
    } finally {
      this.#busy.delete(button);
      this.#drawFloor(this.#get("#floor").hidden);
      this.#drawHelp();
    }
  }

  #own() {
    return this.#store.snapshot.own ?? {};
  }

  #get(selector) {
    return this.#root.querySelector(selector);
  }

  #on(selector, type, listener) {
    this.#get(selector).addEventListener(type, listener);
  }
}
