/**
 * Slate: what stands on the screen instead of the stage, as lines. Pure; `now_ms` is an argument.
 *
 * What was written for a slate stands in place of its own sentence, and until when it stands below
 * it. The lobby counts down to the beginning of the conference, which everybody may be told. While
 * people wait, before it and in a recess, they read how many are here.
 */

const MINUTE_MS = 60_000;
const HOUR_MIN = 60;
const DAY_MS = 24 * HOUR_MIN * MINUTE_MS;
const ZONE_MS = 7 * HOUR_MIN * MINUTE_MS;
/** Further away than that, the day is said too. */
const FAR_MS = 12 * HOUR_MIN * MINUTE_MS;

/**
 * @param {{programme: object, starts?: string, connected?: {up: number, of: number}}} snapshot
 * @param {import("./i18n.js").Words} words
 * @param {{now_ms: number, text: (at_ms: number) => string, date: (at_ms: number) => string}} time
 *   `text` gives 08:00, `date` 29/05
 * @returns {{main: string, below: string}}  `below` may be ""
 */
export function slateLines({ programme, starts, connected }, words, time) {
  const { slate, text, until } = programme;
  const main = text ?? words.word("slate", slate);
  const isLobby = slate === "lobby";
  const at_ms = Date.parse(until ?? (isLobby ? (starts ?? "") : ""));
  const below = Number.isNaN(at_ms) ? [] : [when(at_ms, isLobby, words, time)];
  if (connected && connected.of > 0) below.push(words.t("slate.connected", connected));
  return { main, below: below.join(" · ") };
}

function when(at_ms, isLobby, words, time) {
  const at = time.text(at_ms);
  if (!isLobby) return words.t("slate.until", { time: at });
  const left_ms = at_ms - time.now_ms;
  if (left_ms > FAR_MS) return words.t("slate.starts_on", { time: at, date: time.date(at_ms) });
  if (left_ms <= 0) return words.t("slate.starts", { time: at });
  return words.t("slate.starts_in", { time: at, left: span(left_ms, words) });
}

/** `24 phút`, `2 giờ 05 phút`; what is left of a minute is one. */
function span(left_ms, words) {
  const all = Math.ceil(left_ms / MINUTE_MS);
  const [hours, minutes] = [Math.floor(all / HOUR_MIN), all % HOUR_MIN];
  if (hours === 0) return words.t("time.minutes", { minutes });
  return words.t("time.hours", { hours, minutes: String(minutes).padStart(2, "0") });
}

/** A time of day as people write it: 09:45, 9h45. (Not `type=time`, which is AM and PM on many machines.) */
export const CLOCK = "([01]?[0-9]|2[0-3])[:h]([0-5][0-9])";

/**
 * The time of day *clock* in Vietnam as a moment (ISO 8601): of today, or of tomorrow when it is long
 * past. Null: it is none.
 */
export function momentOf(clock, now_ms) {
  const match = new RegExp(`^${CLOCK}$`).exec(clock.trim());
  if (match === null) return null;
  const [hours, minutes] = match.slice(1).map(Number);
  const here_ms = now_ms + ZONE_MS;
  let at_ms = Math.floor(here_ms / DAY_MS) * DAY_MS + (hours * HOUR_MIN + minutes) * MINUTE_MS;
  if (at_ms + FAR_MS < here_ms) at_ms += DAY_MS;
  return `${new Date(at_ms).toISOString().slice(0, 16)}+07:00`;
}
