/** What the pointer is over, said beside it. Our own, for the library's writes markup. */

import { part } from "../view/dom.js";

/** @param {any} view @param {(item: any) => string[] | null} words */
export function showTip(view, words) {
  const tip = part("tip");
  tip.hidden = true;
  view.addEventListener("mousemove", (/** @type {MouseEvent} */ event, /** @type {any} */ item) => {
    const said = words(item);
    tip.hidden = said === null;
    if (!said) return;
    tip.replaceChildren(
      ...said.map((line, i) => {
        const made = document.createElement(i ? "span" : "strong");
        made.textContent = line;
        return made;
      }),
    );
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - width - 8)}px`;
    tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`;
  });
  view.addEventListener("mouseout", () => {
    tip.hidden = true;
  });
}
