/**
 * Small tools for elements. Nothing here parses HTML: the pages run under trusted types.
 */

/**
 * An element. Of *props*: `class`, `data` (an object), `on` (event -> listener) and `text` are what
 * they say; `aria-*`, `role`, `for` and the like are attributes; all else are properties.
 * Children that are null or false are left out.
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") {
      for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    } else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== false));
  return node;
}

/** Set text only when it differs: an unchanged live region stays silent. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set `data-*` facts; null takes one away. Only what differs is written. */
export function setFacts(node, facts) {
  for (const [name, value] of Object.entries(facts)) {
    if (value === null || value === undefined) delete node.dataset[name];
    else if (node.dataset[name] !== String(value)) node.dataset[name] = String(value);
  }
}

/** Say of a button that it cannot be pressed now, or that it can; held it keeps its focus. */
export function setHeld(button, held) {
  const said = String(held);
  if (button.getAttribute("aria-disabled") !== said) button.setAttribute("aria-disabled", said);
}

export function isHeld(button) {
  return button.getAttribute("aria-disabled") === "true";
}

/**
 * *work*, at most once per frame however often it is called; in a hidden window, which has no
 * frames, within a quarter of a second.
 */
export function perFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    const run = () => {
      asked = false;
      work();
    };
    if (document.hidden) setTimeout(run, 250);
    else requestAnimationFrame(run);
  };
}

/** A one-shot promise of *seconds*. */
export function delay(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/**
 * Says things to a screen reader: one polite and one assertive region, made on first use.
 * @param {{urgent?: boolean}} [options]
 */
export function announce(text, { urgent = false } = {}) {
  const politeness = urgent ? "assertive" : "polite";
  let region = document.getElementById(`announce-${politeness}`);
  if (region === null) {
    region = h("div", { id: `announce-${politeness}`, class: "sr-only", "aria-live": politeness });
    document.body.append(region);
  }
  region.textContent = "";
  // A reader notices only a region that was empty before.
  setTimeout(() => setText(region, text), 150);
}
