/** The large figures: what is open, overdue, suspended and dangerous now, what came in and what was cleared. */

import { count, date, t } from "../data/texts.js";
import { why } from "./define.js";
import { el, part } from "./dom.js";

/** @typedef {import("../data/types.js").Stats} Stats */

/** @param {Stats} stats */
export function showTiles(stats) {
  const { now, registered, cleared_in_period } = stats.total;
  const period = stats.period.name ?? "days";
  const always = t("board.now.of");
  const { from, to } = stats.period;
  const days = from === to ? date(from) : t("board.period.days", { first: date(from), last: date(to) });
  const tiles = [
    tile(t("now.open"), now.open, always, "now.open", "ink"),
    tile(t(`board.tile.cleared.${period}`), cleared_in_period, t("board.tile.cleared.note"), "count.cleared_in_period", "accent"),
    tile(t(`board.tile.registered.${period}`), registered, days, "count.registered", "ink"),
    tile(t("now.overdue"), now.overdue, always, "now.overdue", now.overdue ? "danger" : "calm"),
    tile(t("now.suspended"), now.suspended, always, "now.suspended", now.suspended ? "warn" : "calm"),
    tile(t("now.life_danger"), now.life_danger, always, "now.life_danger", now.life_danger ? "alarm" : "calm"),
  ];
  const place = part("tiles");
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.define : undefined;
  place.replaceChildren(...tiles);
  place.setAttribute("aria-busy", "false");
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[data-define="${focused}"]`))?.focus();
}

/**
 * @param {string} name @param {number} n @param {string} of @param {string} key @param {string} tone
 */
function tile(name, n, of, key, tone) {
  return el(
    "div",
    { class: `tile tile-${tone}`, "data-figure": key },
    el("h2", { class: "tile-name" }, name, "\u00a0", why(key)),
    el("p", { class: "tile-number" }, count(n)),
    el("p", { class: "tile-note" }, of),
  );
}
