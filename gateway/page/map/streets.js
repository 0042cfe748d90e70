/**
 * Which streets are there, and which one lies under a point? Reads the gateway's outlines once, keeps them on the
 * phone, and prepares them for drawing. For orientation only: the server decides which street a report belongs to.
 */

import * as database from "../device/database.js";
import { Refused, Unreachable } from "../device/api.js";
import { toMap } from "./mercator.js";

/** @typedef {import("./mercator.js").Point} Point */

/**
 * @typedef {object} Street
 * @property {string} name
 * @property {string} district
 * @property {Point[][]} rings outer and inner rings of all parts; filled by the even-odd rule
 * @property {Path2D} path relative to the map's origin
 * @property {{left: number, top: number, right: number, bottom: number}} box
 * @property {Point} label
 * @property {number} area square map units
 */

/**
 * @typedef {object} StreetMap
 * @property {Street[]} streets
 * @property {Point} origin
 * @property {Street["box"]} box
 * @property {{name: string, label: Point}[]} districts
 * @property {boolean} synthetic the outlines are drawn for demonstration
 */

const KEPT_MS = 86_400_000;

/** @type {Promise<StreetMap | null> | null} */
let loading = null;

/** @param {any} geometry @returns {number[][][]} */
function ringsOf(geometry) {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

/** Twice the signed area and the centroid of a ring. @param {Point[]} ring */
function centroid(ring) {
  const base = ring[0];
  let doubled = 0;
  let x = 0;
  let y = 0;
  for (let index = 0; index < ring.length - 1; index += 1) {
    const a = { x: ring[index].x - base.x, y: ring[index].y - base.y };
    const b = { x: ring[index + 1].x - base.x, y: ring[index + 1].y - base.y };
    const cross = a.x * b.y - b.x * a.y;
    doubled += cross;
    x += (a.x + b.x) * cross;
    y += (a.y + b.y) * cross;
  }
  if (doubled === 0) return { area: 0, point: base };
  return {
    area: Math.abs(doubled / 2),
    point: { x: base.x + x / (3 * doubled), y: base.y + y / (3 * doubled) },
  };
}

/** @param {Point[][]} rings */
function boxOf(rings) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of rings.flat()) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** @param {Point[][]} rings @param {Point} origin */
function pathOf(rings, origin) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(({ x, y }, index) =>
      index === 0 ? path.moveTo(x - origin.x, y - origin.y) : path.lineTo(x - origin.x, y - origin.y),
    );
    path.closePath();
  }
  return path;
}

/** @param {Street[]} streets */
function districtsOf(streets) {
  /** @type {Map<string, {x: number, y: number, area: number}>} */
  const sums = new Map();
  for (const { district, label, area } of streets) {
    const sum = sums.get(district) ?? { x: 0, y: 0, area: 0 };
    sums.set(district, { x: sum.x + label.x * area, y: sum.y + label.y * area, area: sum.area + area });
  }
  return [...sums].map(([name, { x, y, area }]) => ({ name, label: { x: x / area, y: y / area } }));
}

/** @param {any} collection GeoJSON @returns {StreetMap | null} null without a single outline */
function prepare(collection) {
  const shapes = collection.features.map((/** @type {any} */ feature) => ({
    properties: feature.properties,
    rings: ringsOf(feature.geometry).map((ring) =>
      ring.map(([longitude, latitude]) => toMap(latitude, longitude)),
    ),
  }));
  const known = shapes.filter((/** @type {any} */ shape) => shape.rings.length > 0);
  if (known.length === 0) return null;
  const box = boxOf(known.flatMap((/** @type {any} */ shape) => shape.rings));
  const origin = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  /** @type {Street[]} */
  const streets = known.map((/** @type {{properties: any, rings: Point[][]}} */ { properties, rings }) => {
    const largest = rings.map(centroid).reduce((a, b) => (b.area > a.area ? b : a));
    return {
      name: String(properties.name ?? ""),
      district: String(properties.district_name ?? ""),
      rings,
      path: pathOf(rings, origin),
      box: boxOf(rings),
      label: largest.point,
      area: largest.area,
    };
  });
  const synthetic = known.some((/** @type {any} */ shape) => shape.properties.synthetic === true);
  return { streets, origin, box, districts: districtsOf(streets), synthetic };
}

/** @param {import("../device/api.js").Api} api */
async function load(api) {
  const kept = await database.fact("streets");
  if (kept && Date.now() - kept.kept_at_ms < KEPT_MS) return prepare(kept.collection);
  try {
    const collection = await api.get("map", { timeoutMs: 60_000 });
    await database.keepFact("streets", { collection, kept_at_ms: Date.now() });
    return prepare(collection);
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    if (kept) return prepare(kept.collection);
    loading = null; // the next look tries again
    return null;
  }
}

/**
 * Returns the streets, or null when there is no map and no network to fetch one.
 * @param {import("../device/api.js").Api} api @returns {Promise<StreetMap | null>}
 */
export function loadStreets(api) {
  loading ??= load(api);
  return loading;
}

/** @param {Point[][]} rings @param {Point} point */
function inside(rings, { x, y }) {
  let within = false;
  for (const ring of rings) {
    for (let index = 0, before = ring.length - 1; index < ring.length; before = index, index += 1) {
      const a = ring[index];
      const b = ring[before];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
    }
  }
  return within;
}

/** Returns the street under a point, or null. @param {StreetMap} map @param {Point} point */
export function streetAt(map, point) {
  return (
    map.streets.find(
      ({ box, rings }) =>
        point.x >= box.left &&
        point.x <= box.right &&
        point.y >= box.top &&
        point.y <= box.bottom &&
        inside(rings, point),
    ) ?? null
  );
}

/**
 * Returns the streets whose name or district contains the words, best first.
 * @param {StreetMap} map
 * @param {string} words
 */
export function findStreets(map, words) {
  const wanted = words.trim();
  if (wanted === "") return [];
  const starts = (/** @type {Street} */ street) => (street.name.startsWith(wanted) ? 0 : 1);
  return map.streets
    .filter(({ name, district }) => `${district}${name}`.includes(wanted))
    .sort((a, b) => starts(a) - starts(b) || a.name.length - b.name.length)
    .slice(0, 20);
}
