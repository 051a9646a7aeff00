/**
 * <board-walk>: *Thử tiếng, thử hình*: whose turn it is, its picture, what was heard and seen.
 *
 * Its sound comes to the board's ear, for the turn is a probe.  F4 is next wherever the focus is, F2
 * brings the focus here, and digits judge while it is here and not in a field: single keys are for
 * whoever works in this bar and nobody else (WCAG 2.1.4), and Telex is typed in fields.  A button
 * that cannot be pressed now is told so and not disabled, so that the focus stays where it is.
 */

import { span } from "./clock.js";
import { seats } from "./board-facts.js";
import { walked, walks } from "./checks.js";
import { announce, h, isHeld, setFacts, setHeld, setText } from "./dom.js";
import { MOST, oneLine } from "./notes.js";

const SOUNDS = ["good", "quiet", "broken", "echo"];
const PICTURES = ["good", "dark", "frozen"];
/** The service ends a talk after so long (bridge/conference/programme.py). */
const TALK_S = 60;
const STILL_MS = 1500;

export class BoardWalk extends HTMLElement {
  #board = null;
  #title = h("h2", { tabIndex: -1 });
  #count = h("p", { class: "count" });
  #video = h("video", { autoplay: true, playsInline: true, muted: true });
  #slate = h("p", { class: "none" });
  #talk = h("p", { class: "talk" });
  #buttons = new Map();
  #verdicts = [];
  #note = null;
  #to = null;
  #options = "";
  #current = null;
  #busy = false;
  #on = false;
  #takes = false;
  #frames = { count: 0, at_ms: 0 };

