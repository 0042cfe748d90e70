/** Bars that are lists: cases by kind, how long the open ones have waited, how quickly the others were cleared. */

import { count, span, t } from "../data/texts.js";
import { addressWith } from "../data/wishes.js";
import { el, part } from "./dom.js";

/** @typedef {import("../data/types.js").Stats} Stats */
/** @typedef {{ name: string, n: number, words: string, told?: string, tone?: string, href?: string, shares?: [string, number][] }} Bar */

const KINDS_AT_FIRST = 8;
/** Shares of a kind's bar, in the order in which they stand on it. */
const SHARES = /** @type {const} */ (["cleared", "overdue", "suspended", "open"]);

/** @param {Stats} stats @param {Map<string, string>} names of the kinds by code */
export function showBars(stats, names) {
  showKinds(stats, names);
  const { ages } = stats;
  draw("ages", ages.map((bar, i) => ({ name: nameOfAge(bar.up_to_days, ages[i - 1]?.up_to_days), n: bar.n, words: count(bar.n), tone: i >= ages.length - 2 ? "warn" : "ink" })));
  const times = stats.time_to_clear;
  const all = times.reduce((sum, bar) => sum + bar.n, 0);
  draw("cleared-in", times.map((bar, i) => ({ name: nameOfTime(bar.up_to_minutes, times[i - 1]?.up_to_minutes), n: bar.n, words: count(bar.n), tone: "accent" })));
  part("cleared-in-note").textContent = t("board.cleared_in.note", { n: count(all), percent: stats.times_within_percent });
}

/** @param {Stats} stats @param {Map<string, string>} names */
function showKinds(stats, names) {
  const kinds = [...stats.kinds].sort((a, b) => b.registered - a.registered);
  const first = kinds.slice(0, KINDS_AT_FIRST);
  const rest = kinds.slice(KINDS_AT_FIRST);
  const bars = first.map((kind) => {
    const waiting = Math.max(0, kind.open - kind.overdue - kind.suspended);
    const shares = /** @type {[string, number][]} */ (SHARES.map((name) => [name, name === "open" ? waiting : kind[name]]));
    const told = t("board.kinds.words", { n: count(kind.registered), open: count(kind.open), overdue: count(kind.overdue) });
    return { name: names.get(kind.kind) ?? kind.kind, n: kind.registered, words: count(kind.registered), told, href: addressWith({ kind: kind.kind }), shares };
  });
  if (rest.length) {
    const n = rest.reduce((sum, kind) => sum + kind.registered, 0);
    bars.push({ name: t("board.kinds.rest", { n: count(rest.length) }), n, words: count(n), told: "", href: "", shares: [] });
  }
  draw("kinds", bars);
}

/** @param {string} id @param {Bar[]} bars */
function draw(id, bars) {
  const most = Math.max(1, ...bars.map((bar) => bar.n));
  part(id).replaceChildren(
    ...bars.map((bar) =>
      el(
        "li",
        { class: "amount", title: bar.told || null },
        el("span", { class: "amount-name" }, bar.href ? el("a", { href: bar.href }, bar.name) : bar.name),
        el("span", { class: "amount-track", "aria-hidden": "true" }, ...fills(bar, most)),
        el("span", { class: "amount-words", "aria-hidden": Boolean(bar.told) && "true" }, bar.words),
        bar.told && el("span", { class: "spoken" }, bar.told),
      ),
    ),
    ...(bars.length ? [] : [el("li", { class: "panel-note" }, t("board.table.empty"))]),
  );
}

/** @param {Bar} bar @param {number} most */
function fills(bar, most) {
  const parts = bar.shares?.length ? bar.shares : /** @type {[string, number][]} */ ([[bar.tone ?? "ink", bar.n]]);
  return parts.map(([name, n]) => {
    const fill = el("span", { class: `amount-fill amount-${name}` });
    fill.style.width = `${(100 * n) / most}%`;
    return fill;
  });
}

/** @param {number | null} upTo @param {number | null | undefined} above */
function nameOfAge(upTo, above) {
  if (upTo === null) return t("board.ages.more", { n: above ?? 0 });
  return upTo === 0 ? t("board.ages.today") : t("board.ages.up_to", { n: upTo });
}

/** @param {number | null} upTo @param {number | null | undefined} above */
function nameOfTime(upTo, above) {
  return upTo === null ? t("board.cleared_in.more", { time: span(above ?? 0) }) : t("board.cleared_in.up_to", { time: span(upTo) });
}
