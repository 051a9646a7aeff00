/**
 * Situation: which one sentence the page says. Pure.
 *
 * The first row that applies is the situation; its sentence is `site.say.<name>` (room 110:
 * `site.say110.<name>` where there is one). Rows stand in order of what a clerk must know first:
 * that the page is not connected, then what the conference wants of the room, then how it stands.
 *
 * @typedef {{
 *   control: "connecting" | "up" | "lost" | "over", reason: string, joined: boolean,
 *   media: "none" | "connecting" | "up" | "lost", mediaLate: boolean,
 *   device: "active" | "standby", centre: boolean, phase: string, floor: string, gate: boolean,
 *   blocked: boolean, cut: boolean, byPhone: boolean, kind: ?string, status: ?string,
 *   mic: "on" | "off" | "silent" | "none",
 * }} Facts
 */

/** name, tone, and when it applies. Tones: calm, wait, act (do something), live, bad. */
const ROWS = [
  ["no_token", "bad", (f) => f.control === "over" && f.reason === "no_token"],
  ["replaced", "bad", (f) => f.control === "over" && f.reason === "replaced"],
  ["next_conference", "bad", (f) => f.control === "over" && f.reason === "conference_over"],
  ["dropped", "bad", (f) => f.control === "over" && f.reason === "dropped"],
  ["locked", "bad", (f) => f.control === "over" && f.reason === "locked"],
  ["refused", "bad", (f) => f.control === "over"],
  ["connecting", "wait", (f) => !f.joined && f.control === "connecting"],
  ["unreachable", "bad", (f) => !f.joined],
  ["lost", "bad", (f) => f.control !== "up" && f.media !== "up"],
  ["control_lost", "wait", (f) => f.control !== "up"],
  ["standby", "wait", (f) => f.device === "standby"],
  ["media_lost", "wait", (f) => f.media !== "up" && f.mediaLate],

  ["closed", "calm", (f) => f.phase === "closed"],
  ["recess_held", "calm", (f) => f.phase === "recess" && f.floor === "held"],
  ["recess", "calm", (f) => f.phase === "recess"],
  ["lobby_no_mic", "act", (f) => f.phase === "lobby" && f.mic === "none"],
  ["lobby", "calm", (f) => f.phase === "lobby"],

  ["cut", "wait", (f) => f.cut],
  ["centre_blocked", "wait", (f) => f.centre && f.blocked],
  ["centre_no_mic", "act", (f) => f.centre && f.mic === "none"],
  ["centre_mic_off", "act", (f) => f.centre && f.mic === "off"],
  ["centre_silent", "act", (f) => f.centre && f.mic === "silent"],
  ["centre_shut", "wait", (f) => f.centre && !f.gate],
  ["centre_live", "live", (f) => f.centre],

  ["held", "wait", (f) => f.floor === "held"],
  ["by_phone", "live", (f) => f.floor === "speaking" && f.byPhone],
  ["speaking_blocked", "wait", (f) => f.floor === "speaking" && f.blocked],
  ["speaking_no_mic", "act", (f) => f.floor === "speaking" && f.mic === "none"],
  ["speaking_mic_off", "act", (f) => f.floor === "speaking" && f.mic === "off"],
  ["speaking_shut", "wait", (f) => f.floor === "speaking" && !f.gate],
  ["speaking_silent", "act", (f) => f.floor === "speaking" && f.mic === "silent"],
  ["speaking", "live", (f) => f.floor === "speaking"],

  ["next_no_mic", "act", (f) => f.floor === "next" && f.mic === "none"],
  ["next_mic_off", "act", (f) => f.floor === "next" && f.mic === "off"],
  ["next_silent", "act", (f) => f.floor === "next" && f.mic === "silent"],
  ["next_ready", "calm", (f) => f.floor === "next"],

  ["turn", "calm", (f) => f.floor === "requested" && f.kind === "agenda"],
  ["pending", "calm", (f) => f.floor === "requested" && f.status === "pending"],
  ["requested", "calm", (f) => f.floor === "requested"],
  ["idle_no_mic", "act", (f) => f.mic === "none"],
  ["idle_mic_on", "calm", (f) => f.mic !== "off"],
  ["idle", "calm", () => true],
];

/** Situations that invite the room, with a huge button, to open its microphone. */
export const INVITES = new Set(["speaking_mic_off", "next_mic_off", "centre_mic_off"]);

/** Situations in which a person may bring the page back, and what the button is called. */
export const AGAIN = Object.freeze({
  replaced: "site.take_seat",
  dropped: "site.come_back",
  locked: "site.try_again",
  refused: "site.try_again",
});

/** @param {Facts} facts  @returns {{name: string, tone: string}} */
export function situation(facts) {
  const [name, tone] = ROWS.find(([, , applies]) => applies(facts));
  return { name, tone };
}

/** Every situation there is, for the tests of the words. */
export const SITUATIONS = ROWS.map(([name]) => name);

/**
 * The three lamps, each a word of its own family, never mixed: what the room's microphone does,
 * whether the service lets its sound through, whether its picture is in the programme.
 * @param {Facts & {shown: boolean, camera: boolean}} facts
 */
export function lamps({ mic, gate, shown, camera, media, byPhone }) {
  const open = gate && media === "up";
  return {
    mic,
    heard: byPhone ? "phone" : !open ? "no" : mic === "on" || mic === "silent" ? "yes" : "waiting",
    seen: shown && camera && media === "up" ? "yes" : "no",
  };
}
