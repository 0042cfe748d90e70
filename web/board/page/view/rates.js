/** The rates as bars, with what is open, overdue and suspended beside them; and how long things took. */

import { count, span, t } from "../data/texts.js";
import { why } from "./define.js";
import { el, part } from "./dom.js";
import { RATES, TIMES, TROUBLES } from "./figures.js";

/** @typedef {import("../data/types.js").Area} Area */
/** @typedef {import("../data/types.js").Rate} Rate */

/** @param {Area} total */
export function showRates(total) {
  part("rates").replaceChildren(
    ...RATES.map((code) =>
      el(
        "li",
        { class: "rate" },
        el("span", { class: "rate-name" }, t(`measure.${code}`), "\u00a0", why(`measure.${code}`)),
        bar(total.rates[code], TROUBLES.has(code)),
      ),
    ),
  );
  const { open, overdue, suspended } = total;
  part("beside").textContent = t("board.rates.beside", { open: count(open), overdue: count(overdue), suspended: count(suspended) });
}

/** A rate as a bar and in words; nothing divided by nothing is no bar. @param {Rate} rate @param {boolean} trouble */
export function bar(rate, trouble) {
  const track = el("span", { class: "bar-track", "aria-hidden": "true" }, el("span", { class: trouble ? "bar-fill bar-trouble" : "bar-fill" }));
  /** @type {HTMLElement} */ (track.firstChild).style.width = `${rate.percent ?? 0}%`;
  const small = rate.y > 0 && rate.percent !== null && !rate.shown.endsWith("%");
  return el("span", { class: "bar" }, track, el("span", { class: small ? "bar-words bar-small" : "bar-words" }, rate.y ? rate.shown : t("board.none")));
}

/** @param {Area} total */
export function showTimes(total) {
  part("times").replaceChildren(
    ...TIMES.map((code) => {
      const taken = total.times[code];
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, t(`spread.${code}`), "\u00a0", why(`spread.${code}`)),
        el("td", {}, span(taken.median_minutes)),
        el("td", {}, span(taken.p90_minutes)),
        el("td", { class: "faint" }, count(taken.n)),
      );
    }),
  );
}
