/**
 * Session: a connection to the service that comes back by itself (docs/protocol.md 1).
 *
 * It connects again after 0.2 to 2 s, with half as much again by chance so that 64 rooms do not
 * come back in the same instant, and sends unanswered commands once more under the same id, which
 * the service acts on once. It resumes from the revision it saw last. It gives up only where the
 * service says so.
 *
 * Events:
 * - `hello`    detail {message, fresh}: joined; *fresh* when the service is another than before
 *              (new `boot`), or this is the first time: media must be made anew.
 * - `message`  detail: every other message of the service, in order.
 * - `state`    detail {state, reason}: "connecting" | "up" | "lost" | "over".
 */

const SUBPROTOCOL = "room110.v1.json";
const BACKOFF_S = [0.2, 2];
/** The service answers in milliseconds; a line that is silent for so long is dead. */
const ANSWER_S = 6;
/** After "dropped" the site may come back, when a person wants it to. */
const OVER = new Set(["replaced", "dropped", "conference_over", "protocol_errors"]);
/** Errors of `hello` that another try would not change. */
const REFUSED = new Set([
  "token_invalid",
  "token_expired",
  "token_wrong_conference",
  "not_authorized",
  "unsupported_version",
  "locked",
]);
/** The service goes down with the command unanswered: the next connection sends it once more. */
const TRY_AGAIN = new Set(["room_closed"]);

/** The service said no; `code` is stable, the text is English for logs. */
export class Refused extends Error {
  constructor({ code, text, detail }) {
    super(text);
    this.code = code;
    this.detail = detail ?? {};
  }
}

/** The line broke before the answer of something that is not sent twice. */
export class Disconnected extends Error {}

/** An id no other command of this user has. */
export function newId() {
  return crypto.randomUUID();
}

/**
 * The token of the link that opened this page: from the fragment, which is taken out of the
 * address at once, else what this tab was opened with before. Null without either.
 */
export function takeToken() {
  const key = `room110.token.${location.pathname}`;
  const told = new URLSearchParams(location.hash.slice(1)).get("token");
  if (told) {
    sessionStorage.setItem(key, told);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return told ?? sessionStorage.getItem(key);
}

/** What this machine calls itself, the same each time: the service knows it from a second one. */
export function deviceName() {
  const key = "room110.device";
  const known = localStorage.getItem(key) ?? newId();
  localStorage.setItem(key, known);
  return known;
}

/** The WebSocket of the host this page came from. */
export function socketUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;
}

export class Session extends EventTarget {
  state = "connecting";
  /** Why the state is what it is: a bye reason or an error code; "" while all is well. */
  reason = "";
  /** The newest `hello.ok`; null before. */
  hello = null;

  #url;
  #token;
  #kind;
  #device;
  /** The revision that was seen last; null before the first. */
  #rev = null;
  /** Waits beside the site's active device, and must not take its place when it comes back. */
  #standby = false;
  #socket = null;
  #attempt = 0;
  #timer = 0;
  /** Of the media plane we know; null: media was made anew since, by whichever there is. */
  #boot = undefined;
  /** id -> {message, resolve, reject, again, deadline} */
  #unanswered = new Map();

