/**
 * Search: the sites a person may mean by a few letters.
 *
 * `79`, `hcm`, `ho chi minh` and `Hồ Chí Minh` all mean the same.  Accents fall away by NFD, but đ
 * is a letter of its own and does not decompose: it is mapped to d by hand.  Pure.
 */

/** `text` without accents, capitals and signs; words with one space between. */
export function fold(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("đ", "d")
    .replace(/[^a-z0-9]+/gu, " ")
    .trim();
}

/**
 * @param {Array<{code: string, name: string}>} sites in seat order
 * @param {string} text
 * @returns {Array<{code: string, name: string}>} best first; none when nothing was written
 */
export function find(sites, text) {
  const wanted = fold(text);
  if (wanted === "") return [];
  return sites
    .map((site, seat) => ({ site, seat, rank: rank(site, wanted) }))
    .filter((hit) => hit.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.seat - b.seat)
    .map((hit) => hit.site);
}

function rank(site, wanted) {
  const code = fold(site.code);
  if (code === wanted) return 0;
  const name = fold(site.name);
  const words = name.split(" ");
  if (name === wanted) return 1;
  if (name.startsWith(wanted)) return 2;
  if (code.startsWith(wanted)) return 3;
  if (words.some((_, first) => words.slice(first).join(" ").startsWith(wanted))) return 4;
  const squeezed = wanted.replaceAll(" ", "");
  const initials = words.map((word) => word[0]).join("");
  if (squeezed.length > 1 && initials.endsWith(squeezed)) return 5;
  if (squeezed.length > 1 && words.join("").includes(squeezed)) return 6;
  return Infinity;
}
