/** Which figures there are, by address in an answer: `now.open`, `registered`, `rates.clear_rate`, `times.time_to_clear`. */

import { count, span, t } from "../data/texts.js";

/** @typedef {import("../data/types.js").Area} Area */

export const RATES = [
  "clear_rate", "ontime_clear_rate", "ack_rate", "dispatch_accuracy", "first_pass_rate", "return_rate", "rework_rate", "relapse_rate",
];
/** Rates of which less is better. */
export const TROUBLES = new Set(["return_rate", "rework_rate", "relapse_rate"]);
export const TIMES = ["time_to_sign", "time_to_handle", "time_to_verify", "time_to_clear"];
export const ON_MAP = [
  "now.open", "now.overdue", "now.suspended", "now.life_danger", "registered", "cleared_in_period",
  "rates.clear_rate", "rates.ontime_clear_rate", "rates.ack_rate",
];

/** The key of a figure's name. @param {string} figure */
export function keyOf(figure) {
  const [group, code] = figure.includes(".") ? figure.split(".") : ["count", figure];
  return `${{ rates: "measure", times: "spread" }[group] ?? group}.${code}`;
}

/** The number to compare areas by; null where there is none. @param {Area} area @param {string} figure */
export function valueOf(area, figure) {
  const [group, code] = figure.split(".");
  if (group === "rates") return area.rates[code].percent;
  if (group === "times") return area.times[code].median_minutes;
  if (group === "now") return area.now[/** @type {import("../data/types.js").Standing} */ (code)];
  return /** @type {Record<string, any>} */ (area)[figure];
}

/** How a figure is written. @param {Area} area @param {string} figure */
export function wordsOf(area, figure) {
  const [group, code] = figure.split(".");
  if (group === "rates") return area.rates[code].y ? area.rates[code].shown : t("board.none");
  if (group === "times") return span(area.times[code].median_minutes);
  return count(valueOf(area, figure) ?? 0);
}

/** What bad news a figure is. @param {string} figure */
export function toneOf(figure) {
  if (figure === "now.overdue" || figure === "now.life_danger") return "danger";
  if (figure === "now.suspended") return "warn";
  if (figure.startsWith("rates.")) return TROUBLES.has(figure.slice(6)) ? "warn" : "accent";
  return figure.startsWith("cleared") ? "accent" : "ink";
}
