/** How does the plain map look? Draws outlines, names and marks into a canvas; handles no input. */

import { UNIT_ZOOM, toMap, unitsPerMetre } from "./mercator.js";

/** @typedef {import("./mercator.js").Point} Point */
/** @typedef {import("./streets.js").StreetMap} StreetMap */
/** @typedef {{centre: Point, zoom: number}} Camera */
/** @typedef {{land: string[], line: string, ink: string, halo: string, water: string, accent: string, chosen: string}} Colours */

const STREET_NAMES_FROM_ZOOM = 11.3;
/** Lengths that a scale bar may stand for. */
const ROUND_LENGTHS_M = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
const LONGEST_SCALE_PX = 110;
const FONT = '"PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif';

/**
 * Reads the map's colours from the style sheet, so that dark mode is decided in one place.
 * @returns {Colours}
 */
export function mapColours() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(`--map-${name}`).trim();
  return {
    land: [read("land-1"), read("land-2"), read("land-3"), read("land-4")],
    line: read("line"),
    ink: read("ink"),
    halo: read("halo"),
    water: read("water"),
    accent: read("accent"),
    chosen: read("chosen"),
  };
}

/** Pixels a map unit takes at a zoom. @param {number} zoom */
export function pixelsPerUnit(zoom) {
  return 2 ** (zoom - UNIT_ZOOM);
}

/** One canvas, sharp on dense screens, and its pen. */
export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.width = 0;
    this.height = 0;
    this.density = 1;
  }

  /** @param {number} width CSS px @param {number} height CSS px */
  resize(width, height) {
    this.density = Math.min(3, window.devicePixelRatio || 1);
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * this.density);
    this.canvas.height = Math.round(height * this.density);
  }

  /** @param {Camera} camera @param {Point} point @returns {Point} CSS px */
  place(camera, point) {
    const scale = pixelsPerUnit(camera.zoom);
    return {
      x: (point.x - camera.centre.x) * scale + this.width / 2,
      y: (point.y - camera.centre.y) * scale + this.height / 2,
    };
  }
}

/** @param {Sheet} sheet @param {Camera} camera */
function visibleBox(sheet, camera) {
  const scale = pixelsPerUnit(camera.zoom);
  const [halfWidth, halfHeight] = [sheet.width / 2 / scale, sheet.height / 2 / scale];
  return {
    left: camera.centre.x - halfWidth,
    right: camera.centre.x + halfWidth,
    top: camera.centre.y - halfHeight,
    bottom: camera.centre.y + halfHeight,
  };
}

