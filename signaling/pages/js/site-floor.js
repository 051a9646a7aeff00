/**
 * Floor: how a room asks to speak, to reply, or to show slides, and takes it back.
 *
 * What a button says is what it does now. Where the agenda has groups of questions, a request to
 * speak says to which it belongs. Slides are chosen before they are asked for, so that they are there
 * at once when the chair agrees; they are sent only from then on.
 */

import { groups } from "./agenda.js";
import { h, setFacts, setText } from "./dom.js";
import { oneLine } from "./notes.js";

/** To give the floor back asks twice: the button stands beside the microphone's. */
const SURE_MS = 4000;
const WAITS = new Set(["pending", "accepted"]);

/**
 * What the button for the floor does. Pure.
 * @param {?{status: string, kind: string}} request  the room's own
 * @returns {"ask" | "withdraw" | "end"}  an agenda turn is not the room's to withdraw: it may ask beside it
 */
export function floorDeed(request) {
  if (request?.status === "granted") return "end";
  return WAITS.has(request?.status) && request.kind !== "agenda" ? "withdraw" : "ask";
}

/** Whether the room may ask to reply: somebody else speaks, and it has no hand up. Pure. */
export function mayReply({ phase, speakers = [], own }) {
  const others = speakers.some((site) => site !== own?.site);
  return phase === "open" && others && floorDeed(own?.request ?? null) === "ask";
}

export class Floor {
  #root;
  #words;
  #store;
  #commands;
  #sheets;
  #screen;
  #sure = 0;
  #groups = "";

  constructor({ root, words, store, commands, sheets, screen }) {
    this.#root = root;
    this.#words = words;
    this.#store = store;
    this.#commands = commands;
    this.#sheets = sheets;
    this.#screen = screen;
    const on = (selector, type, listener) => this.#get(selector).addEventListener(type, listener);
    on("#floor", "click", () => this.#onFloor());
    on("#reply", "click", () => void this.#request("reply", { respond: true }));
    on("#content", "click", () => void this.#onContent());
    on("#ask-form", "submit", (event) => void this.#onAsk(event));
    screen.addEventListener("ended", () => this.#onScreenEnded());
  }

  /** A machine that only waits asks for nothing. */
  draw({ centre, device }) {
    const { snapshot } = this.#store;
    const { phase, own = {} } = snapshot;
    const button = this.#get("#floor");
    button.hidden = centre;
    const doing = floorDeed(own.request);
    const sure = doing === "end" && this.#sure !== 0;
    setFacts(button, { do: doing });
    setText(button, this.#words.t(sure ? "site.floor.sure" : `site.floor.${doing}`));
    const asking = doing === "ask" && !["lobby", "open"].includes(phase);
    button.disabled = asking || this.#commands.held("floor");
    const reply = this.#get("#reply");
    reply.hidden = centre;
    reply.disabled = !mayReply(snapshot) || this.#commands.held("reply");
    this.#drawContent(phase, own.content);
    this.#drawGroups(snapshot.agenda);
    if (device !== "active") for (const asks of this.#root.querySelectorAll(".asks button")) asks.disabled = true;
  }

  #drawContent(phase, content) {
    const button = this.#get("#content");
    const doing = content === undefined ? "ask" : content.status === "granted" ? "end" : "withdraw";
    setFacts(button, { do: doing });
    setText(button, this.#words.t(`site.content.${doing}`));
    const asking = doing === "ask" && (phase !== "open" || !this.#screen.possible);
    button.disabled = asking || this.#commands.held("content");
  }

  #drawGroups(agenda) {
    const known = groups(agenda);
    const now = known.join("\n");
    if (now === this.#groups) return;
    this.#groups = now;
    const choice = (value, text) =>
      h("label", {}, h("input", { type: "radio", name: "group", value, checked: value === "" }), h("span", { text }));
    this.#get("#ask-groups").replaceChildren(
      ...known.map((group) => choice(group, group)),
      choice("", this.#words.t("site.ask.no_group")),
    );
  }

  #onFloor() {
    const { request } = this.#store.snapshot.own ?? {};
    const doing = floorDeed(request);
    if (doing === "ask" && this.#groups !== "") this.#sheets.open("ask", this.#get("#floor"));
    else if (doing === "ask") void this.#request("floor", {});
    else if (doing === "end" && this.#sure === 0) {
      this.#sure = setTimeout(() => this.#notSure(), SURE_MS);
      this.draw({ centre: false, device: "active" });
    } else {
      this.#notSure();
      void this.#commands.run("floor", "floor.release", { request: request.id });
    }
  }

  #notSure() {
    clearTimeout(this.#sure);
    this.#sure = 0;
    this.draw({ centre: false, device: "active" });
  }

  async #onAsk(event) {
    event.preventDefault();
    const group = this.#get("#ask-groups :checked")?.value ?? "";
    const text = oneLine(this.#get("#ask-text").value);
    const said = { ...(group && { group }), ...(text && { text }) };
    if (!(await this.#request("floor", said))) return;
    this.#get("#ask-text").value = "";
    this.#sheets.close();
  }

  #request(button, said) {
    return this.#commands.run(button, "floor.request", { floors: ["speech"], ...said });
  }

  async #onContent() {
    const { content } = this.#store.snapshot.own ?? {};
    if (content !== undefined) {
      await this.#commands.run("content", "floor.release", { request: content.id });
      this.#screen.close();
    } else if (await this.#screen.open()) {
      const done = await this.#commands.run("content", "floor.request", { floors: ["content"] });
      if (!done) this.#screen.close();
    }
  }

  /** The browser's own bar ended it. */
  #onScreenEnded() {
    const { content } = this.#store.snapshot.own ?? {};
    if (content !== undefined) void this.#commands.run("content", "floor.release", { request: content.id });
  }

  #get(selector) {
    return this.#root.querySelector(selector);
  }
}
