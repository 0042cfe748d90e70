/** The sheet behind the paper clip: camera, photos, place, file. */

import { t } from "../device/texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openSheet } from "./sheet.js";

/**
 * @typedef {object} AttachWishes
 * @property {(files: File[]) => void} photos
 * @property {(file: File) => void} document
 * @property {() => void} location
 */

/** @param {string} name @param {string} label @param {() => void} onclick */
function choice(name, label, onclick) {
  return el(
    "button",
    { type: "button", class: `attach-choice attach-${name}`, onclick },
    el("span", { class: "attach-icon" }, icon(name, 26)),
    el("span", {}, t(label)),
  );
}

/**
 * Opens the system's own chooser. The input stays in the page until it answers: some phones drop a
 * detached one together with the photo just taken.
 * @param {Record<string, any>} given @param {(files: File[]) => void} onFiles
 */
function choose(given, onFiles) {
  const input = el("input", {
    type: "file",
    class: "spoken",
    tabindex: "-1",
    "aria-hidden": "true",
    ...given,
  });
  input.addEventListener("change", () => {
    onFiles([...(input.files ?? [])]);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

/** @param {AttachWishes} wishes */
export function openAttach(wishes) {
  /** @param {() => void} then */
  const closing = (then) => () => {
    sheet.close();
    then();
  };
  const camera = { accept: "image/*", capture: "environment", "data-role": "camera" };
  const several = { accept: "image/*", multiple: true, "data-role": "photos" };
  const sheet = openSheet(
    t("attach.title"),
    "attach",
    choice(
      "camera",
      "attach.camera",
      closing(() => choose(camera, wishes.photos)),
    ),
    choice(
      "photo",
      "attach.photos",
      closing(() => choose(several, wishes.photos)),
    ),
    choice("pin", "attach.location", closing(wishes.location)),
    choice(
      "file",
      "attach.file",
      closing(() => choose({ "data-role": "file" }, ([file]) => file && wishes.document(file))),
    ),
  );
}
