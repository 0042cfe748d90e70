/** All areas in one table: what is open now, what the period brought, the rates as bars. Every heading sorts. */

import { t } from "../data/texts.js";
import { addressWith, wishes } from "../data/wishes.js";
import { why } from "./define.js";
import { el, part } from "./dom.js";
import { keyOf, toneOf, TROUBLES, valueOf, wordsOf } from "./figures.js";
import { bar } from "./rates.js";

/** @typedef {import("../data/types.js").Area} Area */
/** @typedef {import("../data/types.js").Stats} Stats */

const NOW = ["now.open", "now.overdue", "now.suspended", "now.life_danger"];
const PERIOD = ["registered", "cleared_in_period", "rates.clear_rate", "rates.ontime_clear_rate", "rates.ack_rate", "times.time_to_clear"];
const AT_FIRST = 25;
let whole = false;

/** @param {Stats} stats @param {Map<string, string>} districts names by code */
export function showTable(stats, districts) {
  const place = part("table");
  const rows = sorted(stats.areas);
  if (!rows.length) {
    place.replaceChildren(el("p", { class: "table-empty" }, t("board.table.empty")));
    return;
  }
  const shown = whole ? rows : rows.slice(0, AT_FIRST);
  const left = place.scrollLeft;
  const table = el(
    "table",
    { class: "areas" },
    el("caption", { class: "spoken" }, t("board.table.caption", { level: t(`board.table.${stats.filter.level}`) })),
    head(),
    el("tbody", {}, ...shown.map((area) => row(area, stats, districts))),
  );
  const more = shown.length < rows.length && el("button", { class: "more", type: "button", onclick: () => { whole = true; showTable(stats, districts); } }, t("board.table.more", { n: rows.length }));
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.sort : undefined;
  place.replaceChildren(table, ...(more ? [more] : []));
  place.scrollLeft = left;
  if (focused) /** @type {HTMLElement | null} */ (place.querySelector(`[data-sort="${focused}"]`))?.focus();
}

function head() {
  return el(
    "thead",
    {},
    el(
      "tr",
      { class: "bands" },
      el("td", {}),
      el("th", { scope: "colgroup", colspan: NOW.length }, t("board.table.now")),
      el("th", { scope: "colgroup", colspan: PERIOD.length }, t("board.table.period")),
    ),
    el("tr", {}, heading("name", t("board.table.name")), ...[...NOW, ...PERIOD].map((figure) => heading(figure, nameOf(figure)))),
  );
}

/** @param {string} figure */
function nameOf(figure) {
  return figure.startsWith("times.") ? t("board.table.median") : t(keyOf(figure));
}

/** @param {string} figure @param {string} name */
function heading(figure, name) {
  const { sort } = wishes();
  const by = sort.replace(/^-/, "") === figure;
  const down = by && sort.startsWith("-");
  const next = by ? (down ? figure : `-${figure}`) : figure === "name" ? figure : `-${figure}`;
  const link = el("a", { href: addressWith({ sort: next }), class: "sort", "data-sort": figure, "data-stay": true }, name, el("span", { class: "sort-mark", "aria-hidden": "true" }, by ? (down ? "▼" : "▲") : ""));
  const order = by ? (down ? "descending" : "ascending") : null;
  return el("th", { scope: "col", "aria-sort": order, class: figure.startsWith("rates.") ? "wide" : null }, link, figure !== "name" && why(keyOf(figure)));
}

/** @param {Area} area @param {Stats} stats @param {Map<string, string>} districts */
function row(area, stats, districts) {
  const { level } = stats.filter;
  const open = level === "district" ? { area: area.code ?? "", level: "street" } : { area: area.code ?? "" };
  const inside = level === "community" ? `/board/cases?area=${encodeURIComponent(area.code ?? "")}` : addressWith(open);
  const name = area.code ? el("a", { href: inside }, area.name) : t("board.table.nowhere");
  const parent = level === "street" && area.parent ? districts.get(area.parent) : undefined;
  return el(
    "tr",
    { "data-area": area.code },
    el("th", { scope: "row" }, name, parent && el("span", { class: "parent" }, parent)),
    ...[...NOW, ...PERIOD].map((figure) => cell(area, figure)),
  );
}

/** @param {Area} area @param {string} figure */
function cell(area, figure) {
  if (figure.startsWith("rates.")) return el("td", { class: "wide" }, bar(area.rates[figure.slice(6)], TROUBLES.has(figure.slice(6))));
  const tone = valueOf(area, figure) ? toneOf(figure) : "zero";
  return el("td", { class: `tone-${tone}` }, wordsOf(area, figure));
}

/** Puts what is most urgent first among equals. @param {Area[]} areas */
function sorted(areas) {
  const { sort } = wishes();
  const figure = sort.replace(/^-/, "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const known = figure === "name" || [...NOW, ...PERIOD].includes(figure) ? figure : "now.overdue";
  const byName = (/** @type {Area} */ a, /** @type {Area} */ b) => a.name.localeCompare(b.name, document.documentElement.lang);
  if (known === "name") return [...areas].sort((a, b) => sign * byName(a, b));
  return [...areas].sort((a, b) => {
    const [x, y] = [valueOf(a, known), valueOf(b, known)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y) || b.now.open - a.now.open || b.registered - a.registered || byName(a, b);
  });
}
