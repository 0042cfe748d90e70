/** The two charts. They are drawn by Vega-Lite from the same figures that the tiles and the table show. */

import { mapSpec, seriesSpec } from "./specs.js";
import { outlines } from "./outlines.js";
import { showTip } from "./tip.js";
import { part } from "../view/dom.js";
import { keyOf, wordsOf } from "../view/figures.js";
import { count, date, t } from "../data/texts.js";
import { wishes } from "../data/wishes.js";

/** @typedef {import("../data/feed.js").News} News */
/** @typedef {import("../data/types.js").Feature} Feature */
/** @typedef {(code: string, parent: string | null) => void} Choose */

/** @type {(place: HTMLElement, spec: object, options: object) => Promise<{ view: any, finalize: () => void }>} */
let embed;
/** @type {Feature[]} */
let streets = [];
/** @type {Feature[]} */
let borders = [];
/** @type {Map<string, { view: any, finalize: () => void }>} */
const drawn = new Map();
/** @type {(() => void) | undefined} */
let again;

/** Fetches the library and the outlines. @param {string} address */
export async function start(address) {
  const [library, ...shapes] = await Promise.all([import(address), outlines("street"), outlines("district")]);
  embed = library.vegaEmbed;
  [streets, borders] = shapes;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => again?.());
  let width = innerWidth;
  new ResizeObserver(() => {
    if (innerWidth !== width) again?.();
    width = innerWidth;
  }).observe(document.body);
}

/** Names a street or district that the map knows. @param {string} code */
export function nameOf(code) {
  return [...streets, ...borders].find((shape) => shape.properties.code === code)?.properties.name;
}

/** Draws both charts. @param {News} news @param {Choose} choose */
export async function show(news, choose) {
  again = () => show(news, choose);
  if (embed) await Promise.all([showMap(news, choose), showSeries(news)]);
}

/** @param {News} news @param {Choose} choose */
async function showMap({ main }, choose) {
  const { figure } = wishes();
  const { area, level } = main.filter;
  const byStreet = level === "street";
  const known = new Map(main.areas.map((found) => [found.code, found]));
  const district = area && (byStreet ? streets.find((s) => s.properties.code === area)?.properties.parent ?? area : null);
  const inSight = (/** @type {Feature} */ shape) => !district || shape.properties.parent === district || shape.properties.code === district;
  const shapes = (byStreet ? streets : borders).filter(inSight);
  // Seen from near, the border of a district would not lie exactly on those of its streets.
  const around = district ? [] : borders;
  const view = await draw("map", mapSpec(part("map"), shapes, around, known, figure, area, district ? shapes : []));
  const shapeAt = (/** @type {any} */ item) => item?.datum?.properties;
  view.addEventListener("click", (/** @type {Event} */ _, /** @type {any} */ item) => {
    const place = shapeAt(item);
    if (place) choose(place.code, place.parent);
  });
  showTip(view, (item) => {
    const place = shapeAt(item);
    if (!place) return null;
    const found = known.get(place.code);
    return [place.name, found ? `${t(keyOf(figure))} ${wordsOf(found, figure)}` : t("board.map.none")];
  });
}

/** @param {News} news */
async function showSeries({ series }) {
  const view = await draw("series", seriesSpec(part("series"), series.days, series.days_before));
  showTip(view, (item) => {
    const day = item?.datum?.day;
    const found = day && series.days.find((d) => d.day === day);
    if (!found) return null;
    return [date(day), `${t("board.series.registered")} ${count(found.registered)}`, `${t("board.series.cleared")} ${count(found.cleared_in_period)}`];
  });
}

/** Draws beside the old picture and then takes its place, so that nothing flickers. @param {string} name @param {object} spec */
async function draw(name, spec) {
  const frame = document.createElement("div");
  frame.className = "chart-frame";
  // `ast` and the interpreter let expressions run without eval, which the policy of the page forbids.
  const made = await embed(frame, spec, { actions: false, ast: true, renderer: "canvas", tooltip: false, defaultStyle: false });
  drawn.get(name)?.finalize();
  drawn.set(name, made);
  part(name).replaceChildren(frame);
  return made.view;
}
