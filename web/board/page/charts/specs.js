/** The Vega-Lite specifications: plain data, in the colours of the page. */

import { date } from "../data/texts.js";
import { toneOf, valueOf } from "../view/figures.js";

/** @typedef {import("../data/types.js").Area} Area */
/** @typedef {import("../data/types.js").Day} Day */
/** @typedef {import("../data/types.js").Feature} Feature */

const NONE = -1;

/** Reads the colours and sizes that the style sheet decided. */
function look() {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return { colour, rem: parseFloat(style.fontSize), font: style.getPropertyValue("--font").trim() };
}

/** @param {ReturnType<typeof look>} page */
function config({ colour, rem, font }) {
  const label = { labelFont: font, titleFont: font, labelColor: colour("muted"), titleColor: colour("muted"), labelFontSize: rem * 0.75, titleFontSize: rem * 0.75 };
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    axis: { ...label, domain: false, ticks: false, gridColor: colour("line"), labelPadding: rem * 0.4 },
    legend: { ...label, gradientThickness: rem * 0.5, gradientLength: rem * 9, symbolSize: rem * 8 },
  };
}

/**
 * @param {HTMLElement} place @param {Feature[]} shapes @param {Feature[]} borders @param {Map<string | null, Area>} known
 * @param {string} figure @param {string | null} chosen @param {Feature[]} labels areas whose names are written
 */
export function mapSpec(place, shapes, borders, known, figure, chosen, labels) {
  const page = look();
  const { colour, rem } = page;
  const values = shapes.map((shape) => {
    const area = known.get(shape.properties.code);
    // The library leaves out what has no number, and a street without cases is still a street.
    return { ...shape, value: (area && valueOf(area, figure)) ?? NONE, chosen: shape.properties.code === chosen };
  });
  const isRate = figure.startsWith("rates.");
  const least = isRate ? 0 : 1;
  const most = Math.max(...values.map((shape) => shape.value), isRate ? 100 : 4);
  const tone = toneOf(figure);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: place.clientWidth,
    height: place.clientHeight,
    padding: rem * 0.1,
    autosize: { type: "fit", contains: "padding" },
    projection: { type: "mercator" },
    config: config(page),
    layer: [
      {
        data: { values },
        mark: { type: "geoshape", cursor: "pointer" },
        encoding: {
          fill: {
            condition: {
              test: `datum.value >= ${least}`,
              field: "value",
              type: "quantitative",
              scale: { domain: [0, most], range: [colour(`scale-${tone}-low`), colour(`scale-${tone}-high`)] },
              legend: { title: null, orient: "bottom", direction: "horizontal", tickCount: 3, labelExpr: isRate ? "datum.value + '%'" : "format(datum.value, ',d')" },
            },
            value: colour("map-land"),
          },
          stroke: { condition: { test: "datum.chosen", value: colour("ink") }, value: colour("map-line") },
          strokeWidth: { condition: { test: "datum.chosen", value: rem * 0.16 }, value: rem * 0.035 },
        },
      },
      {
        data: { values: borders },
        mark: { type: "geoshape", filled: false, stroke: colour("map-border"), strokeWidth: rem * 0.075 },
      },
      ...[{ stroke: colour("map-halo"), strokeWidth: rem * 0.18, strokeJoin: "round" }, { fill: colour("ink") }].map((paint) => ({
        data: { values: labels.map((shape) => ({ ...middle(shape), name: shape.properties.name })) },
        mark: { type: "text", fontSize: rem * 0.74, ...paint },
        encoding: {
          longitude: { field: "longitude", type: "quantitative" },
          latitude: { field: "latitude", type: "quantitative" },
          text: { field: "name" },
        },
      })),
    ],
  };
}

/** The middle of an area's largest part, for its name. @param {Feature} shape */
function middle({ geometry }) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const rings = polygons.map((/** @type {any} */ polygon) => centre(polygon[0]));
  const largest = rings.reduce((/** @type {any} */ best, /** @type {any} */ ring) => (ring.size > best.size ? ring : best));
  return { longitude: largest.longitude, latitude: largest.latitude };
}

/** Centre and size of a ring. @param {number[][]} ring */
function centre(ring) {
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0; i < ring.length - 1; i++) {
    const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
    twice += cross;
    x += (ring[i][0] + ring[i + 1][0]) * cross;
    y += (ring[i][1] + ring[i + 1][1]) * cross;
  }
  return { size: Math.abs(twice), longitude: x / (3 * twice), latitude: y / (3 * twice) };
}

/** @param {HTMLElement} place @param {Day[]} days @param {Day[]} before as many days just before, day by day */
export function seriesSpec(place, days, before) {
  const page = look();
  const { colour, rem } = page;
  const values = days.flatMap((day) => [
    { day: day.day, what: "registered", n: day.registered },
    { day: day.day, what: "cleared", n: day.cleared_in_period },
  ]);
  const labels = Object.fromEntries(days.map((day) => [day.day, date(day.day)]));
  const room = Math.max(1, Math.floor(place.clientWidth / (rem * 4)));
  const every = Math.ceil(days.length / room);
  const earlier = days.flatMap((day, i) => (before[i] ? [{ day: day.day, n: before[i].cleared_in_period }] : []));
  const most = Math.max(4, ...values.map((value) => value.n), ...earlier.map((value) => value.n));
  const x = {
    field: "day",
    type: "ordinal",
    scale: { paddingInner: 0.25, paddingOuter: 0.1 },
    axis: {
      title: null,
      labelAngle: 0,
      grid: false,
      values: days.filter((_, i) => (days.length - 1 - i) % every === 0).map((day) => day.day),
      labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
    },
  };
  const y = { field: "n", type: "quantitative", scale: { domain: [0, most], nice: true }, axis: { title: null, tickCount: 4, format: "d" } };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: place.clientWidth,
    height: place.clientHeight,
    autosize: { type: "fit", contains: "padding" },
    config: config(page),
    layer: [
      {
        data: { values },
        mark: { type: "bar", cornerRadiusEnd: rem * 0.15 },
        encoding: {
          x,
          y,
          xOffset: { field: "what", sort: ["registered", "cleared"], scale: { paddingInner: 0.08 } },
          color: {
            field: "what",
            legend: null,
            scale: { domain: ["registered", "cleared"], range: [colour("series-registered"), colour("series-cleared")] },
          },
        },
      },
      {
        data: { values: earlier },
        mark: { type: "line", stroke: colour("series-before"), strokeWidth: rem * 0.12, strokeDash: [rem * 0.3, rem * 0.2] },
        encoding: { x, y },
      },
    ],
  };
}
