/**
 * Which file is sent for a chosen photo? The camera's own while it is small enough (its EXIF tells the server
 * time and place), else a smaller JPEG that carries the same EXIF.
 */

import { exifSegment, withExif } from "./exif.js";

const KEEP_ORIGINAL_BYTES = 8 * 1024 * 1024;
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
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new UnreadablePhoto("encode"))), "image/jpeg", JPEG_QUALITY),
  );
}

/**
 * Prepares one chosen file for sending.
 * @param {File} file @returns {Promise<Photo>} @throws {UnreadablePhoto}
 */
export async function preparePhoto(file) {
  const image = await decode(file);
  const width = image?.naturalWidth ?? 0;
  const height = image?.naturalHeight ?? 0;
  if (file.size < KEEP_ORIGINAL_BYTES) {
    // A copy in memory: a File on disk may be gone when the network is back.
    return { blob: new Blob([await file.arrayBuffer()], { type: file.type }), name: file.name, width, height };
  }
  if (!image) throw new UnreadablePhoto(file.name);
  const exif = exifSegment(new Uint8Array(await file.arrayBuffer()));
  const small = await shrink(image);
  const blob = exif ? new Blob([withExif(new Uint8Array(await small.arrayBuffer()), exif)], { type: small.type }) : small;
  return { blob, name: file.name.replace(/\.\w+$/, "") + ".jpg", width, height };
}