/** @param {StreetMap["box"]} a @param {StreetMap["box"]} b */
function touches(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

/**
 * @param {Sheet} sheet
 * @param {Camera} camera
 * @param {StreetMap} map
 * @param {Colours} colours
 * @param {string} chosen
 */
function drawLand(sheet, camera, map, colours, chosen) {
  const { pen, density } = sheet;
  const scale = pixelsPerUnit(camera.zoom) * density;
  const at = sheet.place(camera, map.origin);
  const seen = visibleBox(sheet, camera);
  const districts = map.districts.map(({ name }) => name);
  pen.setTransform(scale, 0, 0, scale, at.x * density, at.y * density);
  pen.lineWidth = (camera.zoom > 13 ? 1.6 : 1) / pixelsPerUnit(camera.zoom);
  pen.strokeStyle = colours.line;
  pen.lineJoin = "round";
  for (const street of map.streets) {
    if (!touches(street.box, seen)) continue;
    const tint = colours.land[districts.indexOf(street.district) % colours.land.length];
    pen.fillStyle = street.district + street.name === chosen ? colours.chosen : tint;
    pen.fill(street.path, "evenodd");
    pen.stroke(street.path);
  }
  pen.setTransform(density, 0, 0, density, 0, 0);
}

/** The middle of the sheet, where a pin stands and would hide a name. @param {Sheet} sheet */
function pinBox({ width, height }) {
  return { left: width / 2 - 16, right: width / 2 + 16, top: height / 2 - 40, bottom: height / 2 + 8 };
}

/** @param {Sheet} sheet @param {Camera} camera @param {StreetMap} map @param {Colours} colours */
function drawNames(sheet, camera, map, colours) {
  const { pen } = sheet;
  const near = camera.zoom >= STREET_NAMES_FROM_ZOOM;
  const names = near ? [...map.streets].sort((a, b) => b.area - a.area) : map.districts;
  /** @type {StreetMap["box"][]} */
  const taken = [pinBox(sheet)];
  pen.font = `${near ? 500 : 600} ${near ? 13 : 14}px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3.5;
  pen.strokeStyle = colours.halo;
  pen.fillStyle = colours.ink;
  for (const { name, label } of names) {
    const { x, y } = sheet.place(camera, label);
    const half = pen.measureText(name).width / 2 + 6;
    const box = { left: x - half, right: x + half, top: y - 11, bottom: y + 11 };
    const outside = box.right < 0 || box.left > sheet.width || box.bottom < 0 || box.top > sheet.height;
    if (outside || taken.some((other) => touches(other, box))) continue;
    taken.push(box);
    pen.strokeText(name, x, y);
    pen.fillText(name, x, y);
  }
}

/**
 * Draws the map; without one, an empty grid that still gives a sense of movement.
 * @param {Sheet} sheet @param {Camera} camera @param {StreetMap | null} map @param {Colours} colours
 * @param {string} [chosen] district and name of the street to tint
 */
export function drawMap(sheet, camera, map, colours, chosen = "") {
  const { pen, density } = sheet;
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.fillStyle = colours.water;
  pen.fillRect(0, 0, sheet.width, sheet.height);
  if (!map) return drawGrid(sheet, camera, colours);
  drawLand(sheet, camera, map, colours, chosen);
  drawNames(sheet, camera, map, colours);
}

/** @param {Sheet} sheet @param {Camera} camera @param {Colours} colours */
function drawGrid(sheet, camera, colours) {
  const { pen } = sheet;
  const step = 48;
  const scale = pixelsPerUnit(camera.zoom);
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = -((camera.centre.x * scale) % step); x < sheet.width + step; x += step) {
    pen.moveTo(x, 0);
    pen.lineTo(x, sheet.height);
  }
  for (let y = -((camera.centre.y * scale) % step); y < sheet.height + step; y += step) {
    pen.moveTo(0, y);
    pen.lineTo(sheet.width, y);
  }
  pen.stroke();
}

/**
 * Draws where the phone says it is: a dot and the circle of its accuracy.
 * @param {Sheet} sheet @param {Camera} camera @param {import("../device/position.js").Position} position @param {Colours} colours
 */
export function drawPosition(sheet, camera, position, colours) {
  const { pen } = sheet;
  const { x, y } = sheet.place(camera, toMap(position.latitude, position.longitude));
  const radius = position.accuracy_m * unitsPerMetre(position.latitude) * pixelsPerUnit(camera.zoom);
  pen.fillStyle = colours.accent;
  pen.globalAlpha = 0.16;
  pen.beginPath();
  pen.arc(x, y, Math.max(radius, 10), 0, 2 * Math.PI);
  pen.fill();
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.arc(x, y, 7, 0, 2 * Math.PI);
  pen.fill();
  pen.lineWidth = 2.5;
  pen.strokeStyle = "#fff";
  pen.stroke();
}

/**
 * Returns the longest round distance that fits a scale bar, and the bar's width.
 * @param {Camera} camera @param {number} latitude @returns {{metres: number, width: number}} width in CSS px
 */
export function scaleBar(camera, latitude) {
  const pixelsPerMetre = unitsPerMetre(latitude) * pixelsPerUnit(camera.zoom);
  const metres =
    ROUND_LENGTHS_M.findLast((length) => length * pixelsPerMetre <= LONGEST_SCALE_PX) ?? ROUND_LENGTHS_M[0];
  return { metres, width: metres * pixelsPerMetre };
}
