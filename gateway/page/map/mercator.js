/** Where on a flat map does a WGS-84 place lie? Web Mercator, in pixels of zoom level 12 (256-pixel tiles). */

/** Map units are pixels at this zoom: small enough numbers to stay exact in a Path2D's 32-bit floats. */
export const UNIT_ZOOM = 12;
const WORLD = 256 * 2 ** UNIT_ZOOM;
const EARTH_CIRCUMFERENCE_M = 40_075_016.7;

/** @typedef {{x: number, y: number}} Point map units, y grows southwards */

/** @param {number} latitude @param {number} longitude @returns {Point} */
export function toMap(latitude, longitude) {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return {
    x: (longitude / 360 + 0.5) * WORLD,
    y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * WORLD,
  };
}

/** @param {Point} point @returns {{latitude: number, longitude: number}} */
export function toPlace({ x, y }) {
  const angle = Math.PI * (1 - (2 * y) / WORLD);
  return { latitude: (Math.atan(Math.sinh(angle)) * 180) / Math.PI, longitude: (x / WORLD - 0.5) * 360 };
}

/** Returns how many map units a metre on the ground is at a latitude. @param {number} latitude */
export function unitsPerMetre(latitude) {
  return WORLD / (EARTH_CIRCUMFERENCE_M * Math.cos((latitude * Math.PI) / 180));
}
