/** A place in a bubble: a small map with a pin, and how well the place is known. */

import { t } from "../device/texts.js";
import { Sheet, drawMap, mapColours } from "../map/drawing.js";
import { toMap } from "../map/mercator.js";
import { loadStreets, streetAt } from "../map/streets.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("../talk/types.js").Place} Place */

const WIDTH_PX = 264;
const HEIGHT_PX = 132;
const ZOOM = 13;

/** Returns "12 m accuracy" or "placed by hand" in words. @param {Place} place */
export function placeNote(place) {
  if (place.pinned) return t("place.pinned");
  const accuracy_m = place.horizontal_accuracy;
  return accuracy_m ? t("place.accuracy", { metres: Math.max(1, Math.round(accuracy_m)) }) : t("place.sent");
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} name
 * @param {Place} place
 * @param {import("../device/api.js").Api} api
 */
async function draw(canvas, name, place, api) {
  const map = await loadStreets(api);
  const centre = toMap(place.latitude, place.longitude);
  const sheet = new Sheet(canvas);
  sheet.resize(WIDTH_PX, HEIGHT_PX);
  drawMap(sheet, { centre, zoom: ZOOM }, map, mapColours());
  const street = map && streetAt(map, centre);
  if (street) name.textContent = `${street.district} ${street.name}`.trim();
}

/**
 * @param {Place} place @param {import("../device/api.js").Api} api @param {(place: Place) => void} onOpen
 */
export function renderPlace(place, api, onOpen) {
  const canvas = el("canvas", {
    class: "place-map",
    width: WIDTH_PX,
    height: HEIGHT_PX,
    "aria-hidden": "true",
  });
  const name = el(
    "span",
    { class: "place-name" },
    `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`,
  );
  void draw(canvas, name, place, api);
  return el(
    "button",
    { type: "button", class: "place", onclick: () => onOpen(place) },
    el("span", { class: "place-picture" }, canvas, el("span", { class: "place-pin" }, icon("pin", 34))),
    el("span", { class: "place-words" }, name, el("span", { class: "place-note" }, placeNote(place))),
  );
}
