/** Starts the page: language, identity, then the sign-in screen or the chat. Wiring only. */

import { Session } from "./talk/session.js";
import { forgetHistory } from "./device/database.js";
import { forgetIdentity, keepIdentity, readIdentity } from "./device/identity.js";
import { forgetPictures } from "./device/pictures.js";
import { codeFromAddress, forgetCodeInAddress, nameFromAddress, slot } from "./device/slot.js";
import { loadTexts, t } from "./device/texts.js";
import { fill, el } from "./view/dom.js";
import { Chat } from "./view/chat.js";
import { showSignIn } from "./view/sign_in.js";
import { followKeyboard } from "./view/viewport.js";
import { ask, mountToasts, toast } from "./view/toast.js";

/** @typedef {import("./device/identity.js").Identity} Identity */

const page = /** @type {HTMLElement} */ (document.getElementById("app"));

/** Why the person has to sign in again; survives the reload that comes between. */
const NOTICE_KEY = `whistle.notice.${slot}`;

function askForCode() {
  const notice = sessionStorage.getItem(NOTICE_KEY) ?? "";
  sessionStorage.removeItem(NOTICE_KEY);
  showSignIn(page, {
    code: codeFromAddress,
    name: nameFromAddress,
    notice,
    onSignedIn: (identity) => void onSignedIn(identity),
  });
}

/** @param {Identity} identity */
async function onSignedIn(identity) {
  await forgetHistory();
  await forgetPictures();
  keepIdentity(identity);
  await openChat(identity);
}

/**
 * Messages written under another name are never sent under this one without asking.
 * @param {Session} session
 */
async function settleStrayQueue(session) {
  const { outbox, identity } = session;
  const stray = outbox.items.filter((item) => item.user_id !== identity.user.id);
  if (stray.length === 0) return;
  const words = t("queue.stray", { count: stray.length, name: identity.user.first_name });
  if (await ask(words, { yes: t("queue.send"), no: t("queue.drop") })) return outbox.adopt();
  for (const item of stray) await outbox.discard(item);
}

/** @param {Identity} identity */
async function openChat(identity) {
  forgetCodeInAddress();
  const session = new Session(identity);
  session.signedOut.on(() => onSignedOut(session));
  await session.open();
  const chat = new Chat(session, () => void leave(session));
  await chat.show(page);
  await settleStrayQueue(session);
  if (codeFromAddress && codeFromAddress !== identity.code) await chat.offerCode(codeFromAddress);
}

/**
 * The server no longer knows this phone; what waits in the queue stays for the next sign-in.
 * @param {Session} session
 */
function onSignedOut(session) {
  session.close();
  if (readIdentity()?.token !== session.identity.token) return;
  forgetIdentity();
  sessionStorage.setItem(NOTICE_KEY, t("sign_in.signed_out"));
  location.reload();
}

/** @param {Session} session */
async function leave(session) {
  session.close();
  for (const item of session.outbox.items) await session.outbox.discard(item);
  await forgetHistory();
  await forgetPictures();
  forgetIdentity();
  location.reload();
}

/** Installs the service worker; a new version of the page is offered, never forced into a half-typed message. */
async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const running = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (running) toast(t("update.ready"), { label: t("update.reload"), run: () => location.reload() });
  });
  await navigator.serviceWorker.register(new URL("sw.js", import.meta.url), { updateViaCache: "none" });
}

async function start() {
  await loadTexts();
  mountToasts(document.body);
  followKeyboard();
  // The last door: a fault nobody foresaw is at least not hidden from the person.
  window.addEventListener("unhandledrejection", () => toast(t("error.unexpected")));
  const identity = readIdentity();
  if (identity) await openChat(identity);
  else askForCode();
  await keepShell();
}

start().catch((/** @type {unknown} */ error) => {
  // A browser that keeps nothing (some private windows) cannot hold a queue: better said than half working.
  fill(page, el("p", { class: "broken" }, t("error.start")));
  throw error;
});
