/** Three phones side by side: one frame for each demonstration person, each with an identity of its own. */

import { clockTime } from "./device/dates.js";
import { languageFromAddress } from "./device/slot.js";
import { loadTexts, t } from "./device/texts.js";
import { el, fill } from "./view/dom.js";
import { avatar, icon } from "./view/icons.js";

/** The size of the phone drawn, in CSS px; the frame is scaled as a whole to fit the window. */
const PHONE_WIDTH_PX = 414;
const PHONE_HEIGHT_PX = 868;
const TITLE_HEIGHT_PX = 56;
const GAP_PX = 36;
/** Narrower than this, one phone fills the screen and the others are a swipe away. */
const SIDE_BY_SIDE_PX = 860;

const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));

/** @typedef {{slot: string, title: string, code: string}} Slot */

/** @param {Slot} given */
function addressOf({ slot, title, code }) {
  const address = new URL("/phone/", location.origin);
  const values = { slot, code, name: title, ...(languageFromAddress && { lang: languageFromAddress }) };
  for (const [name, value] of Object.entries(values)) address.searchParams.set(name, value);
  return address.href;
}

/** Keeps a drawn phone's clock right. @param {HTMLElement} clock */
function tick(clock) {
  const now = Date.now();
  clock.textContent = clockTime(now / 1000);
  setTimeout(() => tick(clock), 60_000 - (now % 60_000));
}

/** @param {Slot} given */
function phone(given) {
  const frame = el("iframe", {
    src: addressOf(given),
    title: t("phones.frame", { title: given.title }),
    allow: "geolocation; camera; clipboard-read; clipboard-write",
  });
  const badge = el("span", { class: "phone-badge", hidden: true });
  const alone = el(
    "a",
    {
      class: "round",
      href: addressOf(given),
      target: "_blank",
      "aria-label": t("phones.alone"),
      title: t("phones.alone"),
    },
    icon("outward"),
  );
  const reload = el(
    "button",
    { type: "button", class: "round", "aria-label": t("update.reload"), title: t("update.reload") },
    icon("reload", 22),
  );
  reload.addEventListener("click", () => frame.contentWindow?.location.reload());
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== location.origin) return;
    badge.hidden = !(data.unread > 0);
    badge.textContent = String(data.unread);
    badge.setAttribute("aria-label", t("phones.unread", { count: data.unread }));
  });
  const title = el("div", { class: "phone-title" }, el("h2", {}, given.title), badge, alone, reload);
  const clock = el("div", { class: "device-bar", "aria-hidden": "true" });
  tick(clock);
  const device = el("div", { class: "device" }, el("div", { class: "device-screen" }, clock, frame));
  return el(
    "section",
    { class: "phone", "aria-label": given.title },
    title,
    el("div", { class: "device-frame" }, device),
  );
}

/**
 * Scales the drawn phones to the window; the chat inside still believes in 390 px.
 * @param {HTMLElement} row
 * @param {number} count
 */
function fit(row, count) {
  const sideBySide = window.innerWidth >= SIDE_BY_SIDE_PX;
  stage.classList.toggle("side-by-side", sideBySide);
  const columns = sideBySide ? count : 1;
  const width = (row.clientWidth - GAP_PX * (columns - (sideBySide ? 1 : 0))) / columns;
  const height = row.clientHeight - TITLE_HEIGHT_PX;
  const scale = Math.min(1, width / PHONE_WIDTH_PX, height / PHONE_HEIGHT_PX);
  row.style.setProperty("--scale", String(Math.max(0.4, scale)));
}

/** @returns {Promise<Slot[] | null>} null when the server does not answer */
async function slots() {
  try {
    const answer = await fetch("/phones/slots");
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function start() {
  await loadTexts();
  const given = await slots();
  const head = el(
    "header",
    { class: "stage-head" },
    avatar(44),
    el("div", {}, el("h1", {}, t("phones.title")), el("p", {}, t("phones.lead"))),
  );
  if (!given || given.length === 0) {
    fill(stage, head, el("p", { class: "stage-note" }, t(given ? "phones.none" : "phones.unreachable")));
    return;
  }
  const row = el("div", { class: "phones" }, ...given.map(phone));
  fill(stage, head, row);
  new ResizeObserver(() => fit(row, given.length)).observe(row);
  fit(row, given.length);
}

void start();
