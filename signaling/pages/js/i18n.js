/**
 * Words: what the page says, from vi.json or en.json (flat keys, the same in both).
 *
 * Code names keys, never sentences. `word("line", "good")` is the key `line.good`: the words of the
 * protocol have one translation each, in one place.
 */

const LANGUAGES = ["vi", "en"];
const NAMES = { vi: "Tiếng Việt", en: "English" };

export class Words {
  /** @param {string} lang  @param {Record<string, string>} table */
  constructor(lang, table) {
    this.lang = lang;
    this.table = table;
  }

  /**
   * The text of *key*, with `{name}` replaced by `values.name`.
   * A key that is missing is shown as it is: wrong, but the page goes on.
   * @param {string} key  @param {Record<string, unknown>} [values]
   */
  t(key, values = {}) {
    const text = this.table[key];
    if (text === undefined) {
      console.error(`no words for ${key}`);
      return key;
    }
    return text.replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? String(values[name]) : whole,
    );
  }

  /** Whether there are words for *key*. */
  has(key) {
    return key in this.table;
  }

  /** The word of the protocol *word* in its family: `line good` -> `Tốt`. */
  word(family, word) {
    return this.t(`${family}.${word}`);
  }

  /** What a person is told about an error code of the service. */
  error(code) {
    return this.t(this.has(`error.${code}`) ? `error.${code}` : "error.other", { code });
  }

  /** Make *link* lead to this page in the other language. */
  offerOther(link) {
    const other = LANGUAGES.find((lang) => lang !== this.lang);
    link.textContent = NAMES[other];
    link.href = `?lang=${other}`;
    link.hreflang = link.lang = other;
  }

  /** Fill `data-t` (text) and `data-t-label` (aria-label) of *root* and everything in it. */
  fill(root) {
    for (const node of root.querySelectorAll("[data-t]")) {
      node.textContent = this.t(node.dataset.t);
    }
    for (const node of root.querySelectorAll("[data-t-label]")) {
      node.setAttribute("aria-label", this.t(node.dataset.tLabel));
    }
  }
}

/**
 * The words in the language of `?lang=` (vi unless asked), with <html lang> set to it.
 * @returns {Promise<Words>}
 */
export async function loadWords(search = location.search) {
  const asked = new URLSearchParams(search).get("lang") ?? "";
  const lang = LANGUAGES.includes(asked) ? asked : LANGUAGES[0];
  const answer = await fetch(`/pages/${lang}.json`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${lang}.json: HTTP ${answer.status}`);
  document.documentElement.lang = lang;
  return new Words(lang, await answer.json());
}
