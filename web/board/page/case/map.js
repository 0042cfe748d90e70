/** Where a case lies: its street as an outline, and its point. Drawn as SVG, so that no chart library is needed. */

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 320;

/** @param {HTMLElement} place @param {any} found */
export async function showMap(place, found) {
  const code = found.areas.street?.code ?? found.areas.district?.code;
  const level = found.areas.street ? "street" : "district";
  const answer = await fetch(`/api/v1/areas?level=${level}`);
  if (!answer.ok) return;
  const { features } = await answer.json();
  const shape = features.find((/** @type {any} */ feature) => feature.properties.code === code);
  if (!shape) return place.replaceChildren(t("case_page.map.none"));
  const polygons = shape.geometry.type === "Polygon" ? [shape.geometry.coordinates] : shape.geometry.coordinates;
  const points = polygons.flat(2);
  const [west, east] = [Math.min(...points.map((/** @type {number[]} */ p) => p[0])), Math.max(...points.map((/** @type {number[]} */ p) => p[0]))];
  const [south, north] = [Math.min(...points.map((/** @type {number[]} */ p) => p[1])), Math.max(...points.map((/** @type {number[]} */ p) => p[1]))];
  // Degrees of longitude are shorter than those of latitude by the cosine of the latitude.
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = SIZE / Math.max((east - west) * squeeze, north - south);
  const put = (/** @type {number[]} */ [x, y]) => `${((x - west) * squeeze * scale).toFixed(1)} ${((north - y) * scale).toFixed(1)}`;
  const picture = made("svg", { viewBox: `-12 -12 ${SIZE + 24} ${SIZE + 24}`, role: "img", "aria-label": shape.properties.name });
  const path = polygons.flat().map((/** @type {number[][]} */ ring) => `M${ring.map(put).join("L")}Z`).join("");
  picture.append(made("path", { d: path, class: "case-map-area" }));
  if (found.point) {
    const [cx, cy] = put([found.point.longitude, found.point.latitude]).split(" ");
    picture.append(made("circle", { cx, cy, r: "9", class: "case-map-point" }));
  }
  place.replaceChildren(picture);
}

/** @param {string} name @param {Record<string, string>} given */
function made(name, given) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(given)) element.setAttribute(attribute, value);
  return element;
}
