/** Short notes that come and go, and questions that need an answer. */

import { t } from "../device/texts.js";
import { el, fill } from "./dom.js";

const SHOWN_MS = 4_000;

const place = el("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Puts the notes' place into the page; once. @param {Element} parent */
export function mountToasts(parent) {
  parent.append(place);
}

/**
 * Shows a note for some seconds; with an action it stays until it is used or closed.
 * @param {string} words @param {{label: string, run: () => void}} [action]
 * @returns {() => void} takes the note away early
 */
export function toast(words, action) {
  const note = el("div", { class: "toast" }, el("span", {}, words));
  if (action) note.append(el("button", { type: "button", onclick: action.run }, action.label));
  place.append(note);
  if (!action) setTimeout(() => note.remove(), SHOWN_MS + words.length * 60);
  return () => note.remove();
}

/**
 * Shows a dialog and returns true for "yes". Without `no` it is a plain notice.
 * @param {string} words @param {{yes?: string, no?: string, dangerous?: boolean}} [labels]
 * @returns {Promise<boolean>}
 */
export function ask(words, { yes = t("action.ok"), no, dangerous = false } = {}) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "question", "aria-label": words });
    /** @param {boolean} answer */
    const end = (answer) => {
      dialog.close();
      resolve(answer);
    };
    fill(
      dialog,
      el("p", {}, words),
      el(
        "div",
        { class: "question-answers" },
        no ? el("button", { type: "button", class: "plain", onclick: () => end(false) }, no) : null,
        el(
          "button",
          { type: "button", class: dangerous ? "danger" : "strong", onclick: () => end(true) },
          yes,
        ),
      ),
    );
    dialog.addEventListener("cancel", () => resolve(false));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
}
