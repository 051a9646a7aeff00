/**
 * Tile: one site in the seat plan, of the board (with figures) or of the desk's gallery.
 *
 * A tile is made once.  `show` is called for all 64 once a second, so it first looks whether it was
 * handed the same objects as before: the store shares what did not change.
 */

import { span } from "./clock.js";
import { h, setFacts, setText } from "./dom.js";
import { factsOf, loudness, milliseconds, percent } from "./board-facts.js";
import { toldOnTile } from "./checks.js";

/** Without a line what is on the screen is the last frame of something that is over. */
const PICTURELESS = new Set(["absent", "lost", "no_picture"]);

/** The short form of a word that is too long for a tile, which says the whole in `aria-label`. */
function short(words, family, word) {
  const key = `tile.${family}.${word}`;
  return words.has(key) ? words.t(key) : words.word(family, word);
}

export class Tile {
  /** The `<button>`; data-site, data-line, data-mic, data-floor, data-blocked, data-gate, data-help, data-verdict. */
  node;
  #words;
  #code;
  #site = null;
  #seen = null;
  #place = null;
  #told = null;
  #figures;
  #parts;
  #video = null;
  #frames = 0;

  /** @param {{figures: boolean, pick: (code: string) => void}} options */
  constructor(code, words, { figures, pick }) {
    this.#code = code;
    this.#words = words;
    const part = (name) => h("span", { class: name });
    const parts = {
      picture: part("picture"),
      title: part("title"),
      name: part("name"),
      line: part("line fact"),
      mic: part("mic fact"),
      floor: part("floor fact"),
      flag: part("flag"),
      loss: part("loss"),
      rtt: part("rtt"),
      level: part("level"),
      verdict: part("verdict"),
      why: part("why"),
    };
    this.#parts = parts;
    const { picture, title, name, line, mic, floor, flag, loss, rtt, level, verdict, why } = parts;
    this.#figures = figures;
    picture.append(title);
    const head = h("span", { class: "head" }, h("span", { class: "code", text: code }), name);
    this.node = h(
      "button",
      { type: "button", class: "tile", data: { site: code }, tabIndex: -1, on: { click: () => pick(code) } },
      picture,
      head,
      h("span", { class: "said" }, line, flag),
      h("span", { class: "said" }, mic, floor, verdict),
      figures && h("span", { class: "figures" }, loss, rtt),
      figures && why,
      figures && level,
    );
  }

  /**
   * Who is here now.  *place*: in the queue, from 1; null: not there.  *now_s* in conference seconds,
   * for how long a line has been lost.
   */
  show(state, lines, place, now_s) {
    this.#judgePicture();
    const site = state.sites[this.#code];
    const seen = lines[this.#code] ?? null;
    const told = this.#figures ? toldOnTile(state, this.#code, now_s) : null;
    const still = site === this.#site && seen === this.#seen && place === this.#place && told === this.#told;
    if (still && seen?.line !== "lost") return;
    const facts = factsOf(state, lines, this.#code);
    this.#showLine(facts, now_s);
    if (still) return;
    this.#site = site;
    this.#seen = seen;
    this.#place = place;
    this.#told = told;
    this.#showFacts(facts);
  }

  /** Mark it as the chosen one. */
  set chosen(chosen) {
    setFacts(this.node, { chosen: chosen ? "" : null });
  }

  /** Mark it as the one whose turn it is in the walk. */
  set walked(walked) {
    setFacts(this.node, { walked: walked ? "" : null });
  }

  /** Play this stream in the tile; null takes the picture away. */
  set stream(stream) {
    if (stream === null) {
      this.#video?.remove();
      this.#video = null;
      setFacts(this.node, { picture: null });
      return;
    }
    this.#video ??= h("video", { autoplay: true, playsInline: true, muted: true });
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    if (!this.#video.isConnected) this.#parts.picture.append(this.#video);
  }

  /** Live means that frames came since the last look, which is a second ago. */
  #judgePicture() {
    if (this.#video === null) return;
    const frames = this.#video.getVideoPlaybackQuality().totalVideoFrames;
    const live = frames > this.#frames && !PICTURELESS.has(this.node.dataset.line);
    this.#frames = frames;
    setFacts(this.node, { picture: live ? "live" : null });
    // Chromium pauses a video whose track was replaced while nothing came.
    if (!live && this.#video.paused) this.#video.play().catch(() => {});
  }

  #showLine(facts, now_s) {
    const word = short(this.#words, "line", facts.line);
    const since = facts.line === "lost" && facts.since_s !== null;
    const lasted = since ? ` ${span(now_s - facts.since_s)}` : "";
    setText(this.#parts.line, word + lasted);
  }

  #showFacts(facts) {
    const words = this.#words;
    const { title, name, mic, floor, flag, loss, rtt, level, verdict, why } = this.#parts;
    setFacts(this.node, {
      line: facts.line,
      mic: facts.mic,
      floor: facts.floor,
      blocked: facts.blocked ? "" : null,
      cut: facts.cut ? "" : null,
      standby: facts.standby ? "" : null,
      gate: facts.gate ? "" : null,
      help: facts.help,
      control: facts.up && facts.control === "lost" ? "lost" : null,
      verdict: this.#told?.verdict,
    });
    setText(title, facts.title);
    setText(name, facts.name);
    setText(mic, facts.up ? short(words, "mic", facts.mic) : "");
    const place = facts.floor === "requested" && this.#place !== null ? ` ${this.#place}` : "";
    setText(floor, facts.floor === "none" ? "" : short(words, "floor", facts.floor) + place);
    const called = facts.help === "raised";
    setText(flag, called ? words.t("tile.help") : this.#flag(facts));
    setText(loss, `${percent(facts.loss_up)} · ${percent(facts.loss_down)}`);
    setText(rtt, milliseconds(facts.rtt_ms));
    const loud = String(loudness(facts.level));
    if (level.dataset.level !== loud) {
      level.dataset.level = loud;
      level.style.setProperty("--level", loud);
    }
    const said = [facts.code, facts.name, words.word("line", facts.line)];
    if (facts.up) said.push(words.word("mic", facts.mic));
    if (facts.floor !== "none") said.push(words.word("floor", facts.floor));
    if (facts.blocked) said.push(words.t("site.blocked"));
    if (facts.cut) said.push(words.t("board.is_cut"));
    if (facts.standby) said.push(words.t("board.fact.standby"));
    if (called) said.push(words.t("board.help"));
    const [reason] = this.#told?.reasons ?? [];
    setText(verdict, this.#told === null ? "" : words.word("verdict", this.#told.verdict));
    setText(why, reason === undefined ? "" : this.#why(reason));
    if (this.#told !== null) said.push(words.word("verdict", this.#told.verdict));
    if (reason !== undefined) said.push(words.word("check.reason", reason));
    const label = said.join(", ");
    if (this.node.getAttribute("aria-label") !== label) this.node.setAttribute("aria-label", label);
  }

  /** The first reason of a check's verdict, as a tile has room for it. */
  #why(reason) {
    const brief = `tile.reason.${reason}`;
    return this.#words.has(brief) ? this.#words.t(brief) : this.#words.word("check.reason", reason);
  }

  #flag({ cut, blocked, standby }) {
    if (cut) return this.#words.t("tile.cut");
    if (blocked) return this.#words.t("tile.blocked");
    return standby ? this.#words.t("tile.standby") : "";
  }
}
