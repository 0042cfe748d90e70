/** A file in a bubble: its name, its size, and a tap that saves it. */

import { t } from "../device/texts.js";
import { Refused, Unreachable } from "../device/api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { toast } from "./toast.js";

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {import("../talk/types.js").DocumentFile} file @param {import("../device/api.js").Api} api */
async function save(file, api) {
  try {
    const address = URL.createObjectURL(await api.blob(`files/${encodeURIComponent(file.file_id)}`));
    el("a", { href: address, download: file.file_name ?? t("document.unnamed") }).click();
    // The browser needs the address until it has taken over the download.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    toast(t("document.unavailable"));
  }
}

/** @param {import("../talk/types.js").DocumentFile} file @param {import("../device/api.js").Api} api */
export function renderDocument(file, api) {
  const waiting = file.file_id === "";
  return el(
    "button",
    { type: "button", class: "document", disabled: waiting, onclick: () => void save(file, api) },
    el("span", { class: "document-icon" }, icon("file")),
    el(
      "span",
      { class: "document-words" },
      el("span", { class: "document-name" }, file.file_name ?? t("document.unnamed")),
      file.file_size ? el("span", { class: "document-size" }, size(file.file_size)) : null,
    ),
  );
}
