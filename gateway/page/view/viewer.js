/** Photos on the whole screen: swipe or arrow keys between them, double tap to look closer, Escape to leave. */

import { t } from "../device/texts.js";
import { Refused, Unreachable } from "../device/api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { glide } from "./motion.js";

/** @typedef {import("./album.js").Shown} Shown */

/** @param {HTMLImageElement} image @param {Shown} photo */
async function loadInto(image, photo) {
  try {
    image.src = await photo.thumb();
    image.src = await photo.full();
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    // Without network the small picture stays, if there was one.
    image.classList.toggle("missing", image.src === "");
  }
}

/** @param {Shown} photo */
function page(photo) {
  const image = el("img", { alt: photo.caption || t("photo.alt"), draggable: "false" });
  const frame = el("div", { class: "viewer-page" }, image);
  image.addEventListener("dblclick", (event) => {
    const large = frame.classList.toggle("large");
    if (!large) return;
    // Looks closer at what was tapped.
    frame.scrollLeft = event.offsetX * 2.5 - frame.clientWidth / 2;
    frame.scrollTop = event.offsetY * 2.5 - frame.clientHeight / 2;
  });
  void loadInto(image, photo);
  return frame;
}

/** @param {Shown[]} photos @param {number} first index to start with */
export function openViewer(photos, first) {
  const track = el("div", { class: "viewer-track" }, ...photos.map(page));
  const count = el("span", { class: "viewer-count", "aria-live": "polite" });
  const closer = el(
    "button",
    { type: "button", class: "round", "aria-label": t("action.close") },
    icon("close"),
  );
  const dialog = el("dialog", { class: "viewer", "aria-label": t("photo.viewer") });
  /** @param {number} by */
  const turn = (by) => track.scrollBy({ left: by * track.clientWidth, behavior: glide() });
  /** @param {string} name @param {number} by */
  const arrow = (name, by) =>
    el(
      "button",
      {
        type: "button",
        class: `viewer-arrow viewer-${name}`,
        "aria-label": t(`photo.${name}`),
        onclick: () => turn(by),
      },
      icon(name),
    );
  const told = () => {
    const index = Math.round(track.scrollLeft / Math.max(1, track.clientWidth));
    count.textContent = photos.length > 1 ? `${index + 1} / ${photos.length}` : "";
  };
  dialog.append(el("header", { class: "viewer-head" }, count, closer), track);
  if (photos.length > 1) dialog.append(arrow("back", -1), arrow("next", 1));
  const caption = photos.map((photo) => photo.caption).find((words) => words !== "");
  if (caption) dialog.append(el("p", { class: "viewer-caption" }, caption));
  closer.addEventListener("click", () => dialog.close());
  track.addEventListener("scroll", told, { passive: true });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  track.scrollLeft = first * track.clientWidth;
  told();
}
