/**
 * How does one message look? Builds the bubble with its media, words, time and state; what a tap does is
 * given from outside.
 */

import { clockTime, fullTime } from "../device/dates.js";
import { hasText, t } from "../device/texts.js";
import { el, spoken } from "./dom.js";
import { icon } from "./icons.js";
import { renderText } from "./entities.js";
import { renderKeys } from "./inline_keys.js";
import { renderPhotos, sentPhotos, waitingPhotos } from "./album.js";
import { renderPlace } from "./place.js";
import { renderDocument } from "./document.js";
import { offerChange } from "./own_message.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("../talk/session.js").Session} Session */

/**
 * @typedef {object} Taps what the views ask for
 * @property {(command: string) => void} command
 * @property {(photos: import("./album.js").Shown[], index: number) => void} photo
 * @property {(place: import("../talk/types.js").Place) => void} place
 * @property {(message: import("../talk/types.js").Message) => void} edit
 */

/** @param {Row} row @param {Node | null} state @param {boolean} edited */
function meta(row, state, edited) {
  const time = el("time", { datetime: new Date(row.date * 1000).toISOString(), title: fullTime(row.date) });
  time.append(clockTime(row.date));
  return el(
    "span",
    { class: "meta" },
    edited && el("span", { class: "edited" }, t("message.edited")),
    time,
    state,
  );
}

/** @param {string} name @param {string} words */
function stateMark(name, words) {
  return el("span", { class: `state state-${name}` }, icon(name, 15), spoken(words));
}

/** @param {string} words @param {Node} metaNode @param {Node[]} nodes */
function textBlock(words, metaNode, nodes) {
  return words ? el("div", { class: "words", dir: "auto" }, ...nodes, metaNode) : metaNode;
}

/**
 * @param {Row} row @param {Session} session @param {Taps} taps
 * @returns {HTMLElement}
 */
function sentBubble(row, session, taps) {
  const head = row.messages[0];
  const worded = row.messages.find((message) => message.text || message.caption) ?? head;
  const words = worded.text ?? worded.caption ?? "";
  const edited = row.messages.some((message) => message.edit_date);
  const state = row.side === "out" ? stateMark("check", t("state.sent")) : null;
  const photos = sentPhotos(row.messages, session.api);
  const bubble = el(
    "article",
    { class: "bubble" },
    spoken(t(row.side === "out" ? "speaker.me" : "speaker.bot")),
  );
  if (photos.length > 0) bubble.append(renderPhotos(photos, taps.photo));
  if (head.location) bubble.append(renderPlace(head.location, session.api, taps.place));
  if (head.document) bubble.append(renderDocument(head.document, session.api));
  bubble.append(
    textBlock(words, meta(row, state, edited), renderText(words, worded.entities ?? [], taps.command)),
  );
  decorate(bubble, { media: photos.length > 0 || Boolean(head.location), words: words !== "" });
  if (row.side === "out" && words !== "") offerChange(bubble, worded, taps.edit);
  return bubble;
}

/** @param {Row} row @param {Session} session @param {Taps} taps */
function waitingBubble(row, session, taps) {
  const item = /** @type {import("../talk/types.js").Queued} */ (row.queued);
  const draft = /** @type {import("../talk/types.js").Draft} */ (item.draft);
  const words = draft.text ?? draft.caption ?? "";
  const failed = item.state === "failed";
  const state = failed ? stateMark("alert", t("state.failed")) : stateMark("clock", t("state.waiting"));
  const bubble = el("article", { class: "bubble" }, spoken(t("speaker.me")));
  if (draft.photos) bubble.append(renderPhotos(waitingPhotos(draft.photos), taps.photo));
  if (draft.location) bubble.append(renderPlace(draft.location, session.api, taps.place));
  if (draft.document)
    bubble.append(renderDocument({ file_id: "", file_name: draft.document.name }, session.api));
  bubble.append(textBlock(words, meta(row, state, false), [document.createTextNode(words)]));
  if (draft.photos || draft.document)
    bubble.append(el("progress", { class: "progress", max: "1", value: "0" }));
  decorate(bubble, { media: Boolean(draft.photos || draft.location), words: words !== "" });
  return bubble;
}

/** @param {HTMLElement} bubble @param {{media: boolean, words: boolean}} has */
function decorate(bubble, has) {
  bubble.classList.toggle("has-media", has.media);
  bubble.classList.toggle("no-words", !has.words);
}

/** What can be done about a message that the server refused. @param {Row} row @param {Session} session */
function failedNote(row, session) {
  const item = /** @type {import("../talk/types.js").Queued} */ (row.queued);
  const reason = `refused.${item.error}`;
  return el(
    "div",
    { class: "failed-note", role: "alert" },
    el("span", {}, t(hasText(reason) ? reason : "refused.unknown")),
    el("button", { type: "button", onclick: () => void session.outbox.retry(item) }, t("action.retry")),
    el("button", { type: "button", onclick: () => void session.outbox.discard(item) }, t("action.delete")),
  );
}

/** "Waiting for the network" under what cannot leave now. @param {Session} session */
function waitingNote(session) {
  return session.connected ? null : el("div", { class: "waiting-note" }, t("state.waiting_network"));
}

/** Tells the element where in a run of messages it stands. @param {HTMLElement} shown @param {Row} row */
export function markRun(shown, { first, last }) {
  shown.classList.toggle("first", first);
  shown.classList.toggle("last", last);
}

/**
 * Draws the buttons under a message anew, leaving its bubble alone.
 * @param {HTMLElement} shown @param {Row} row @param {Session} session
 */
export function renewKeys(shown, row, session) {
  const old = shown.querySelector(".keys");
  const focused = [...(old?.querySelectorAll(".key") ?? [])].findIndex(
    (key) => key === document.activeElement,
  );
  old?.remove();
  const keyboard = row.messages[0]?.inline_keyboard ?? [];
  shown.classList.toggle("with-keys", keyboard.length > 0);
  if (keyboard.length === 0) return;
  const keys = renderKeys(row.messages[0].message_id, keyboard, session);
  shown.append(keys);
  // Who works with a keyboard stays on the button just pressed.
  if (focused >= 0)
    /** @type {HTMLElement | undefined} */ ([...keys.querySelectorAll(".key")][focused])?.focus();
}

/**
 * Returns the row's element for a message, sent or waiting.
 * @param {Row} row @param {Session} session @param {Taps} taps
 */
export function renderMessage(row, session, taps) {
  const waiting = row.kind === "waiting";
  const shown = el("div", { class: `row ${row.side}` });
  shown.append(waiting ? waitingBubble(row, session, taps) : sentBubble(row, session, taps));
  renewKeys(shown, row, session);
  if (waiting && row.queued?.state === "failed") shown.append(failedNote(row, session));
  else if (waiting) shown.append(waitingNote(session) ?? "");
  return shown;
}
