/**
 * What can be done with a message of one's own: a long press, a right click or the keyboard's menu key opens the
 * choice. Sends nothing itself.
 */

import { t } from "../device/texts.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";

/** @typedef {import("../talk/types.js").Message} Message */

const LONG_PRESS_MS = 500;
/** A finger that wanders further is scrolling. */
const WANDER_PX = 10;

/**
 * Lets a bubble with words of the person's own open the choice.
 * @param {HTMLElement} bubble @param {Message} message @param {(message: Message) => void} onEdit
 */
export function offerChange(bubble, message, onEdit) {
  const open = () => openChoice(message, onEdit);
  bubble.tabIndex = 0;
  bubble.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    open();
  });
  onLongPress(bubble, open);
}

/** Some phones tell of no long press by themselves. @param {HTMLElement} target @param {() => void} then */
function onLongPress(target, then) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let at = { x: 0, y: 0 };
  const stop = () => clearTimeout(timer);
  target.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") return;
    at = { x: event.clientX, y: event.clientY };
    timer = setTimeout(then, LONG_PRESS_MS);
  });
  target.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - at.x, event.clientY - at.y) > WANDER_PX) stop();
  });
  for (const end of ["pointerup", "pointercancel", "contextmenu"]) target.addEventListener(end, stop);
}

/** @param {Message} message @param {(message: Message) => void} onEdit */
function openChoice(message, onEdit) {
  // A long press may be told of twice, by the timer and by the browser.
  if (document.querySelector("dialog.menu[open]")) return;
  /** @param {string} name @param {string} words @param {() => void} run */
  const entry = (name, words, run) => {
    const onclick = () => {
      sheet.close();
      run();
    };
    return el("button", { type: "button", class: "menu-entry", onclick }, icon(name), el("span", {}, words));
  };
  const sheet = openSheet(
    t("message.own"),
    "menu",
    entry("pencil", t("message.change"), () => onEdit(message)),
    entry("copy", t("message.copy"), () => void copy(message.text ?? message.caption ?? "")),
  );
}

/** @param {string} words */
async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    toast(t("message.copied"));
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    toast(t("message.not_copied"));
  }
}
