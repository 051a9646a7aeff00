/**
 * Desk view: what the chair's desk says, made of the snapshot and the lines.
 *
 * Pure: `now_s` is conference seconds and an argument; words are for the elements.
 */

/**
 * Who asks, in order: the queue, then those not yet taken into it.
 *
 * @returns {Array<{request: number, site: string, place: ?number, created_s: number, text: string,
 *   isNext: boolean}>} `place` counts from 1; null: not in the queue yet
 */
export function askers(state) {
  const queued = state.queue.map((request, index) => asker(state, request, index + 1));
  const pending = Object.entries(state.requests)
    .filter(([, asked]) => asked.status === "pending")
    .map(([request]) => asker(state, Number(request), null));
  return [...queued, ...pending];
}

function asker(state, request, place) {
  const asked = state.requests[request];
  return {
    request,
    site: asked.site,
    place,
    created_s: asked.created_s,
    text: asked.text ?? "",
    isNext: state.next === asked.site,
  };
}

/** Who has the floor, also while it is held. */
export function holders(state) {
  return Object.entries(state.requests)
    .filter(([, asked]) => asked.status === "granted")
    .map(([request, asked]) => ({
      request: Number(request),
      site: asked.site,
      limit_s: asked.limit_s ?? null,
      clock: asked.clock,
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
  if (state.next !== undefined) {
    return { act: "give", site: state.next, request: state.sites[state.next].request ?? null };
  }
  const taken = new Set(holders(state).map((holder) => holder.site));
  const head = askers(state).find((row) => row.place !== null && !taken.has(row.site));
  return head === undefined ? null : { act: "prepare", site: head.site, request: head.request };
}

/**
 * The command that gives a site the floor.
 *
 * Nobody is ever sent away by surprise: `replace` is only said when whoever pressed the button was
 * shown who speaks.  A clash with another desk then comes back as `floor_full`.
 */
export function giving(state, site, { replace }) {
  const on_full = replace ? "replace" : "reject";
  const request = state.sites[site].request;
  return request === undefined
    ? { type: "chair.call", site, on_full }
    : { type: "chair.grant", request, on_full };
}

/** Who has the floor when nobody can be given it beside them; one of them would have to end. */
export function inTheWay(state, site) {
  const present = holders(state).filter((holder) => holder.site !== site);
  return present.length < state.policy.max_floor_users ? [] : present;
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

/** F9: every site that is heard, or will be as soon as what holds it ends; room 110 first. */
export function toSilence(state) {
  const heard = Object.keys(state.sites).filter(
    (code) => code !== "110" && (state.sites[code].gate || holdsFloor(state.sites[code])),
  );
  return ["110", ...heard];
}

function holdsFloor(site) {
  return site.floor === "speaking" || site.floor === "held";
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
