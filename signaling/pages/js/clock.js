/**
 * Clocks: the wall clock of the server, in Vietnam whatever the machine thinks, and conference
 * seconds, which messages carry and pages count on by themselves.
 */

const ZONE = "Asia/Ho_Chi_Minh";
const AGAIN_S = 600;
/** A machine whose own clock is off by more is told so. */
export const SKEW_S = 60;

/** Conference seconds: set by messages, counted on by the monotonic clock between them. */
export class ConferenceClock {
  #at_s = 0;
  #set_ms = performance.now();

  set(now_s) {
    this.#at_s = now_s;
    this.#set_ms = performance.now();
  }

  now_s() {
    return this.#at_s + (performance.now() - this.#set_ms) / 1000;
  }
}

/** The server's wall clock, from the Date of its HTTP answers (a second exact, which is shown). */
export class WallClock {
  /** Server minus this machine, ms; null until the server was heard. */
  offset_ms = null;
  #synced_ms = -Infinity;
  #format = new Intl.DateTimeFormat("vi-VN", {
    timeZone: ZONE,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  #day = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "2-digit", month: "2-digit" });

  /** Ask the server, unless it was asked in the last ten minutes. Without an answer nothing changes. */
  async sync() {
    if (performance.now() - this.#synced_ms < AGAIN_S * 1000) return;
    const asked = Date.now();
    let answer;
    try {
      answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
      // An answer that nobody reads to its end, even to none, is told as an aborted request.
      await answer.text();
    } catch {
      return; // The line is down; the caller asks again when it is back.
    }
    const told = Date.parse(answer.headers.get("Date") ?? "");
    if (Number.isNaN(told)) return;
    // The header is cut to whole seconds: half of one is the best guess of the rest.
    this.offset_ms = told + 500 - (asked + Date.now()) / 2;
    this.#synced_ms = performance.now();
  }

  /** Milliseconds since 1970 at the server. */
  now_ms() {
    return Date.now() + (this.offset_ms ?? 0);
  }

  /** `08:00:05`, +07:00. */
  text(at_ms = this.now_ms()) {
    return this.#format.format(at_ms);
  }

  /** `08:00`. */
  short(at_ms = this.now_ms()) {
    return this.text(at_ms).slice(0, 5);
  }

  /** `29/05`. */
  date(at_ms) {
    return this.#day.format(at_ms);
  }

  /** The time of day, `08:00`, at *at_s* of the conference. */
  of(at_s, clock) {
    return this.short(this.now_ms() - (clock.now_s() - at_s) * 1000);
  }
}

/**
 * Seconds used of a clock `{used_s, since_s}` of a snapshot; it stands when there is no `since_s`.
 * @param {{used_s?: number, since_s?: number} | undefined} clock
 */
export function used_s(clock, now_s) {
  if (clock === undefined) return 0;
  const running = clock.since_s === undefined ? 0 : Math.max(0, now_s - clock.since_s);
  return (clock.used_s ?? 0) + running;
}

/** `04:05`, or `1:04:05` from an hour on. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${two(minutes)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
