/** A panel that rises from the bottom edge; Escape, the dark area around it and its own buttons close it. */

import { t } from "../device/texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Opens a sheet and returns its dialog element.
 * @param {string} title @param {string} kind class name of the content @param {...(Node | string)} content
 */
export function openSheet(title, kind, ...content) {
  const closer = el(
    "button",
    { type: "button", class: "round", "aria-label": t("action.close") },
    icon("close"),
  );
  const sheet = el(
    "dialog",
    { class: `sheet ${kind}`, "aria-label": title },
    el("header", { class: "sheet-head" }, el("h2", {}, title), closer),
    el("div", { class: "sheet-body" }, ...content),
  );
  closer.addEventListener("click", () => sheet.close());
  // A tap on the dialog itself, not on anything in it, is a tap on the backdrop.
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  return sheet;
}