  /**
   * @param {{token: string, kind: "room" | "console" | "wall", device?: string, url?: string}} options
   *   *device*: what the machine calls itself
   */
  constructor({ token, kind, device, url = socketUrl() }) {
    super();
    this.#url = url;
    this.#token = token;
    this.#kind = kind;
    this.#device = device;
    // A browser that lost its network says so long before the socket does.
    addEventListener("offline", () => this.#drop("offline"));
    addEventListener("online", () => this.#connectSoon(0));
  }

  /**
   * Connect, also after the session was over (a person took the seat back). Without a token it is
   * over at once, for the reason "no_token".
   */
  start() {
    if (this.#token === "") {
      this.#end("no_token");
      return;
    }
    this.#attempt = 0;
    this.#setState("connecting", "");
    this.#connect();
  }

  /** What the service answers at *path* to whom this page is for: a link could not carry the token. */
  fetch(path) {
    return fetch(path, { headers: { Authorization: `Bearer ${this.#token}` }, cache: "no-store" });
  }

  /** Say goodbye: the room's device is down at once, not lost. */
  stop() {
    this.#send({ type: "bye" });
    this.#end("stopped");
  }

  /**
   * A command; *fields* without `type` and `id`. Sent until answered, through any number of
   * connections. Resolves to the `ok`; rejects with Refused, or Disconnected when it is over.
   */
  command(type, fields = {}) {
    return this.#ask({ type, id: newId(), ...fields }, true);
  }

  /**
   * `media.offer`: resolves to the SDP of the answer. Not sent again: an offer dies with its line.
   * @param {{restart?: boolean}} [options]  *restart*: ICE of the session that is there begins anew
   */
  async offer(sdp, slots, options = {}) {
    return (await this.#ask({ type: "media.offer", id: newId(), sdp, slots, ...options }, false)).sdp;
  }

  /** Something perishable without an answer: sent now or never. */
  tell(type, fields = {}) {
    if (this.state === "up") this.#send({ type, ...fields });
  }

  #ask(message, again) {
    return new Promise((resolve, reject) => {
      if (this.state === "over" || (!again && this.state !== "up")) {
        reject(new Disconnected(this.reason || this.state));
        return;
      }
      this.#unanswered.set(message.id, { message, again, resolve, reject, timer: 0 });
      if (this.state === "up") this.#sendAsked(message.id);
    });
  }

  #sendAsked(id) {
    const asked = this.#unanswered.get(id);
    clearTimeout(asked.timer);
    asked.timer = setTimeout(() => this.#drop("silent"), ANSWER_S * 1000);
    this.#send(asked.message);
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#socket !== null) return;
    const socket = new WebSocket(this.#url, SUBPROTOCOL);
    this.#socket = socket;
    const mine = () => this.#socket === socket;
    let said = "";
    const deadline = setTimeout(() => mine() && this.#drop("silent"), ANSWER_S * 1000);
    socket.onopen = () => {
      const hello = { type: "hello", id: newId(), v: 1, token: this.#token, kind: this.#kind };
      if (this.#device !== undefined) hello.device = this.#device;
      if (this.#standby) hello.standby = true;
      if (this.#rev !== null) hello.resume = { rev: this.#rev };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = ({ data }) => {
      if (!mine()) return;
      const message = JSON.parse(data);
      if (message.type === "hello.ok") {
        clearTimeout(deadline);
        this.#onJoined(message);
      } else if (message.type === "bye") said ||= message.reason;
      else if (message.type === "error" && this.state !== "up") said = message.code;
      else this.#onMessage(message);
    };
    socket.onclose = () => {
      clearTimeout(deadline);
      if (!mine()) return;
      this.#socket = null;
      if (OVER.has(said) || REFUSED.has(said)) this.#end(said);
      else this.#onLost(said || "lost");
    };
  }

  #onJoined(message) {
    const fresh = this.#boot !== null && this.#boot !== message.boot;
    this.#boot = message.boot;
    this.#rev = (message.missed ?? message.snapshot).rev;
    this.#standby = false;
    this.#attempt = 0;
    this.hello = message;
    this.#setState("up", "");
    this.dispatchEvent(new CustomEvent("hello", { detail: { message, fresh } }));
    for (const id of [...this.#unanswered.keys()]) this.#sendAsked(id);
  }

  #onMessage(message) {
    // Media is made anew now with another media plane: the next boot is its.
    if (message.type === "media.reset" && message.reason === "worker_lost") this.#boot = null;
    if (message.type === "change") this.#rev = message.rev;
    if (message.type === "device") this.#standby = message.role === "standby";
    const asked = "re" in message ? this.#unanswered.get(message.re) : undefined;
    if (asked === undefined) {
      if (message.type === "error") console.warn(`refused: ${message.code}: ${message.text}`);
      this.dispatchEvent(new CustomEvent("message", { detail: message }));
      return;
    }
    clearTimeout(asked.timer);
    if (message.type !== "error") asked.resolve(message);
    else if (TRY_AGAIN.has(message.code)) return;
    else asked.reject(new Refused(message));
    this.#unanswered.delete(message.re);
  }

  /** Give a socket up that says nothing any more. */
  #drop(reason) {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    socket.close();
    this.#onLost(reason);
  }

  #onLost(reason) {
    for (const [id, asked] of this.#unanswered) {
      clearTimeout(asked.timer);
      if (asked.again) continue;
      this.#unanswered.delete(id);
      asked.reject(new Disconnected(reason));
    }
    this.#setState("lost", reason);
    const least = Math.min(BACKOFF_S[1], BACKOFF_S[0] * 2 ** Math.min(this.#attempt, 8));
    this.#attempt += 1;
    this.#connectSoon(least * (1 + Math.random() / 2));
  }

  #connectSoon(seconds) {
    if (this.state !== "lost") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), seconds * 1000);
  }

  #end(reason) {
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
    for (const asked of this.#unanswered.values()) {
      clearTimeout(asked.timer);
      asked.reject(new Disconnected(reason));
    }
    this.#unanswered.clear();
    this.#setState("over", reason);
  }

  #setState(state, reason) {
    if (this.state === state && this.reason === reason) return;
    this.state = state;
    this.reason = reason;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, reason } }));
  }
}
