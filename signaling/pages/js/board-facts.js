/**
 * Facts: what a tile says about a site, for the board and for the desk's gallery.
 *
 * Line, microphone and floor are three facts and stay three words (practice.md A9).  The words and
 * numbers are those of `room110 status`; so is the order of bad lines.  Pure: no page, no clock.
 */

/** Worst first; a word this page is too old to know comes before all of them. */
const WORST_FIRST = [
  "lost",
  "no_sound",
  "no_picture",
  "weak",
  "absent",
  "checking",
  "ready",
  "good",
  "excused",
];

const SOUND = new Set(["checking", "ready", "good", "excused"]);

const MUTE = new Set(["off", "silent", "none"]);

/** What is known of a site before the service has said anything. */
const UNKNOWN = Object.freeze({ line: "absent", mic: "unknown" });

/** Quietest level a bar shows; below it is a room's noise. */
const FLOOR_DBOV = -60;

/**
 * @param {object} state the snapshot of a desk audience
 * @param {Object<string, object>} lines the last `lines` object of each site
 * @param {string} code
 * @returns {{code: string, name: string, title: string, line: string,
 *   since_s: ?number, mic: string, floor: string, blocked: boolean, cut: boolean, gate: boolean,
 *   help: ?string, standby: boolean, up: boolean, control: string, rtt_ms: ?number, loss_up: ?number, loss_down: ?number,
 *   level: ?number}} the numbers are null where there is no line to measure
 */
export function factsOf(state, lines, code) {
  const site = state.sites[code];
  const seen = lines[code] ?? UNKNOWN;
  const up = site.link === "up";
  const figure = (name) => (up && typeof seen[name] === "number" ? seen[name] : null);
  return {
    code,
    name: site.name ?? site.title,
    title: site.title,
    line: seen.line,
    since_s: seen.line_since_s ?? null,
    mic: seen.mic,
    floor: site.floor,
    blocked: site.blocked === true,
    cut: site.cut === true,
    standby: site.standby === true,
    gate: site.gate === true,
    help: site.help ?? null,
    up,
    control: seen.control ?? "up",
    rtt_ms: figure("rtt_ms"),
    loss_up: figure("loss_up"),
    loss_down: figure("loss_down"),
    level: figure("level_dbov"),
  };
}

/** Whether who has the floor cannot be heard because of the room itself. */
export function speaksUnheard(facts) {
  return facts.up && facts.floor === "speaking" && MUTE.has(facts.mic);
}

/**
 * What is wrong, worst first, then longest first: `help` somebody waits for, speakers whose
 * microphone is shut, who was cut, lines, rooms that carry media but no longer hear commands.
 *
 * @param {Array<ReturnType<typeof factsOf>>} all
 * @returns {Array<{facts: ReturnType<typeof factsOf>, kind: "help"|"cut"|"line"|"mic"|"control"}>} a
 *   site stands here once, with the worst it has
 */
export function troubles(all) {
  return all
    .map((facts) => ({ facts, ...troubleOf(facts) }))
    .filter((trouble) => trouble.kind !== undefined)
    .sort((a, b) => a.rank - b.rank || (a.facts.since_s ?? 0) - (b.facts.since_s ?? 0))
    .map(({ facts, kind }) => ({ facts, kind }));
}

function troubleOf(facts) {
  if (facts.help === "raised") return { kind: "help", rank: -3 };
  if (speaksUnheard(facts)) return { kind: "mic", rank: -2 };
  if (facts.cut) return { kind: "cut", rank: -1 };
  if (!SOUND.has(facts.line)) return { kind: "line", rank: WORST_FIRST.indexOf(facts.line) };
  if (facts.up && facts.control === "lost") return { kind: "control", rank: WORST_FIRST.length };
  return {};
}

/** How many provincial sites are connected, of how many. */
export function connected(state) {
  const codes = Object.keys(state.sites).filter((code) => code !== "110");
  return { up: codes.filter((code) => state.sites[code].link === "up").length, of: codes.length };
}

/** The codes in seat order: as the roster has them, room 110 last. */
export function seats(state) {
  // JSON objects put keys that look like integers first and in order of their size; "01" does not
  // look like one, "10" and "110" do.
  return Object.keys(state.sites).sort(bySeat);
}

function bySeat(a, b) {
  return (a === "110") - (b === "110") || (a < b ? -1 : 1);
}

/** Loudness as 0 to 1 in steps of 1/20, so that breath does not repaint 64 bars. */
export function loudness(level) {
  if (level === null) return 0;
  const share = 1 - level / FLOOR_DBOV;
  return Math.round(Math.min(1, Math.max(0, share)) * 20) / 20;
}

/** Fraction as the operator's terminal prints it: `1.2%`. */
export function percent(fraction) {
  return fraction === null ? "–" : `${(fraction * 100).toFixed(1)}%`;
}

/** Milliseconds as the operator's terminal prints them. */
export function milliseconds(ms) {
  return ms === null ? "–" : `${ms.toFixed(0)} ms`;
}
