/** Makes elements. Text only ever becomes a text node: nothing that came from a person is parsed as markup. */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. `class`, `on…` listeners and attributes come from `given`; true sets an empty attribute,
 * false and null leave it out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, any>} [given] @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Replaces all children. @param {Element} parent @param {...Child} children */
export function fill(parent, ...children) {
  parent.replaceChildren(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
}

/** Text that only screen readers get. @param {string} text */
export function spoken(text) {
  return el("span", { class: "spoken" }, text);
}
