/**
 * Notes: lines in writing between a site and the desk or the technicians. Pure.
 */

/** What is said most, ready to be sent: keys of words. */
export const FOR_SITES = Object.freeze([
  "phrase.mic_on",
  "phrase.quieter",
  "phrase.prepare",
  "phrase.camera",
  "phrase.heard",
]);
export const FROM_SITES = Object.freeze([
  "phrase.heard",
  "phrase.not_heard",
  "phrase.not_seen",
  "phrase.ready",
]);

/** As `note.send` takes it. */
export const MOST = 300;

/** One line without control characters, as the service takes it; "" when nothing is left. */
export function oneLine(text, most = MOST) {
  return text.replace(/\p{Cc}+/gu, " ").trim().slice(0, most);
}

/**
 * Who says a note to whom, for the reader.
 * @param {object} note  of the snapshot
 * @param {{words: import("./i18n.js").Words, name: (site: string) => string}} known
 * @returns {{from: string, to: string}}
 */
export function parties(note, { words, name }) {
  const here = { desk: "note.desk", technicians: "note.technicians" };
  const to = note.to in here ? words.t(here[note.to]) : name(note.to);
  const from = note.site === undefined ? words.t("note.room110", { by: note.by }) : name(note.site);
  return { from, to };
}
