/** The wall: nothing to press, and the view goes from the city through its districts by itself. */

import { t } from "../data/texts.js";
import { addressWith, wishes } from "../data/wishes.js";
import { part } from "./dom.js";

const EACH_MS = 20_000;
/** @type {number | undefined} */
let timer;

/** Begins or ends the wall as the address says. @param {() => string[]} areas whose turn it is after the city @param {(address: string) => void} go */
export function followWall(areas, go) {
  const on = Boolean(wishes().wall);
  document.body.toggleAttribute("data-wall", on);
  const link = /** @type {HTMLAnchorElement} */ (part("wall"));
  link.href = addressWith({ wall: on ? "" : "1" });
  link.textContent = t(on ? "board.wall.leave" : "board.wall");
  clearTimeout(timer);
  if (!on) return;
  timer = setTimeout(() => {
    const turn = ["", ...areas()];
    const next = turn[(turn.indexOf(wishes().area) + 1) % turn.length];
    go(addressWith({ area: next, level: next ? "street" : "district" }));
  }, EACH_MS);
}

/** Leaves the wall by the key that leaves everything. @param {(address: string) => void} go */
export function listenToEscape(go) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && wishes().wall) go(addressWith({ wall: "" }));
  });
}
