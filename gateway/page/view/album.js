/** How do one to ten photos share a bubble? Lays them out as a grid and loads each when it comes into view. */

import { pictureAddress, readyAddress } from "../device/pictures.js";
import { t } from "../device/texts.js";
import { el } from "./dom.js";

/**
 * @typedef {object} Shown a photo that can be shown small and large
 * @property {string | null} ready address of the small picture if it can be shown at once
 * @property {() => Promise<string>} thumb
 * @property {() => Promise<string>} full
 * @property {number} width px, 0 if unknown
 * @property {number} height px, 0 if unknown
 * @property {string} caption
 */

/** A single photo is never narrower or wider than this (width : height). */
const NARROWEST = 0.72;
const WIDEST = 2;

/** @type {WeakMap<Blob, string>} */
const blobAddresses = new WeakMap();

/** @param {Blob} blob */
export function blobAddress(blob) {
  let address = blobAddresses.get(blob);
  if (!address) blobAddresses.set(blob, (address = URL.createObjectURL(blob)));
  return address;
}

/**
 * @param {import("../talk/types.js").Message[]} messages @param {import("../device/api.js").Api} api
 * @returns {Shown[]}
 */
export function sentPhotos(messages, api) {
  return messages.flatMap(({ photo, caption }) =>
    photo
      ? [
          {
            ready: readyAddress(photo.file_id, true),
            thumb: () => pictureAddress(api, photo.file_id, true),
            full: () => pictureAddress(api, photo.file_id, false),
            width: photo.width,
            height: photo.height,
            caption: caption ?? "",
          },
        ]
      : [],
  );
}

/** @param {import("../device/photos.js").Photo[]} photos @returns {Shown[]} */
export function waitingPhotos(photos) {
  return photos.map(({ blob, width, height }) => {
    const address = () => Promise.resolve(blobAddress(blob));
    return { ready: blobAddress(blob), thumb: address, full: address, width, height, caption: "" };
  });
}

/**
 * Returns the width of each photo in sixths of the bubble.
 * @param {number} count
 */
export function spans(count) {
  if (count === 1) return [6];
  /** @type {Record<number, number[]>} rest left over by rows of three to the rows before them */
  const heads = { 0: [], 1: [3, 3, 3, 3], 2: [3, 3] };
  if (count === 3) return [6, 3, 3];
  const head = heads[count % 3];
  return [...head, ...Array(count - head.length).fill(2)];
}

/** @param {HTMLImageElement} image @param {HTMLElement} tile @param {Shown} photo */
async function show(image, tile, photo) {
  tile.classList.remove("missing");
  try {
    image.src = await photo.thumb();
    await image.decode();
    tile.classList.add("loaded");
  } catch {
    // Not on the phone and no network, or not a picture this browser knows: the tile says so.
    tile.classList.add("missing");
    window.addEventListener("online", () => void show(image, tile, photo), { once: true });
  }
}

/** @param {Shown} photo @param {number} span @param {boolean} alone @param {() => void} onOpen */
function tile(photo, span, alone, onOpen) {
  const image = el("img", { alt: photo.caption || t("photo.alt"), draggable: "false" });
  const made = el("button", { type: "button", class: `tile span-${span}`, onclick: onOpen }, image);
  made.setAttribute(
    "aria-label",
    photo.caption ? t("photo.open_captioned", { caption: photo.caption }) : t("photo.open"),
  );
  if (alone && photo.width > 0) {
    const ratio = Math.min(WIDEST, Math.max(NARROWEST, photo.width / photo.height));
    made.style.aspectRatio = String(ratio);
  }
  if (photo.ready) {
    image.src = photo.ready;
    image.decoding = "sync";
    made.classList.add("loaded", "at-once");
  } else void show(image, made, photo);
  return made;
}

/** @param {Shown[]} photos @param {(photos: Shown[], index: number) => void} onOpen */
export function renderPhotos(photos, onOpen) {
  const widths = spans(photos.length);
  const tiles = photos.map((photo, index) =>
    tile(photo, widths[index], photos.length === 1, () => onOpen(photos, index)),
  );
  return el("div", { class: `album ${photos.length === 1 ? "album-one" : ""}` }, ...tiles);
}
