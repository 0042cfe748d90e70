/**
 * Which file is sent for a chosen photo? The camera's own while it is small enough (its EXIF tells the server
 * time and place), else a smaller JPEG that carries the same EXIF.
 */

import { exifSegment, withExif } from "./exif.js";

const KEEP_ORIGINAL_BYTES = 8 * 1024 * 1024;
const KEEP_ON_SLOW_LINE_BYTES = 1024 * 1024;
/** One request has to get through on a bad line, and the server takes no more than about twice this. */
const TOGETHER_BYTES = 24 * 1024 * 1024;
/** What every server can read; other formats are redrawn where the browser knows them. */
const KEPT_TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);
const LONG_EDGE_PX = 1600;
const JPEG_QUALITY = 0.85;

/** The browser cannot show this picture and it is too large to be sent as it is. */
export class UnreadablePhoto extends Error {}

/** @typedef {{blob: Blob, name: string, width: number, height: number}} Photo width and height in px, 0 if unknown */

/** @param {Blob} file @returns {Promise<HTMLImageElement | null>} null when the browser cannot decode it */
async function decode(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** @param {HTMLImageElement} image @returns {Promise<Blob>} */
function shrink(image) {
  const scale = Math.min(1, LONG_EDGE_PX / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const pen = canvas.getContext("2d");
  if (!pen) throw new UnreadablePhoto("canvas");
  pen.fillStyle = "#fff"; // JPEG has no transparency
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new UnreadablePhoto("encode"))),
      "image/jpeg",
      JPEG_QUALITY,
    ),
  );
}

/** True where every megabyte costs minutes. */
function slowLine() {
  const connection = /** @type {any} */ (navigator).connection;
  return Boolean(connection?.saveData) || /2g|3g/.test(connection?.effectiveType ?? "");
}

/** @param {Photo} photo @param {HTMLImageElement} image @returns {Promise<Photo>} */
async function smaller(photo, image) {
  const exif = exifSegment(new Uint8Array(await photo.blob.arrayBuffer()));
  const small = await shrink(image);
  if (small.size >= photo.blob.size && KEPT_TYPES.has(photo.blob.type)) return photo;
  const blob = exif
    ? new Blob([withExif(new Uint8Array(await small.arrayBuffer()), exif)], { type: small.type })
    : small;
  return { ...photo, blob, name: `${photo.name.replace(/\.\w+$/, "")}.jpg` };
}

/**
 * Prepares one chosen file for sending.
 * @param {File} file @returns {Promise<Photo>} @throws {UnreadablePhoto}
 */
export async function preparePhoto(file) {
  const image = await decode(file);
  // A copy in memory: a File on disk may be gone when the network is back.
  const blob = new Blob([await file.arrayBuffer()], { type: file.type });
  const photo = { blob, name: file.name, width: image?.naturalWidth ?? 0, height: image?.naturalHeight ?? 0 };
  const keep = file.size < (slowLine() ? KEEP_ON_SLOW_LINE_BYTES : KEEP_ORIGINAL_BYTES);
  if (keep && (KEPT_TYPES.has(file.type) || !image)) return photo;
  if (!image) throw new UnreadablePhoto(file.name);
  return smaller(photo, image);
}

/**
 * Makes the photos of one message small enough to travel together, the largest first.
 * @param {Photo[]} photos @returns {Promise<Photo[]>} in the same order
 */
export async function fitTogether(photos) {
  const fitted = [...photos];
  const total = () => fitted.reduce((sum, photo) => sum + photo.blob.size, 0);
  const largestFirst = [...photos.keys()].sort((a, b) => photos[b].blob.size - photos[a].blob.size);
  for (const index of largestFirst) {
    if (total() <= TOGETHER_BYTES) break;
    const image = await decode(fitted[index].blob);
    if (image) fitted[index] = await smaller(fitted[index], image);
  }
  return fitted;
}
