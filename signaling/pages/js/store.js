/**
 * Store: what the service has told this page, kept up to date.
 *
 * It follows a Session and dispatches one `change` per message, with
 * `detail = {what, events}`: *what* is the type of the message ("hello", "change", "stage", "lines",
 * "media.set", "media.want", "device", "unheard"), *events* what happened in words of the journal (of "change",
 * and of a "hello" that tells what was missed).
 */

import { ConferenceClock } from "./clock.js";

/**
 * RFC 7396: *target* with *patch*. Neither is changed; what is not patched is shared.
 * @returns {any}
 */
export function merge(target, patch) {
  const merged = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else if (typeof value === "object" && !Array.isArray(value)) {
      const old = merged[name];
      const whole = typeof old === "object" && old !== null && !Array.isArray(old);
      merged[name] = merge(whole ? old : {}, value);
    } else merged[name] = value;
  }
  return merged;
}

export class Store extends EventTarget {
  /** The conference as this audience sees it; empty before the first hello. */
  snapshot = {};
  rev = 0;
  /** `hello.ok.you` of the newest connection. */
  you = null;
  /** slot -> site: who stands in it now. */
  stage = {};
  /** site -> facts of its line (consoles only). */
  lines = {};
  /** `media.set`: what the service wishes of the microphone, and whether the room is heard. */
  mic = { mic: "mute", on_air: false };
  /** Of the site's two room devices this one is "active", or "standby" and waits. */
  device = "active";
  /** Why nobody hears this room though it speaks; null: it is heard, or does not speak. */
  unheard = null;
  clock = new ConferenceClock();

  /** @param {import("./protocol.js").Session} session */
  constructor(session) {
    super();
    session.addEventListener("hello", ({ detail }) => this.#onHello(detail));
    session.addEventListener("message", ({ detail }) => this.#onMessage(detail));
  }

  /** Name of a site, and its title; the code while nothing is known. */
  name(site) {
    return this.snapshot.sites?.[site]?.name ?? this.snapshot.sites?.[site]?.title ?? site;
  }

  title(site) {
    return this.snapshot.sites?.[site]?.title ?? site;
  }

  /** The whole conference, or what was missed of the one that is known. */
  #onHello({ message }) {
    const { snapshot, missed } = message;
    this.snapshot = missed === undefined ? snapshot : merge(this.snapshot, missed.set);
    this.rev = (missed ?? snapshot).rev;
    this.you = message.you;
    // Said anew after each hello; what an older connection said is no longer true.
    this.stage = {};
    this.lines = {};
    this.mic = { mic: "mute", on_air: false };
    this.device = "active";
    this.unheard = null;
    this.clock.set(message.now);
    this.#tell("hello", missed?.events);
  }

  #onMessage(message) {
    switch (message.type) {
      case "change":
        this.snapshot = merge(this.snapshot, message.set);
        this.rev = message.rev;
        this.clock.set(message.now);
        break;
      case "stage":
        this.stage = message.slots;
        break;
      case "lines":
        this.lines = { ...this.lines, ...message.sites };
        break;
      case "media.set":
        this.mic = { mic: message.mic, on_air: message.on_air };
        break;
      case "device":
        this.device = message.role;
        break;
      case "unheard":
        this.unheard = message.reason;
        break;
      case "media.want":
        break;
      default:
        return;
    }
    this.#tell(message.type, message.events);
  }

  #tell(what, events = []) {
    this.dispatchEvent(new CustomEvent("change", { detail: { what, events } }));
  }
}
