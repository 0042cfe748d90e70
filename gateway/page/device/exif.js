/**
 * Which EXIF does a JPEG carry, and how is it put into another one? Reads segment borders only; the meaning of
 * the tags is the server's business, except orientation, which a redrawn picture no longer needs.
 */

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const ORIENTATION = 0x0112;
/** Length of a segment's marker, size field and "Exif\0\0". */
const TIFF_AT = 10;

/** @param {Uint8Array} segment */
function isExif(segment) {
  return String.fromCharCode(...segment.subarray(4, 8)) === "Exif";
}

/**
 * Returns the whole EXIF segment of a JPEG (marker included) with the orientation set to upright, or null.
 * @param {Uint8Array} jpeg
 */
export function exifSegment(jpeg) {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return null;
  let at = 2;
  while (at + 4 < jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== START_OF_SCAN) {
    const end = at + 2 + (jpeg[at + 2] << 8) + jpeg[at + 3];
    const segment = jpeg.slice(at, end);
    if (jpeg[at + 1] === APP1 && isExif(segment)) return upright(segment);
    at = end;
  }
  return null;
}

/** @param {Uint8Array} segment */
function upright(segment) {
  const view = new DataView(segment.buffer, TIFF_AT);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return segment;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) break;
    if (view.getUint16(at, little) === ORIENTATION) view.setUint16(at + 8, 1, little);
  }
  return segment;
}

/**
 * Returns the JPEG with the segment placed first, where readers expect it.
 * @param {Uint8Array} jpeg @param {Uint8Array} segment
 */
export function withExif(jpeg, segment) {
  const joined = new Uint8Array(jpeg.length + segment.length);
  joined.set(jpeg.subarray(0, 2));
  joined.set(segment, 2);
  joined.set(jpeg.subarray(2), 2 + segment.length);
  return joined;
}
