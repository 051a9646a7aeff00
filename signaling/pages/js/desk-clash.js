/**
 * Clash: what has changed since a person looked, in words. Pure.
 *
 * A command that was thought on an older state than the present one is refused as `stale`, with the
 * events that came between (bridge/conference/clash.py). Who is at the desk is told what they were,
 * and decides again.
 */

const SHOWN = 3;

/**
 * @param {Array<object>} changed  events in the words of the journal
 * @param {{words: import("./i18n.js").Words, name: (site: string) => string,
 *   siteOf: (request: number) => string | undefined, titleOf: (item: number) => string}} known
 * @returns {string} what happened, the newest last; "" when nobody says
 */
export function clashWords(changed, known) {
  const said = [...new Set((changed ?? []).map((event) => phrase(event, known)))];
  return said.slice(-SHOWN).join("; ");
}

function phrase(event, { words, name, siteOf, titleOf }) {
  const site = event.site ?? (event.request === undefined ? undefined : siteOf(event.request));
  const key = `change.${kind(event)}`;
  return words.t(words.has(key) ? key : "change.other", {
    name: site === undefined ? words.t("change.somebody") : name(site),
    title: event.item === undefined ? "" : titleOf(event.item),
    phase: event.to === undefined ? "" : String(event.to),
    who: event.to ?? "",
  });
}

/** The event's type; of those that can mean two things, which. */
function kind({ type, on, site, status, to }) {
  switch (type) {
    case "block_changed":
      return on ? "block_on" : "block_off";
    case "next_chosen":
    case "broadcast_chosen":
      return site === undefined || site === null ? `${type}_none` : type;
    case "request_ended":
      return `ended_${status}`;
    case "phase_changed":
      return `phase_${to}`;
    case "chair_passed":
      return to === undefined || to === null ? "chair_back" : "chair_passed";
    default:
      return type;
  }
}
