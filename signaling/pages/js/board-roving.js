/**
 * Roving: a grid of buttons as one tab stop, walked with the arrow keys, Home and End.
 *
 * The number of columns is read from the layout, since it is CSS that decides it.
 */

/** @param {HTMLElement} grid whose children are the buttons, row by row */
export function rove(grid) {
  grid.addEventListener("keydown", (event) => {
    const tiles = [...grid.children];
    const at = tiles.indexOf(event.target);
    if (at === -1 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = target(event.key, at, tiles);
    if (to === undefined) return;
    event.preventDefault();
    tiles[at].tabIndex = -1;
    tiles[to].tabIndex = 0;
    tiles[to].focus();
  });
  grid.addEventListener("focusin", (event) => {
    for (const tile of grid.children) tile.tabIndex = tile === event.target ? 0 : -1;
  });
}

function target(key, at, tiles) {
  const last = tiles.length - 1;
  const below = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
  const columns = below === -1 ? tiles.length : below;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns };
  if (key === "Home") return 0;
  if (key === "End") return last;
  return to[key] >= 0 && to[key] <= last ? to[key] : undefined;
}
