/**
 * Desk view: what the chair's desk says, made of the snapshot and the lines.
 *
 * Pure: `now_s` is conference seconds and an argument; words are for the elements.
 */

/**
 * Who asks, in order: who is told to be next without having asked, the queue, then those not yet
 * taken into it.
 *
 * @returns {Array<{request: ?number, site: string, place: ?number, created_s: ?number, text: string,
 *   kind: string, floors: string[], respond: boolean, priority: number, group: string,
 *   item: ?number, limit_s: ?number, continues: boolean, isNext: boolean}>} `place` counts from 1;
 *   null: not in the queue. `request` null: next, and has not asked
 */
export function askers(state) {
  const queued = state.queue.map((request, index) => asker(state, request, index + 1));
  const pending = Object.entries(state.requests)
    .filter(([, asked]) => asked.status === "pending")
    .map(([request]) => asker(state, Number(request), null));
  const rows = [...queued, ...pending];
  const { next } = state;
  const isThere = next === undefined || rows.some((row) => row.site === next && speaks(row));
  return isThere ? rows : [unasked(next), ...rows];
}

const speaks = ({ floors }) => floors.includes("speech");

function asker(state, request, place) {
  const asked = state.requests[request];
  return {
    request,
    site: asked.site,
    place,
    created_s: asked.created_s,
    text: asked.text ?? "",
    kind: asked.kind,
    floors: asked.floors,
    respond: asked.respond === true,
    priority: asked.priority,
    group: asked.group ?? "",
    item: asked.item ?? null,
    limit_s: asked.limit_s ?? null,
    continues: asked.continues !== undefined,
    isNext: state.next === asked.site && speaks(asked),
  };
}

function unasked(site) {
  const asked = { kind: "call", floors: ["speech"], respond: false, priority: NORMAL };
  const nothing = { request: null, place: null, created_s: null, item: null, limit_s: null };
  return { ...asked, ...nothing, site, text: "", group: "", continues: false, isNext: true };
}

/** Of RFC 8855: more is put forward by chair or secretary. */
export const NORMAL = 2;

/** Who has the speech floor, also while it is held; oldest first. */
export function holders(state) {
  return granted(state).filter(speaks);
}

/** Who has the floor for slides or a film; null: nobody. */
export function shower(state) {
  return granted(state).find(({ floors }) => floors.includes("content")) ?? null;
}

function granted(state) {
  return Object.entries(state.requests)
    .filter(([, asked]) => asked.status === "granted")
    .sort(([, a], [, b]) => a.granted_s - b.granted_s)
    .map(([request, asked]) => ({
      request: Number(request),
      site: asked.site,
      floors: asked.floors,
      item: asked.item ?? null,
      limit_s: asked.limit_s ?? null,
      clock: asked.clock,
      started: asked.started === true,
      warned: asked.warned === true,
      over: asked.over === true,
      via: asked.via,
      holds: Object.keys(asked.holds ?? {}),
    }));
}

/**
 * What F4 proposes: whoever is prepared is given the floor; nobody is, the head of the queue is
 * told to prepare.  Null: nobody asks.
 *
 * @returns {?{act: "give"|"prepare", site: string, request: ?number}}
 */
export function nextStep(state) {
  const asking = askers(state).filter(speaks);
  if (state.next !== undefined) {
    const row = asking.find((asked) => asked.isNext);
    return { act: "give", site: state.next, request: row.request };
  }
  const taken = new Set(holders(state).map((holder) => holder.site));
  const head = asking.find((row) => row.place !== null && !taken.has(row.site));
  return head === undefined ? null : { act: "prepare", site: head.site, request: head.request };
}

/**
 * The command that gives a site a floor: the request it has made, or a call.
 *
 * Nobody is ever sent away by surprise: `replace` is only said when whoever pressed the button was
 * shown who speaks.
 */
export function giving(site, { request, replace, via = "line" }) {
  const on_full = replace ? "replace" : "reject";
  if (request !== null && via === "line") return { type: "chair.grant", request, on_full };
  return { type: "chair.call", site, on_full, ...(via === "line" ? {} : { via }) };
}

/** What a site asks, or null: its request to speak, before those for slides alone. */
export function requestOf(state, site) {
  const asked = askers(state).filter((row) => row.site === site && row.request !== null);
  return (asked.find(speaks) ?? asked[0])?.request ?? null;
}

/**
 * Who would have to end for *site* to be given these floors: the oldest, as many as there are too
 * many.
 */
export function inTheWay(state, site, floors = ["speech"]) {
  const ending = new Map();
  for (const floor of floors) {
    const present = granted(state).filter((h) => h.site !== site && h.floors.includes(floor));
    const most = floor === "speech" ? state.policy.max_floor_users : 1;
    const excess = Math.max(0, present.length + 1 - most);
    for (const holder of present.slice(0, excess)) ending.set(holder.request, holder);
  }
  return [...ending.values()];
}

/** Whether a site may speak beside room 110 at all. */
export function chairOnly(state) {
  return state.policy.max_floor_users === 0;
}

/**
 * Room 110's own microphone: `live` when it may be heard (also when nobody knows whether it is
 * on), `armed` when the gate is open and the microphone is off, `shut` when nobody hears it.
 */
export function centreLamp(state, lines) {
  const centre = state.sites["110"];
  if (!centre.gate) return "shut";
  const mic = lines["110"]?.mic;
  return mic === "off" || mic === "none" ? "armed" : "live";
}

/**
 * The phase buttons that mean something now, in the order of the desk.
 *
 * @returns {Array<{to: string, key: string, asks: string[], effect: string}>} `asks`: the questions
 *   it asks before it acts
 */
export function phaseSteps(state, now_s) {
  switch (state.phase) {
    case "lobby":
      return [OPEN, CLOSE];
    case "open":
      return [RECESS, CLOSE];
    case "recess":
      return [RESUME, CLOSE];
    default:
      return now_s - state.phase_since_s <= state.policy.reopen_within_s ? [REOPEN] : [];
  }
}

const OPEN = Object.freeze({
  to: "open",
  key: "desk.phase.open",
  asks: ["desk.phase.open.ask"],
  effect: "desk.phase.open.effect",
});
const RESUME = Object.freeze({
  to: "open",
  key: "desk.phase.resume",
  asks: ["desk.phase.resume.ask"],
  effect: "desk.phase.resume.effect",
});
const REOPEN = Object.freeze({
  to: "open",
  key: "desk.phase.reopen",
  asks: ["desk.phase.reopen.ask"],
  effect: "desk.phase.reopen.effect",
});
const RECESS = Object.freeze({ to: "recess", key: "desk.phase.recess", asks: [], effect: "" });
const CLOSE = Object.freeze({
  to: "closed",
  key: "desk.phase.close",
  asks: ["desk.phase.close.ask", "desk.phase.close.ask.again"],
  effect: "desk.phase.close.effect",
});
