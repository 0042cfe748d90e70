/**
 * A map one can move: pans by finger, mouse or arrow keys, zooms by pinch, wheel, double tap or + and −. Knows
 * nothing of what the place in its middle is for.
 */

import { el } from "../view/dom.js";
import { Sheet, drawMap, drawPosition, mapColours, pixelsPerUnit } from "./drawing.js";
import { toMap, toPlace } from "./mercator.js";

/** @typedef {import("./mercator.js").Point} Point */

const LEAST_ZOOM = 7;
const MOST_ZOOM = 18;
const KEY_STEP_PX = 60;

export class PlainMap {
  /** Fingers and mouse buttons that are down. @type {Map<number, Point>} */
  #pointers = new Map();
  #frame = 0;
  #lastTapMs = 0;

  /** @param {string} label what a screen reader calls it @param {() => void} onMove after every movement */
  constructor(label, onMove) {
    this.onMove = onMove;
    /** @type {import("./streets.js").StreetMap | null} */
    this.map = null;
    /** @type {import("../device/position.js").Position | null} */
    this.position = null;
    this.chosen = "";
    /** @type {import("./drawing.js").Camera} */
    this.camera = { centre: { x: 0, y: 0 }, zoom: 12 };
    this.canvas = el("canvas", {
      class: "plain-map",
      tabindex: "0",
      role: "application",
      "aria-label": label,
    });
    this.sheet = new Sheet(this.canvas);
    this.observer = new ResizeObserver(() => {
      this.sheet.resize(this.canvas.clientWidth, this.canvas.clientHeight);
      this.draw();
    });
    this.#listen();
  }

  /** Has to be called when the canvas leaves the page. */
  close() {
    this.observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #listen() {
    const { canvas } = this;
    this.observer.observe(canvas);
    canvas.addEventListener("pointerdown", (event) => this.#onDown(event));
    canvas.addEventListener("pointermove", (event) => this.#onDrag(event));
    canvas.addEventListener("pointerup", (event) => this.#onUp(event));
    canvas.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    canvas.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** The WGS-84 place in the middle. */
  get place() {
    return toPlace(this.camera.centre);
  }

  /** @param {{latitude: number, longitude: number}} place @param {number} [zoom] */
  goTo(place, zoom = this.camera.zoom) {
    this.camera = { centre: toMap(place.latitude, place.longitude), zoom };
    this.#moved();
  }

  /**
   * Shows a whole box, for instance the city or one street.
   * @param {import("./streets.js").Street["box"]} box
   */
  fit(box) {
    const width = this.sheet.width || this.canvas.clientWidth || 360;
    const height = this.sheet.height || this.canvas.clientHeight || 480;
    const scale = Math.min(width / (box.right - box.left), height / (box.bottom - box.top)) * 0.9;
    const zoom = Math.min(MOST_ZOOM - 2, Math.max(LEAST_ZOOM, Math.log2(scale / pixelsPerUnit(0))));
    this.camera = { centre: { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, zoom };
    this.#moved();
  }

  #moved() {
    this.onMove();
    this.draw();
  }

  /** Redraws in the next frame. */
  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      const colours = mapColours();
      drawMap(this.sheet, this.camera, this.map, colours, this.chosen);
      if (this.position) drawPosition(this.sheet, this.camera, this.position, colours);
    });
  }

  /** @param {number} dx px @param {number} dy px */
  #pan(dx, dy) {
    const scale = pixelsPerUnit(this.camera.zoom);
    const { x, y } = this.camera.centre;
    this.camera = { ...this.camera, centre: { x: x - dx / scale, y: y - dy / scale } };
    this.#moved();
  }

  /**
   * Zooms so that the point under (x, y) stays where it is.
   * @param {number} by levels @param {number} [x] px @param {number} [y] px
   */
  zoomBy(by, x = this.sheet.width / 2, y = this.sheet.height / 2) {
    const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.camera.zoom + by));
    const shift = 1 / pixelsPerUnit(this.camera.zoom) - 1 / pixelsPerUnit(zoom);
    const { centre } = this.camera;
    const moved = {
      x: centre.x + (x - this.sheet.width / 2) * shift,
      y: centre.y + (y - this.sheet.height / 2) * shift,
    };
    this.camera = { centre: moved, zoom };
    this.#moved();
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  }

  /** @param {PointerEvent} event */
  #onDrag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.offsetX, y: event.offsetY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (!other) return this.#pan(now.x - before.x, now.y - before.y);
    const spread =
      Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
    this.zoomBy(Math.log2(spread), (now.x + other.x) / 2, (now.y + other.y) / 2);
    this.#pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    this.#pointers.delete(event.pointerId);
    if (event.timeStamp - this.#lastTapMs < 300 && this.#pointers.size === 0)
      this.zoomBy(1, event.offsetX, event.offsetY);
    this.#lastTapMs = event.timeStamp;
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    event.preventDefault();
    this.zoomBy(-event.deltaY / 300, event.offsetX, event.offsetY);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => this.#pan(KEY_STEP_PX, 0),
      ArrowRight: () => this.#pan(-KEY_STEP_PX, 0),
      ArrowUp: () => this.#pan(0, KEY_STEP_PX),
      ArrowDown: () => this.#pan(0, -KEY_STEP_PX),
      "+": () => this.zoomBy(1),
      "=": () => this.zoomBy(1),
      "-": () => this.zoomBy(-1),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}