  begin(board) {
    this.#board = board;
    const { words } = board;
    const button = (act, deed, more = {}) => {
      const text = words.t(`board.walk.${act}`);
      const made = h("button", { type: "button", data: { act: `walk-${act}` }, text, on: { click: () => void deed() }, ...more });
      this.#buttons.set(act, made);
      return made;
    };
    const judging = (kind, values, first) => {
      const label = words.t(`walk.${kind}`);
      const made = values.map((value, index) => this.#verdict(kind, value, first + index));
      return h("div", { class: "judge", role: "group", "aria-label": label }, h("span", { text: label }), ...made);
    };
    this.#note = h("input", { type: "text", id: "walk-note", maxLength: MOST, autocomplete: "off", "aria-label": words.t("board.walk.note"), placeholder: words.t("board.walk.note") });
    this.#to = h("select", { id: "walk-to", "aria-label": words.t("board.walk.to") });
    const note = { submit: (event) => (event.preventDefault(), void this.#saveNote()), focusout: () => void this.#saveNote() };
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", words.t("board.walk"));
    this.append(
      h("div", { class: "head" }, this.#title, this.#count),
      h("div", { class: "screen" }, this.#slate, this.#video),
      h("div", { class: "pair" }, this.#talk, button("again", () => this.#go(this.#current))),
      judging("sound", SOUNDS, 1),
      judging("picture", PICTURES, SOUNDS.length + 1),
      h("form", { on: note }, this.#note),
      h("p", { class: "deeds" }, button("next", () => this.#move("walk.next"), { class: "act" }), button("skip", () => this.#move("walk.skip"))),
      h("div", { class: "pair" }, this.#to, button("go", () => this.#go(this.#to.value))),
      button("end", () => this.#end()),
    );
    this.hidden = true;
    this.addEventListener("keydown", (event) => this.#onDigit(event));
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** The picture and the keys are here from now on. */
  take() {
    // The answer to a command may come before the change that shows this bar.
    this.#takes = this.hidden;
    this.#title.focus();
  }

  /** A site was chosen on the board: it can be gone to. */
  choose(site) {
    if (site !== null && site !== "110") this.#to.value = site;
  }

  show() {
    const { store, words } = this.#board;
    const { snapshot } = store;
    const on = walks(snapshot);
    if (!on && this.#on && (this.contains(document.activeElement) || document.activeElement === document.body)) {
      this.hidden = true;
      this.#board.walkOver();
    }
    this.#on = on;
    this.hidden = !on;
    setFacts(document.body, { walk: on ? (snapshot.walk.current ?? "") : null });
    if (!on) {
      this.#video.srcObject = null;
      this.#current = null;
      return;
    }
    if (this.#takes) this.take();
    const current = snapshot.walk.current ?? null;
    if (current !== this.#current) this.#turn(current);
    const visit = snapshot.walk.visits?.[current] ?? {};
    const { done, of } = walked(snapshot);
    setFacts(this, { current });
    setText(this.#title, current === null ? words.t("board.walk.nobody") : `${current} · ${store.name(current)}`);
    setText(this.#count, words.t("board.walk.count", { done, of }));
    for (const { button, kind, value } of this.#verdicts) {
      button.setAttribute("aria-pressed", String(visit[kind] === value));
      setHeld(button, current === null || !this.#may());
    }
    this.#note.disabled = current === null;
    setHeld(this.#buttons.get("next"), !this.#may());
    setHeld(this.#buttons.get("skip"), current === null || !this.#may());
    setHeld(this.#buttons.get("go"), !this.#may());
    setHeld(this.#buttons.get("end"), !this.#may());
    this.#showTalk(current);
    this.#showPicture(current);
    this.#fillOptions();
  }

  #verdict(kind, value, digit) {
    const { words } = this.#board;
    const button = h("button", {
      type: "button",
      data: { act: `walk-${kind}-${value}`, digit: String(digit) },
      "aria-pressed": "false",
      "aria-keyshortcuts": String(digit),
      on: { click: () => void this.#judge(kind, value, button) },
    });
    button.append(h("kbd", { text: String(digit) }), h("span", { text: words.word(`walk.${kind}`, value) }));
    this.#verdicts.push({ button, kind, value });
    return button;
  }

  #may() {
    return this.#board.may("walk");
  }

  #turn(current) {
    const { store, words } = this.#board;
    this.#current = current;
    this.#note.value = (current !== null && store.snapshot.walk.visits?.[current]?.note) || "";
    this.#frames = { count: 0, at_ms: -Infinity };
    announce(current === null ? words.t("board.walk.nobody") : store.title(current));
  }

  #showTalk(current) {
    const { store, words } = this.#board;
    const { probe } = store.snapshot;
    const talks = probe?.kind === "talk" && probe.site === current;
    const left = talks ? span(TALK_S - (store.clock.now_s() - probe.since_s)) : "";
    const key = talks ? "board.walk.talks" : "board.walk.silent";
    setText(this.#talk, current === null ? "" : words.t(key, { left }));
    setHeld(this.#buttons.get("again"), current === null || talks || !this.#may());
  }

  /** A still picture is told as none: eyes take it for a living one. */
  #showPicture(current) {
    const { words, store, picture } = this.#board;
    const slot = Object.keys(store.stage).find((name) => name.startsWith("gallery.") && store.stage[name] === current);
    const stream = slot === undefined ? null : picture(slot);
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    const { totalVideoFrames: count } = this.#video.getVideoPlaybackQuality();
    if (count !== this.#frames.count) this.#frames = { count, at_ms: performance.now() };
    const lives = stream !== null && performance.now() - this.#frames.at_ms < STILL_MS;
    setFacts(this, { picture: lives ? "live" : null });
    setText(this.#slate, current === null ? "" : words.t("board.walk.no_picture"));
    if (!lives && stream !== null && this.#video.paused) this.#video.play().catch(() => {});
  }

  /** Whom one can go back to, with what was said; not under the hands of who chooses. */
  #fillOptions() {
    const { store, words } = this.#board;
    const { sites, walk } = store.snapshot;
    const said = (site) => {
      const { sound, picture, skipped } = walk.visits?.[site] ?? {};
      if (skipped) return words.t("board.walk.skipped");
      const parts = [sound && words.word("walk.sound", sound), picture && words.word("walk.picture", picture)];
      return parts.filter(Boolean).join(" / ");
    };
    const lines = seats(store.snapshot)
      .filter((site) => site !== "110" && sites[site].link === "up")
      .map((site) => [site, [`${site} ${store.name(site)}`, said(site)].filter(Boolean).join(": ")]);
    const options = JSON.stringify(lines);
    if (options === this.#options || this.#to.matches(":focus")) return;
    this.#options = options;
    const chosen = this.#to.value;
    this.#to.replaceChildren(...lines.map(([value, text]) => h("option", { value, text })));
    if (chosen in sites) this.#to.value = chosen;
  }

  async #judge(kind, value, button) {
    const site = this.#current;
    if (site === null || isHeld(button)) return;
    await this.#board.deeds.do("walk.judge", { site, [kind]: value }, { site });
  }

  async #saveNote() {
    const { store, deeds } = this.#board;
    const [site, note] = [this.#current, oneLine(this.#note.value)];
    if (site === null || note === "" || note === store.snapshot.walk?.visits?.[site]?.note) return;
    await deeds.do("walk.judge", { site, note }, { site });
  }

  /** One at a time: a key that is pressed twice shall not pass over a site. */
  async #once(deed) {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#saveNote();
      await deed();
    } finally {
      this.#busy = false;
    }
  }

  async #move(type) {
    const act = type === "walk.next" ? "next" : "skip";
    if (isHeld(this.#buttons.get(act))) return;
    await this.#once(() => this.#board.deeds.do(type, {}));
  }

  async #go(site) {
    if (site === null || site === "" || !this.#may()) return;
    await this.#once(() => this.#board.deeds.do("walk.go", { site }, { site }));
  }

  async #end() {
    if (isHeld(this.#buttons.get("end"))) return;
    await this.#once(() => this.#board.deeds.do("walk.end", {}));
  }

  #onKey(event) {
    if (this.hidden || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.key !== "F4" && event.key !== "F2") return;
    event.preventDefault();
    if (event.repeat) return;
    if (event.key === "F4") void this.#move("walk.next");
    else this.take();
  }

  #onDigit(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (event.target.matches("input, select")) return;
    if (event.key === "0") void this.#move("walk.skip");
    const pressed = this.#verdicts.find(({ button }) => button.dataset.digit === event.key);
    if (pressed !== undefined) void this.#judge(pressed.kind, pressed.value, pressed.button);
  }
}

customElements.define("board-walk", BoardWalk);
