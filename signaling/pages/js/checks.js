/**
 * Checks: what a board says of line checks and of the walk. Pure.
 *
 * Verdicts, reasons and figures come from the service (bridge/check/verdict.py), each in its words;
 * here they are counted, compared and given their units.
 */

import { milliseconds, percent } from "./board-facts.js";

/** In a session the figures of the line come back to the tiles after so long. */
const NEWS_S = 300;
const BEFORE = new Set(["lobby", "recess"]);
const VERDICTS = Object.freeze(["pass", "watch", "fail"]);
const milli = (seconds) => milliseconds(seconds * 1000);
const mega = (bps) => `${(bps / 1e6).toFixed(1)} Mbit/s`;
const level = (dbov) => `${Math.round(dbov)} dBov`;

/** Figures that are numbers, in the order shown: with its unit, and what of it is another second's. */
const NUMBERS = Object.freeze({
  rtt_s: [milli, 0.01],
  loss_up: [percent, 0.005],
  loss_down: [percent, 0.005],
  jitter_up_s: [milli, 0.005],
  jitter_down_s: [milli, 0.005],
  up_bps: [mega, 300_000],
  down_bps: [mega, 300_000],
  spoken_dbov: [level, 6],
  noise_dbov: [level, 6],
  echo_db: [(db) => `${Math.round(db)} dB`, 3],
  frames_per_s: [(rate) => `${Math.round(rate)}/s`, 3],
});

/** What is shown of a check, in order. */
export const FIGURES = Object.freeze(["way", ...Object.keys(NUMBERS), "size", "played"]);

/** The last check of a site; null: there was none. */
export function resultOf(state, site) {
  return state.check?.results[site] ?? null;
}

/** The check that a tile tells instead of its line's figures: before the session always. */
export function toldOnTile(state, site, now_s) {
  const result = resultOf(state, site);
  if (result === null || BEFORE.has(state.phase)) return result;
  return now_s - result.at_s < NEWS_S ? result : null;
}

/** Whether a check may fill lines and be heard in the rooms now. */
export function mayBurst({ phase, rehearsal }) {
  return phase === "lobby" || (phase === "recess" && rehearsal === true);
}

/** Whose line could be checked now. */
export function checkable(state) {
  return Object.keys(state.sites).filter((site) => state.sites[site].link === "up");
}

/** @returns {{pass: number, watch: number, fail: number}} how many sites have which verdict */
export function tally(state) {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  for (const { verdict } of Object.values(state.check?.results ?? {})) {
    if (verdict in counts) counts[verdict] += 1;
  }
  return counts;
}

/** @returns {?{done: number, of: number}} of the round that runs; null: none does */
export function progress({ check }) {
  if (check?.round === undefined) return null;
  const { sites, left } = check.round;
  return { done: sites.length - left.length, of: sites.length };
}

/**
 * The figures of a check as text, "–" where nothing was measured.
 * @param {object} figures  @param {(key: string) => string} say  of the words `check.way.*`
 * @returns {Record<string, string>} by the names of FIGURES
 */
export function texts(figures, say) {
  const isKnown = (name) => (figures[name] ?? null) !== null;
  const told = { way: "–", size: "–", played: figures.played ?? "–" };
  if (isKnown("way")) {
    const family = { ipv4: "IPv4", ipv6: "IPv6" }[figures.family];
    told.way = [say(figures.way), family].filter(Boolean).join(", ");
  }
  if (isKnown("width")) told.size = `${figures.width}×${figures.height}`;
  for (const [name, [text]] of Object.entries(NUMBERS)) {
    told[name] = isKnown(name) ? text(figures[name]) : "–";
  }
  return told;
}

/**
 * What is another than at the check before.
 * @returns {{verdict: ?string, gone: string[], come: string[], figures: string[]}} *verdict*: the one
 *   before if it was another; *gone*, *come*: reasons; *figures*: names of those that moved
 */
export function changes(before, now) {
  const reasons = (result) => new Set(result.reasons);
  const moved = (name) => {
    const [old, fresh] = [before.figures[name] ?? null, now.figures[name] ?? null];
    if (old === null || fresh === null) return old !== fresh;
    return Math.abs(fresh - old) > NUMBERS[name][1];
  };
  return {
    verdict: before.verdict === now.verdict ? null : before.verdict,
    gone: before.reasons.filter((reason) => !reasons(now).has(reason)),
    come: now.reasons.filter((reason) => !reasons(before).has(reason)),
    figures: Object.keys(NUMBERS).filter(moved),
  };
}

/** Whether somebody walks now. */
export function walks({ walk }) {
  return walk !== undefined && walk !== null && walk.ended_s === undefined;
}

/** Whether nobody needs to go to a site any more. */
function isDone(visit) {
  return visit !== undefined && (visit.skipped || visit.sound !== undefined || visit.picture !== undefined);
}

/**
 * How far the walk is, of the sites that have a line or were judged, room 110 not counted.
 * @returns {{done: number, of: number}}
 */
export function walked(state) {
  const visits = state.walk?.visits ?? {};
  const counted = Object.keys(state.sites).filter(
    (site) => site !== "110" && (state.sites[site].link === "up" || isDone(visits[site])),
  );
  return { done: counted.filter((site) => isDone(visits[site])).length, of: counted.length };
}
