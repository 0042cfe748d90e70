/** The line drawings on buttons, 24 × 24, drawn with the current text colour. */

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string[]>} */
const PATHS = {
  send: [
    "M4.5 12 3.2 4.6c-.2-.9.7-1.6 1.5-1.2l15.8 7.7c.8.4.8 1.4 0 1.8L4.7 20.6c-.8.4-1.7-.3-1.5-1.2L4.5 12Zm0 0h7",
  ],
  attach: [
    "m20 11.2-8.1 8a5.3 5.3 0 0 1-7.5-7.4l8.6-8.5a3.6 3.6 0 0 1 5 5l-8.5 8.5a1.8 1.8 0 0 1-2.5-2.5l7.4-7.3",
  ],
  slash: [
    "M4 6.5a2.5 2.5 0 0 1 2.5-2.5h11a2.5 2.5 0 0 1 2.5 2.5v11a2.5 2.5 0 0 1-2.5 2.5h-11a2.5 2.5 0 0 1-2.5-2.5z",
    "m13.5 8-3 8",
  ],
  keyboard: ["M5 5h5v5H5zM14 5h5v5h-5zM5 14h5v5H5zM14 14h5v5h-5z"],
  camera: [
    "M4 8.5A1.5 1.5 0 0 1 5.5 7h2.3l1.5-2.3h5.4L16.2 7h2.3A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z",
    "M15.5 12.8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Z",
  ],
  photo: [
    "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v11a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 17.5z",
    "m4.5 17 4.3-4.6a1.5 1.5 0 0 1 2.2 0l2.5 2.7 1.6-1.7a1.5 1.5 0 0 1 2.2 0l2.5 2.7",
    "M16.3 8.6a1 1 0 1 1-2 0 1 1 0 0 1 2 0Z",
  ],
  pin: [
    "M12 21.3c4.6-4.5 7-8 7-11.1a7 7 0 1 0-14 0c0 3.1 2.4 6.6 7 11.1Z",
    "M14.6 10.2a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0Z",
  ],
  file: ["M13.5 3H7.5A2 2 0 0 0 5.5 5v14a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8z", "M13.5 3v5h5"],
  pencil: ["M4.5 19.5 5.4 15 15.8 4.6a1.7 1.7 0 0 1 2.4 0l1.2 1.2a1.7 1.7 0 0 1 0 2.4L9 18.6z", "m14 6.4 3.6 3.6"],
  copy: [
    "M9 10.5A1.5 1.5 0 0 1 10.5 9h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 18.5z",
    "M6.5 15h-1A1.5 1.5 0 0 1 4 13.5v-8A1.5 1.5 0 0 1 5.5 4h8A1.5 1.5 0 0 1 15 5.5v1",
  ],
  close: ["m6 6 12 12M18 6 6 18"],
  check: ["m5 12.8 4.5 4.5L19.5 7"],
  clock: ["M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0Z", "M12 7.5V12l3 2"],
  alert: ["M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z", "M12 7.5v5.2M12 16.2v.1"],
  down: ["m6 9.5 6 6 6-6"],
  up: ["m6 14.5 6-6 6 6"],
  back: ["m14.5 5-7 7 7 7"],
  next: ["m9.5 5 7 7-7 7"],
  more: ["M12 5.5v.1M12 12v.1M12 18.5v.1"],
  search: ["M17 10.7a6.3 6.3 0 1 1-12.6 0 6.3 6.3 0 0 1 12.6 0Z", "m15.4 15.4 4.6 4.6"],
  locate: [
    "M18.5 12a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z",
    "M12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3",
    "M13.2 12a1.2 1.2 0 1 1-2.4 0 1.2 1.2 0 0 1 2.4 0Z",
  ],
  plus: ["M12 5v14M5 12h14"],
  minus: ["M5 12h14"],
  trash: ["M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.9 12.5h9.2L17.5 7M10.3 10.5v5.5M13.7 10.5v5.5"],
  retry: ["M19 12.5a7 7 0 1 1-2-5.5l2 2M19 4.5V9h-4.5"],
  globe: [
    "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z",
    "M3.5 12h17M12 3.5c5 5.2 5 11.8 0 17-5-5.2-5-11.8 0-17Z",
  ],
  install: ["M12 4v10M8 10.5l4 4 4-4M5 17v1.5A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V17"],
  leave: ["M14 4.5H7A1.5 1.5 0 0 0 5.5 6v12A1.5 1.5 0 0 0 7 19.5h7M10 12h10M17 9l3 3-3 3"],
  outward: ["M8 8h8v8M16 8 7.5 16.5"],
  paste: [
    "M8.5 5H7a1.5 1.5 0 0 0-1.5 1.5v12A1.5 1.5 0 0 0 7 20h10a1.5 1.5 0 0 0 1.5-1.5v-12A1.5 1.5 0 0 0 17 5h-1.5",
    "M8.5 4a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1v2.5h-7z",
  ],
  ticket: ["M4 7h16v3.2a1.9 1.9 0 0 0 0 3.6V17H4v-3.2a1.9 1.9 0 0 0 0-3.6z", "M14 8.5v.5M14 12v.1M14 15v.5"],
  mute: ["M5.8 5.8l12.4 12.4", "M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z"],
  reload: ["M19 12.5a7 7 0 1 1-2-5.5l2 2M19 4.5V9h-4.5"],
};

/** @param {keyof typeof PATHS | string} name @param {number} [size] px @returns {SVGSVGElement} */
export function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    class: "icon",
    "aria-hidden": "true",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, String(value));
  for (const data of PATHS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", data);
    svg.append(path);
  }
  return svg;
}

/** The bot's picture: the whistle of the app icon. @param {number} size px */
export function avatar(size) {
  const image = document.createElement("img");
  image.src = new URL("../icons/icon.svg", import.meta.url).href;
  image.width = image.height = size;
  image.alt = "";
  image.className = "avatar";
  return image;
}
