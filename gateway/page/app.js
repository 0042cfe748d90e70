/** Starts the page: language, identity, then the sign-in screen or the chat. Wiring only. */

import { Session } from "./talk/session.js";
import { forgetHistory } from "./device/database.js";
import { forgetIdentity, keepIdentity, readIdentity } from "./device/identity.js";
import { forgetPictures } from "./device/pictures.js";
import { codeFromAddress, forgetCodeInAddress, nameFromAddress } from "./device/slot.js";
import { loadTexts, t } from "./device/texts.js";
import { Chat } from "./view/chat.js";
import { showSignIn } from "./view/sign_in.js";
import { ask, mountToasts, toast } from "./view/toast.js";

/** @typedef {import("./device/identity.js").Identity} Identity */

const page = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @param {string} code */
function askForCode(code) {
  showSignIn(page, { code, name: nameFromAddress, onSignedIn: (identity) => void onSignedIn(identity) });
}

/** @param {Identity} identity */
async function onSignedIn(identity) {
  await forgetHistory();
  await forgetPictures();
  keepIdentity(identity);
  forgetCodeInAddress();
  await openChat(identity);
}

/** Messages written under another name are never sent under this one without asking. @param {Session} session */
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
  const session = new Session(identity);
  session.signedOut.on(() => void onSignedOut(session));
  await session.open();
  await new Chat(session, () => void leave(session)).show(page);
  await settleStrayQueue(session);
}

/** The server no longer knows this phone. @param {Session} session */
async function onSignedOut(session) {
  session.close();
  if (readIdentity()?.token !== session.identity.token) return;
  forgetIdentity();
  toast(t("sign_in.signed_out"));
  askForCode("");
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
  const identity = readIdentity();
  if (identity) await openChat(identity);
  else askForCode(codeFromAddress);
  await keepShell();
}

void start();
