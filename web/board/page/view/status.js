/** Whether the figures are of now: a dot, a word, and the time of the last answer. */

import { clock, t } from "../data/texts.js";
import { part } from "./dom.js";

/** @param {import("../data/feed.js").Health} health @param {Date} at */
export function showStatus(health, at) {
  const words = part("status-words");
  part("status").dataset.state = health;
  const time = clock(at);
  const said = health === "live" ? `${t("board.live")} · ${t("board.updated", { time })}` : t(`board.${health}`, { time });
  if (words.textContent !== said) words.textContent = said;
  // A screen reader hears of a change for the worse, not of every answer.
  part("status").setAttribute("aria-live", health === "live" ? "off" : "polite");
}

/** @param {string | null} words */
export function showNote(words) {
  const note = part("note");
  note.hidden = words === null;
  note.textContent = words ?? "";
}
