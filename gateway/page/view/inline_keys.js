/** The buttons under a message: draws them with their state and hands presses to the session. */

import { t } from "../device/texts.js";
import { el, spoken } from "./dom.js";
import { icon } from "./icons.js";

/** @typedef {import("../talk/types.js").InlineButton} InlineButton */

const SAFE_LINK = /^(https?:|tel:|mailto:)/i;

/** @param {InlineButton} button */
function linkKey(button) {
  const address = button.url ?? "";
  if (!SAFE_LINK.test(address)) return el("span", { class: "key" }, button.text);
  const outside = /^https?:/i.test(address);
  const given = { class: "key", href: address, target: outside && "_blank", rel: "noopener noreferrer" };
  return el("a", given, el("span", { class: "key-label" }, button.text), icon("outward", 14));
}

/**
 * @param {number} messageId
 * @param {InlineButton} button
 * @param {import("../talk/session.js").Session} session
 */
function pressKey(messageId, button, session) {
  const data = button.callback_data ?? "";
  const busy = session.presses.busy(messageId, data);
  const made = el(
    "button",
    {
      type: "button",
      class: "key",
      "aria-busy": busy ? "true" : null,
      onclick: () => void session.press(messageId, data),
    },
    el("span", { class: "key-label" }, button.text),
  );
  if (!busy) return made;
  if (session.connected)
    made.append(el("span", { class: "spinner", "aria-hidden": "true" }), spoken(t("press.sent")));
  else made.append(icon("clock", 16), spoken(t("state.waiting_network")));
  return made;
}

/**
 * @param {number} messageId @param {InlineButton[][]} keyboard @param {import("../talk/session.js").Session} session
 */
export function renderKeys(messageId, keyboard, session) {
  const lines = keyboard.map((buttons) =>
    el(
      "div",
      { class: "key-line" },
      ...buttons.map((button) => (button.url ? linkKey(button) : pressKey(messageId, button, session))),
    ),
  );
  return el("div", { class: "keys", role: "group", "aria-label": t("keys.label") }, ...lines);
}
