/**
 * Agenda: what the pages say of it, made of the snapshot's `agenda`. Pure; times are arguments.
 */

const MINUTE_S = 60;

/** The items in their order: [{id, ...}], each as the snapshot has it. */
export function items(agenda) {
  return (agenda?.order ?? []).map((id) => ({ id, ...agenda.items[id] }));
}

/** The current item; null: none is. */
export function current(agenda) {
  const id = agenda?.current;
  return id === undefined ? null : { id, ...agenda.items[id] };
}

/** What comes next: the first item that is still planned; null: nothing. */
export function following(agenda) {
  return items(agenda).find((item) => item.status === "planned") ?? null;
}

/** Its place on paper, from 1, and of how many. */
export function place(agenda, id) {
  return { at: agenda.order.indexOf(id) + 1, of: agenda.order.length };
}

/** How long an item has been the current one, also before it was interrupted. */
export function had_s(item, now_s) {
  const running = item.status === "current" ? now_s - item.started_s : 0;
  return (item.took_s ?? 0) + running;
}

/**
 * How far behind the plan the session is, in seconds; negative: ahead. Null: it has not begun.
 *
 * As bridge/conference/agenda.py has it: what is over counts as planned, the current item with the
 * time it has had, up to what is planned.
 */
export function late_s({ agenda, opened_s }, now_s) {
  const item = current(agenda);
  if (opened_s === undefined || items(agenda).length === 0) return null;
  const share = item === null ? 0 : Math.min(item.minutes * MINUTE_S, had_s(item, now_s));
  return now_s - opened_s - (agenda.due_s ?? 0) - share;
}

/**
 * @param {?number} late  as `late_s` has it
 * @returns {?{word: "late"|"early"|"punctual", minutes: number}}  whole minutes; null: not begun
 */
export function lateness(late) {
  if (late === null) return null;
  const minutes = Math.floor(Math.abs(late) / MINUTE_S);
  const word = minutes === 0 ? "punctual" : late > 0 ? "late" : "early";
  return { word, minutes };
}

/** Who speaks in an item: `Ông Lò Văn Thành, Giám đốc Sở`; "" where nobody is named. */
export function person(item) {
  return [item?.speaker, item?.position].filter((part) => part !== undefined).join(", ");
}

/** Whom the present item puts before everybody: what is written below the name of *site*, if it is its. */
export function banner(agenda, site) {
  const item = current(agenda);
  const isTheirs = item?.site === site || (item?.kind === "centre" && site === "110");
  return isTheirs ? person(item) : "";
}

/** The groups of questions on the agenda, each once, in order. */
export function groups(agenda) {
  return [...new Set(items(agenda).flatMap((item) => item.group ?? []))];
}
