/**
 * Sheet: how the sites stand before a session, to be printed: GET /check/sheet of the service.
 *
 * A link cannot carry the token of this page, so that the sheet is fetched with it and opened as a
 * file of this browser.  That file lives under this page's policy, which takes no style written in a
 * document: it is taken out and given to the window as a style sheet of its own.
 */

import { delay } from "./dom.js";

const ADDRESS = "/api/v1/check/sheet?format=html";
const STYLE = /<style>([^]*?)<\/style>/;
const PATIENCE = 100;

/** @param {{session: object, words: object, say: (text: string) => void}} board */
export async function openSheet({ session, words, say }) {
  try {
    const answer = await session.fetch(ADDRESS);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const text = await answer.text();
    const style = STYLE.exec(text)?.[1] ?? "";
    const address = URL.createObjectURL(new Blob([text.replace(STYLE, "")], { type: "text/html" }));
    const page = window.open(address);
    if (page === null) say(words.t("board.sheet.blocked"));
    else await dress(page, address, style);
    URL.revokeObjectURL(address);
  } catch (error) {
    console.warn(`sheet: ${error.message}`);
    say(words.t("board.sheet.not"));
  }
}

/** Give the window its style once its document is there. */
async function dress(page, address, style) {
  for (let looks = 0; looks < PATIENCE && !page.closed; looks += 1) {
    if (page.location.href === address && page.document.readyState === "complete") {
      const sheet = new page.CSSStyleSheet();
      sheet.replaceSync(style);
      page.document.adoptedStyleSheets = [sheet];
      return;
    }
    await delay(0.05);
  }
}
