/** The (?) beside a figure: says what it means, on a press. One note for all of them. */

import { t } from "../data/texts.js";
import { el, part } from "./dom.js";

/** Makes the button for a figure. @param {string} key of the figure's name */
export function why(key) {
  return el("button", { class: "why", type: "button", "data-define": key, popovertarget: "definition", "aria-label": t("board.definition", { name: t(key) }) }, "?");
}

/** Lets every such button open the note beside itself. */
export function startDefinitions() {
  const note = part("definition");
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-define]") : null;
    if (!(button instanceof HTMLElement)) return;
    const key = button.dataset.define ?? "";
    part("definition-name").textContent = t(key);
    part("definition-words").textContent = t(`${key}.definition`);
    place(note, button.getBoundingClientRect());
  });
  addEventListener("scroll", () => note.matches(":popover-open") && note.hidePopover(), { passive: true });
}

/** Puts the note under the button, or above it where there is no room below. @param {HTMLElement} note @param {DOMRect} at */
function place(note, at) {
  const wide = Math.min(22 * parseFloat(getComputedStyle(document.documentElement).fontSize), innerWidth - 24);
  note.style.width = `${wide}px`;
  note.style.left = `${Math.max(12, Math.min(at.left - 16, innerWidth - wide - 12))}px`;
  const below = at.bottom + 180 < innerHeight;
  note.style.top = below ? `${at.bottom + 8}px` : "auto";
  note.style.bottom = below ? "auto" : `${innerHeight - at.top + 8}px`;
}
