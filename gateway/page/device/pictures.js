/**
 * Which bytes belong to a file id? Fetched once with the device token, then kept in the Cache Storage so that
 * they can be looked at without network.
 */

import { slot } from "./slot.js";

const CACHE = `whistle-pictures-${slot}`;
const KEPT = 400;

/** @type {Map<string, Promise<string>>} */
const addresses = new Map();

/** Absent on plain http: pictures then live only as long as the page. */
const storage = () => (typeof caches === "undefined" ? null : caches.open(CACHE));

/** @param {Cache} cache */
async function trim(cache) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - KEPT))) await cache.delete(key);
}

/** @param {import("./api.js").Api} api @param {string} path @returns {Promise<string>} */
async function load(api, path) {
  const cache = await storage();
  const kept = await cache?.match(`/phone/api/${path}`);
  if (kept) return URL.createObjectURL(await kept.blob());
  const blob = await api.blob(path);
  if (cache) {
    await cache.put(`/phone/api/${path}`, new Response(blob, { headers: { "Content-Type": blob.type } }));
    await trim(cache);
  }
  return URL.createObjectURL(blob);
}

/**
 * Returns an address that an image element can show.
 * @param {import("./api.js").Api} api @param {string} fileId @param {{thumb?: boolean}} [options]
 * @returns {Promise<string>}
 */
export function pictureAddress(api, fileId, { thumb = false } = {}) {
  const path = `files/${encodeURIComponent(fileId)}${thumb ? "?thumb=1" : ""}`;
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
 * Shows a picture just sent from this phone without fetching it back.
 * @param {string} fileId @param {Blob} blob
 */
export function rememberPicture(fileId, blob) {
  const address = Promise.resolve(URL.createObjectURL(blob));
  addresses.set(`files/${encodeURIComponent(fileId)}`, address);
  addresses.set(`files/${encodeURIComponent(fileId)}?thumb=1`, address);
}

/** Drops every kept picture of this slot. */
export async function forgetPictures() {
  addresses.clear();
  if (typeof caches !== "undefined") await caches.delete(CACHE);
}
