/**
 * Powers: what a person at a console may do now, so that buttons for others are not offered. Pure.
 *
 * The service's own table decides (bridge/conference/authority.py); this says the same in fewer words:
 *
 * - `floor`: give, take, interrupt, block, policy, phases, the course of the agenda
 * - `list`: put on the list and order it; `plan`: skip or defer what has not begun
 * - `paper`: the roll call, and words for the minutes
 * - `care`: what everybody sees, lock, and the sites as technicians handle them
 * - `slate`, `help`, `note`; `assume`: take the chair
 * - `walk`: go from site to site and talk with each, where nobody is in session
 */

const CHAIR = ["floor", "list", "plan", "paper", "care", "slate", "help", "note"];
const SECRETARY = ["list", "plan", "paper", "slate", "help", "note"];
const TECHNICIAN = ["care", "slate", "help", "note"];
const IN_THE_LOBBY = ["floor", "list", "plan"];
const WALKED = new Set(["lobby", "recess"]);

/** Whether this person acts by the chair's authority now. */
export function isChair({ user, roles }, { chair }) {
  return chair.deputy === undefined ? roles.includes("chair") : chair.deputy === user;
}

/** @returns {Set<string>} */
export function powers(you, state) {
  const found = new Set();
  const may = (deeds) => deeds.forEach((deed) => found.add(deed));
  if (isChair(you, state)) may(CHAIR);
  if (you.roles.includes("secretary")) may(SECRETARY);
  if (you.roles.includes("technician")) may(TECHNICIAN);
  if (you.roles.includes("technician") && state.phase === "lobby") may(IN_THE_LOBBY);
  if (WALKED.has(state.phase) && (isChair(you, state) || you.roles.includes("technician"))) may(["walk"]);
  if (you.roles.includes("deputy")) may(["note"]);
  if (mayAssume(you, state)) may(["assume"]);
  return found;
}

function mayAssume(you, state) {
  if (isChair(you, state)) return false;
  return you.roles.includes("chair") || you.roles.includes("deputy");
}

/**
 * How it stands with the chair, for whom it concerns.
 *
 * @returns {?{word: "away"|"deputy"|"watching", who: string, left_s: number,
 *   for_s: number}}  null: the chair is at a console, and this is one. *left_s*: until a deputy may
 *   take it; 0: now
 */
export function chairStands(you, state, now_s) {
  const { deputy, away_since_s } = state.chair;
  const who = deputy ?? "";
  if (away_since_s !== undefined) {
    const for_s = Math.max(0, now_s - away_since_s);
    const left_s = Math.max(0, Math.ceil(state.policy.chair_grace_s - for_s));
    return { word: "away", who, for_s, left_s };
  }
  if (isChair(you, state)) return null;
  if (deputy !== undefined) return { word: "deputy", who, for_s: 0, left_s: 0 };
  return you.roles.includes("deputy") ? { word: "watching", who, for_s: 0, left_s: 0 } : null;
}

/** To whom the chair can be given: persons at a console, but those who have it. */
export function successors(state) {
  return Object.entries(state.consoles)
    .filter(([user, roles]) => !isChair({ user, roles }, state))
    .filter(([, roles]) => roles.includes("chair") || roles.includes("deputy"))
    .map(([user, roles]) => ({ user, role: roles.includes("chair") ? "chair" : "deputy" }));
}
