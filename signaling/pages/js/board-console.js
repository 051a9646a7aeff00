/**
 * Console: what desk and board have in common.  A session that receives and sends nothing, the words,
 * and the bar on top: which conference, which phase, how many are connected, the time, and whether
 * this page still hears the service.
 */

import { current, place } from "./agenda.js";
import { connected } from "./board-facts.js";
import { WallClock } from "./clock.js";
import { perFrame, setFacts, setText } from "./dom.js";
import { loadWords } from "./i18n.js";
import { Session, takeToken } from "./protocol.js";
import { Store } from "./store.js";

const TOKEN_REASONS = new Set([
  "token_invalid",
  "token_expired",
  "token_wrong_conference",
  "not_authorized",
]);

export class Console {
  wall = new WallClock();
  #shows = [];

  /** Load the words and make a session; `start` connects it. */
  static async open() {
    const words = await loadWords();
    words.fill(document);
    return new Console(words, takeToken());
  }

  constructor(words, token) {
    this.words = words;
    this.session = token === null ? null : new Session({ token, kind: "console" });
    this.store = this.session === null ? null : new Store(this.session);
    document.title = words.t(`${document.body.dataset.page}.heading`);
  }

  /**
   * Connect, and from then on call each of *shows* whenever something changed and once a second;
   * they compare, and touch only what is another now.  False: the link had no token, and the bar
   * says so.
   */
  start(shows) {
    this.#shows = shows;
    if (this.session === null) {
      this.#say("over", this.words.t("console.over.no_token"));
      return false;
    }
    const update = perFrame(() => this.#update());
    this.store.addEventListener("change", update);
    this.session.addEventListener("state", ({ detail }) => this.#sayState(detail));
    this.session.start();
    setInterval(() => {
      update();
      setText(document.getElementById("time"), this.wall.text());
    }, 1000);
    return true;
  }

  #update() {
    const { snapshot } = this.store;
    if (snapshot.sites === undefined) return;
    performance.mark("show");
    const { up, of } = connected(snapshot);
    setFacts(document.body, { phase: snapshot.phase, rev: this.store.rev });
    setText(document.getElementById("title"), this.#title(snapshot));
    setText(document.getElementById("phase"), this.#phase(snapshot));
    setText(document.getElementById("connected"), this.words.t("console.connected", { up, of }));
    for (const show of this.#shows) show();
    // For observers (the benchmark); nothing is kept, or a day's conference would fill the buffer.
    performance.measure("room110.show", "show");
    performance.clearMeasures("room110.show");
    performance.clearMarks("show");
  }

  /** What is being treated, else what the conference is called. */
  #title({ title, agenda }) {
    const item = current(agenda);
    return item === null ? title : this.words.t("agenda.at", { ...place(agenda, item.id), title: item.title });
  }

  /** The phase; of a lobby with its planned end, of a recess too. */
  #phase({ phase, programme, starts }) {
    const said = this.words.word("phase", phase);
    const until = programme.until ?? (phase === "lobby" ? starts : undefined);
    if (until === undefined) return said;
    const time = this.wall.short(Date.parse(until));
    return `${said} · ${phase === "lobby" ? time : this.words.t("slate.until", { time })}`;
  }

  #sayState({ state, reason }) {
    if (state === "up") void this.wall.sync();
    if (state !== "over") this.#say(state, this.words.t(`console.${state}`));
    else if (TOKEN_REASONS.has(reason)) this.#say(state, this.words.t("console.over.token"));
    else if (reason === "conference_over") this.#say(state, this.words.t("console.over.conference"));
    else this.#say(state, this.words.t("console.over.other", { reason }));
  }

  #say(state, text) {
    setFacts(document.body, { state });
    setText(document.getElementById("control"), text);
  }
}
