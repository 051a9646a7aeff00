/**
 * Controls: what a room can do with its machine: microphone, help, and which devices it uses; and the
 * speaker's clock. How it asks for the floor is in site-floor.js.
 *
 * What a button says is what it does now.
 */

import { span, used_s } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";

const MINUTE_S = 60;

/**
 * What the speaker is told of the time; never a threat. Pure.
 * @param {object} request  the room's own, with a clock
 * @returns {{used: string, limit: string, note: ""|"last"|"over", minutes: number}}  *limit* "": none
 */
export function speechClock({ clock, limit_s, warn_s = MINUTE_S }, now_s) {
  const used = used_s(clock, now_s);
  if (limit_s === undefined) return { used: span(used), limit: "", note: "", minutes: 0 };
  const left = limit_s - used;
  const note = left <= 0 ? "over" : left <= warn_s ? "last" : "";
  return { used: span(used), limit: span(limit_s), note, minutes: Math.max(1, Math.ceil(left / MINUTE_S)) };
}

export class Controls {
  #root;
  #words;
  #devices;
  #mic;
  #store;
  #commands;

  constructor({ root, words, devices, mic, store, commands }) {
    this.#root = root;
    this.#words = words;
    this.#devices = devices;
    this.#mic = mic;
    this.#store = store;
    this.#commands = commands;
    // By what the switch shows: the service may have shut the microphone under the finger.
    this.#on("#mic", "click", () => (mic.open = this.#get("#mic").getAttribute("aria-checked") !== "true"));
    this.#on("#open-mic", "click", () => {
      mic.open = true;
      // The button goes away: whoever came by keyboard finds the switch in hand.
      this.#get("#mic").focus();
    });
    this.#on("#help", "click", () => this.#onHelp());
    this.#on("#switch", "click", () => void commands.run("switch", "site.switch"));
    this.#on("#trouble-retry", "click", () => void devices.open());
    this.#on("#pick-camera", "change", ({ target }) => void devices.choose("camera", target.value));
    this.#on("#pick-mic", "change", ({ target }) => void devices.choose("mic", target.value));
    mic.addEventListener("level", () => (this.#get("#level").value = mic.level ?? -60));
    devices.addEventListener("change", () => this.#drawDevices());
  }

  draw({ device }) {
    this.#drawMic(device);
    this.#drawHelp();
    const spare = this.#own().standby === true && device === "active";
    this.#get("#spare").hidden = !spare;
    this.#get("#switch").disabled = this.#commands.held("switch");
  }

  /** The speaker's clock, for the speaker alone; without media it stands, and only the service knows where. */
  drawClock({ media }) {
    const { request } = this.#own();
    const runs = request?.status === "granted" && media === "up";
    this.#get("#speech").hidden = !runs;
    if (!runs) return;
    const { used, limit, note, minutes } = speechClock(request, this.#store.clock.now_s());
    const key = limit === "" ? "site.speech.used" : "site.speech.used_of";
    setText(this.#get("#speech-clock"), this.#words.t(key, { used, limit }));
    setFacts(this.#get("#speech"), { note: note || null });
    setText(this.#get("#speech-note"), note && this.#words.t(`site.speech.${note}`, { minutes }));
  }

  /** A device that waits has a microphone and nobody who would hear it. */
  #drawMic(device) {
    const { state, open } = this.#mic;
    const button = this.#get("#mic");
    setFacts(button, { mic: state });
    button.setAttribute("aria-checked", String(open));
    button.disabled = state === "none" || device !== "active";
    setText(this.#get("#mic-word"), this.#words.word("mic", state));
    const does = state === "none" ? "" : this.#words.t(open ? "site.mic.close" : "site.mic.press");
    setText(this.#get("#mic-do"), does);
  }

  #drawHelp() {
    const button = this.#get("#help");
    const help = this.#own().help ?? "none";
    setFacts(button, { help });
    setText(this.#get("#help-word"), this.#words.t(`site.help.${help}`));
    setText(this.#get("#help-do"), this.#words.t(`site.help.${help}.do`));
    button.disabled = this.#commands.held("help");
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

  #onHelp() {
    const { help, site } = this.#own();
    if (help === undefined) void this.#commands.run("help", "help.raise");
    else void this.#commands.run("help", "help.close", { site });
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
