/**
 * Roll call: who is there, as people say it; a line is another fact. Pure.
 */

/** The marks a secretary gives, in order; not marked is none of these. */
export const MARKS = Object.freeze(["present", "late", "absent", "excused", "left"]);

/** Marks that need a reason. */
export const EXPLAINED = Object.freeze(new Set(["absent", "excused"]));

/**
 * The roll in seat order, room 110 left out: it is where the roll is called.
 * @returns {Array<{site: string, mark: ?string, head: string, title: string, count: ?number,
 *   reason: string, at_s: ?number}>}
 */
export function roll(state, seats) {
  return seats
    .filter((site) => site !== "110")
    .map((site) => {
      const { mark = null, head = "", title = "", count = null, reason = "", at_s = null } =
        state.rollcall.marks[site] ?? {};
      return { site, mark, head, title, count, reason, at_s };
    });
}

/** How many have each mark, and `none`: no mark yet. */
export function counts(rows) {
  const found = Object.fromEntries([...MARKS, "none"].map((mark) => [mark, 0]));
  for (const { mark } of rows) found[mark ?? "none"] += 1;
  return found;
}

/** How many persons sit in the rooms that said so. */
export function persons(rows) {
  return rows.reduce((sum, { count }) => sum + (count ?? 0), 0);
}

/** Persons in a room as somebody wrote it; null: not said. */
export function headcount(text) {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text) : null;
}
