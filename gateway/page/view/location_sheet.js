/**
 * Where is it? Offers the phone's own position and a pin that one moves the map under; says which street lies
 * there. Also shows a place that someone sent.
 */

import { NoPosition, currentPosition } from "../device/position.js";
import { t } from "../device/texts.js";
import { scaleBar } from "../map/drawing.js";
import { toMap } from "../map/mercator.js";
import { PlainMap } from "../map/plain_map.js";
import { findStreets, loadStreets, streetAt } from "../map/streets.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { placeNote } from "./place.js";
import { openSheet } from "./sheet.js";

/** @typedef {import("../talk/types.js").Place} Place */
/** @typedef {import("../device/api.js").Api} Api */

const STREET_ZOOM = 14.2;

/** A place can be told to about 0.1 m; more digits only pretend. @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * 1e6) / 1e6;

class LocationSheet {
  /** @type {import("../device/position.js").Position | null} */
  #position = null;
  /** The person has moved the map: a late fix must not pull it away. */
  #moved = false;

  /** @param {Api} api @param {(place: Place) => void} onSend */
  constructor(api, onSend) {
    this.api = api;
    this.onSend = onSend;
    this.map = new PlainMap(t("map.label"), () => this.#onMove());
    this.name = el("div", { class: "pin-name", "aria-live": "polite" });
    this.note = el("div", { class: "map-note" });
    this.scale = el("div", { class: "map-scale", "aria-hidden": "true" });
    this.here = el("button", { type: "button", class: "here", onclick: () => void this.#onHere() });
    this.words = el("input", {
      type: "search",
      class: "map-search",
      placeholder: t("map.search"),
      "aria-label": t("map.search"),
      enterkeyhint: "search",
      oninput: () => this.#onSearch(),
    });
    this.found = el("ul", { class: "found", hidden: true });
    this.sheet = openSheet(t("map.title"), "location", this.#search(), this.#mapFrame(), this.#actions());
    this.sheet.addEventListener("close", () => this.map.close());
    this.map.canvas.addEventListener("pointerdown", () => (this.#moved = true));
    this.map.canvas.addEventListener("keydown", () => (this.#moved = true));
  }

  #search() {
    return el("div", { class: "map-search-frame" }, icon("search", 20), this.words, this.found);
  }

  #mapFrame() {
    return el(
      "div",
      { class: "map-frame" },
      this.map.canvas,
      el("div", { class: "crosshair", "aria-hidden": "true" }, icon("pin", 44)),
      el(
        "div",
        { class: "map-tools" },
        this.#tool("plus", "map.zoom_in", () => this.map.zoomBy(1)),
        this.#tool("minus", "map.zoom_out", () => this.map.zoomBy(-1)),
        this.#tool("locate", "map.locate", () => void this.#locate(true)),
      ),
      this.scale,
      this.note,
    );
  }

  /** @param {string} name @param {string} label @param {() => void} onclick */
  #tool(name, label, onclick) {
    return el(
      "button",
      { type: "button", class: "map-tool", "aria-label": t(label), title: t(label), onclick },
      icon(name),
    );
  }

  #actions() {
    const pin = el(
      "button",
      { type: "button", class: "strong send-pin", onclick: () => this.#sendPin() },
      t("map.send_pin"),
    );
    return el("div", { class: "map-actions" }, this.name, this.here, pin);
  }

  async open() {
    this.#drawHere(t("map.locating"), true);
    const [map] = await Promise.all([loadStreets(this.api), this.#locate(false)]);
    this.map.map = map;
    if (map && !this.#position && !this.#moved) this.map.fit(map.box);
    this.note.textContent = map ? (map.synthetic ? t("map.synthetic") : "") : t("map.missing");
    this.#onMove();
    // Words typed while the map was still on its way.
    if (this.words.value) this.#onSearch();
    this.map.draw();
  }

  /** @param {boolean} asked by a tap, not by opening the sheet */
  async #locate(asked) {
    try {
      this.#position = await currentPosition();
      this.map.position = this.#position;
      this.#drawHere(
        t("map.send_here", { metres: Math.max(1, Math.round(this.#position.accuracy_m)) }),
        false,
      );
      if (asked || !this.#moved) this.map.goTo(this.#position, STREET_ZOOM);
    } catch (error) {
      if (!(error instanceof NoPosition)) throw error;
      this.#drawHere(t(`position.${error.reason}`), error.reason === "insecure");
    }
  }

  /** @param {string} words @param {boolean} disabled */
  #drawHere(words, disabled) {
    fill(this.here, icon("locate", 22), el("span", {}, words));
    this.here.disabled = disabled;
  }

  #drawScale() {
    const { metres, width } = scaleBar(this.map.camera, this.map.place.latitude);
    this.scale.style.width = `${width}px`;
    this.scale.textContent =
      metres < 1000 ? t("map.metres", { metres }) : t("map.kilometres", { kilometres: metres / 1000 });
  }

  #onMove() {
    this.#drawScale();
    const centre = toMap(this.map.place.latitude, this.map.place.longitude);
    const street = this.map.map && streetAt(this.map.map, centre);
    this.map.chosen = street ? street.district + street.name : "";
    this.name.textContent = street ? `${street.district} ${street.name}`.trim() : t("map.outside");
  }

  #onSearch() {
    const streets = this.map.map ? findStreets(this.map.map, this.words.value) : [];
    const choices = streets.map((street) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", onclick: () => this.#onFound(street) },
          street.name,
          " ",
          el("small", {}, street.district),
        ),
      ),
    );
    fill(this.found, ...choices);
    this.found.hidden = choices.length === 0;
  }

  /** @param {import("../map/streets.js").Street} street */
  #onFound(street) {
    this.#moved = true;
    this.found.hidden = true;
    this.map.fit(street.box);
    this.map.canvas.focus();
  }

  async #onHere() {
    if (!this.#position) {
      this.#drawHere(t("map.locating"), true);
      return this.#locate(true);
    }
    const { latitude, longitude, accuracy_m } = this.#position;
    const place = {
      latitude: rounded(latitude),
      longitude: rounded(longitude),
      horizontal_accuracy: Math.round(accuracy_m),
    };
    this.#send({ ...place, pinned: false });
  }

  #sendPin() {
    const { latitude, longitude } = this.map.place;
    this.#send({ latitude: rounded(latitude), longitude: rounded(longitude), pinned: true });
  }

  /** @param {Place} place */
  #send(place) {
    this.sheet.close();
    this.onSend(place);
  }
}

/** Lets a person choose a place. @param {Api} api @param {(place: Place) => void} onSend */
export function chooseLocation(api, onSend) {
  void new LocationSheet(api, onSend).open();
}

/** Shows a place on the whole screen. @param {Place} place @param {Api} api */
export async function showLocation(place, api) {
  const map = new PlainMap(t("map.label"), () => undefined);
  const name = el("div", { class: "pin-name" });
  const point = `${place.latitude.toFixed(6)}, ${place.longitude.toFixed(6)}`;
  const words = el(
    "div",
    { class: "map-actions" },
    name,
    el("div", { class: "pin-point" }, `${point} · ${placeNote(place)}`),
  );
  const sheet = openSheet(t("map.shown"), "location", el("div", { class: "map-frame" }, map.canvas), words);
  sheet.addEventListener("close", () => map.close());
  map.position = { ...place, accuracy_m: place.horizontal_accuracy ?? 0 };
  map.goTo(place, STREET_ZOOM);
  map.map = await loadStreets(api);
  const street = map.map && streetAt(map.map, toMap(place.latitude, place.longitude));
  name.textContent = street ? `${street.district} ${street.name}`.trim() : "";
  map.draw();
}
