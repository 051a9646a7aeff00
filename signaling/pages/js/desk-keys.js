/**
 * Keys of the desk: F4 the next one, F8 end, F9 silence at once; F4 and F8 then want Enter.
 *
 * No letters: with the focus lost, typing "hà giang" would give the floor, and Telex types x, s, f, r
 * and j as tone marks.  Never F5, F11 or F12, which are the browser's.
 */

/** @param {import("./desk-actions.js").Actions} actions */
export function followKeys(actions) {
  const deeds = { F4: () => actions.next(), F8: () => actions.end(), F9: () => actions.silence() };
  document.addEventListener("keydown", (event) => {
    const deed = deeds[event.key];
    if (deed === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!event.repeat) void deed();
  });
}
