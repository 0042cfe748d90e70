/**
 * Which bytes belong to a file id? Fetched once with the device token, then kept in the Cache Storage so that
 * they can be looked at without network.
 */

import { Refused, Unreachable } from "./api.js";
import { slot } from "./slot.js";

/** @typedef {import("./api.js").Api} Api */

/** How many pictures are kept, small and large ones apart: a large one must not push out fifty small ones. */
const KEPT = { small: 500, large: 60 };

/** @type {Map<string, Promise<string>>} */
const addresses = new Map();
/** Addresses that can be shown at once. @type {Map<string, string>} */
const ready = new Map();

/** @param {string} fileId @param {boolean} thumb */
function pathOf(fileId, thumb) {
  return `files/${encodeURIComponent(fileId)}${thumb ? "?thumb=1" : ""}`;
}

/** @param {keyof typeof KEPT} size */
function cacheName(size) {
  return `whistle-pictures-${size}-${slot}`;
}

/** @param {Cache} cache @param {number} kept */
async function trim(cache, kept) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - kept))) await cache.delete(key);
}

/**
 * Takes the bytes from the phone, else from the server.
 * @param {Api} api
 * @param {string} path
 * @returns {Promise<Blob>}
 */
async function bytes(api, path) {
  // Absent on plain http: pictures then live only as long as the page.
  if (typeof caches === "undefined") return api.blob(path);
  const size = path.endsWith("?thumb=1") ? "small" : "large";
  const cache = await caches.open(cacheName(size));
  const kept = await cache.match(`/phone/api/${path}`);
  if (kept) return kept.blob();
  const blob = await api.blob(path);
  await cache.put(`/phone/api/${path}`, new Response(blob, { headers: { "Content-Type": blob.type } }));
  await trim(cache, KEPT[size]);
  return blob;
}

/** @param {Api} api @param {string} path */
async function load(api, path) {
  const address = URL.createObjectURL(await bytes(api, path));
  ready.set(path, address);
  return address;
}

/**
 * Returns an address that an image element can show.
 * @param {Api} api @param {string} fileId @param {boolean} thumb @returns {Promise<string>}
 */
export function pictureAddress(api, fileId, thumb) {
  const path = pathOf(fileId, thumb);
  let address = addresses.get(path);
  if (!address) {
    address = load(api, path);
    addresses.set(path, address);
    // A failed load is forgotten, so that the next look tries again.
    address.catch(() => addresses.delete(path));
  }
  return address;
}

/**
 * Returns the address if it is known already, so that a redrawn message does not flicker.
 * @param {string} fileId
 * @param {boolean} thumb
 */
export function readyAddress(fileId, thumb) {
  return ready.get(pathOf(fileId, thumb)) ?? null;
}

/**
 * Shows a picture just sent from this phone without fetching it back, and keeps a small one for times without network.
 * @param {Api} api @param {string} fileId @param {Blob} blob
 */
export async function rememberPicture(api, fileId, blob) {
  const address = URL.createObjectURL(blob);
  for (const thumb of [true, false]) {
    ready.set(pathOf(fileId, thumb), address);
    addresses.set(pathOf(fileId, thumb), Promise.resolve(address));
  }
  try {
    await bytes(api, pathOf(fileId, true));
  } catch (error) {
    // Only a convenience: it is fetched when it is next looked at.
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
  }
}

/** Drops every kept picture of this slot. */
export async function forgetPictures() {
  addresses.clear();
  ready.clear();
  if (typeof caches === "undefined") return;
  await caches.delete(cacheName("small"));
  await caches.delete(cacheName("large"));
}
