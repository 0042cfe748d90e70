/** The chat screen of a signed-in person: puts header, thread, keyboards and composer together. */

import { Refused, Unreachable } from "../device/api.js";
import { installOffer } from "../device/install.js";
import { NoPosition, currentPosition } from "../device/position.js";
import { t } from "../device/texts.js";
import { loadStreets } from "../map/streets.js";
import { PhoneFull } from "../talk/outbox.js";
import { openAttach } from "./attach.js";
import { Composer } from "./composer.js";
import { el, fill } from "./dom.js";
import { Header } from "./header.js";
import { chooseLocation, showLocation } from "./location_sheet.js";
import { openCommands, openMenu } from "./menu.js";
import { ReplyKeys } from "./reply_keys.js";
import { Thread } from "./thread.js";
import { ask, toast } from "./toast.js";
import { openViewer } from "./viewer.js";

/** @typedef {import("../talk/types.js").Draft} Draft */
/** @typedef {import("../talk/types.js").Place} Place */

const DOCUMENT_MOST_BYTES = 20_000_000;

export class Chat {
  /** @param {import("../talk/session.js").Session} session @param {() => void} onLeave */
  constructor(session, onLeave) {
    this.session = session;
    this.onLeave = onLeave;
    this.thread = new Thread(session, {
      command: (command) => void this.#sendAlone({ type: "text", text: command }),
      photo: openViewer,
      place: (place) => void showLocation(place, session.api),
      edit: (message) => this.composer.change(message),
    });
    this.keys = new ReplyKeys({
      send: (text) => void this.#sendAlone({ type: "text", text }),
      location: () => void this.#sendPosition(),
      changed: () => this.#drawKeys(),
    });
    this.composer = new Composer({
      send: (draft) => this.send(draft),
      edit: (message, words) => this.#edit(message, words),
      attach: () => this.#attach(),
      commands: () =>
        openCommands(session.commands, (command) => void this.#sendAlone({ type: "text", text: command })),
      toggleKeys: () => this.keys.toggle(),
    });
    this.header = new Header(session, () => this.#menu());
    this.blockedBar = el("div", { class: "blocked-bar", hidden: true }, this.#unblockButton());
    this.#listen();
  }

  #listen() {
    const { session } = this;
    session.messages.changed.on(() => void this.keys.follow(session.messages.list));
    session.stateChanged.on(() => this.#drawState());
    session.answered.on(({ text, show_alert }) => (show_alert ? void ask(text) : toast(text)));
    session.unanswered.on(() => toast(t("press.unanswered")));
    session.outbox.pressLost.on(({ reason }) => toast(t(`press.${reason}`)));
  }

  /** Shows the screen. @param {Element} page */
  async show(page) {
    const foot = el("div", { class: "foot" }, this.keys.element, this.composer.element, this.blockedBar);
    const chat = el("div", { class: "chat" }, this.header.element, this.thread.element, foot);
    fill(page, chat);
    this.#takeDropped(chat);
    this.composer.fit();
    await this.keys.restore();
    await this.keys.follow(this.session.messages.list);
    this.#drawState();
    this.#drawKeys();
    this.thread.draw();
  }

  /** On a desk, pictures are dragged in. @param {HTMLElement} chat */
  #takeDropped(chat) {
    chat.addEventListener("dragover", (event) => event.preventDefault());
    chat.addEventListener("drop", (event) => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (files.length > 0) void this.composer.addPhotos(files);
    });
  }

  /** @param {Draft} draft @throws {PhoneFull} */
  async send(draft) {
    this.thread.toEnd();
    await this.session.outbox.add(draft);
    // Asked for only now, when there is something that must not be lost.
    if (navigator.storage?.persist) void navigator.storage.persist();
  }

  /**
   * Changes a message of one's own; false when it could not be changed now.
   * @param {import("../talk/types.js").Message} message @param {string} words
   */
  async #edit(message, words) {
    try {
      await this.session.edit(message, words);
      return true;
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      toast(t(error instanceof Refused ? "message.not_changed" : "message.change_later"));
      return false;
    }
  }

  #drawKeys() {
    this.composer.showKeysButton(this.keys.available, this.keys.open);
    this.composer.placeholder(this.keys.placeholder);
  }

  #drawState() {
    const { blocked, commands, unread, identity, caughtUp } = this.session;
    // Fetched ahead, so that a pin can be placed where there is no network.
    if (caughtUp) void loadStreets(this.session.api);
    this.composer.showCommandsButton(commands.length > 0);
    this.composer.element.hidden = blocked;
    this.keys.element.hidden = blocked || !this.keys.open;
    this.blockedBar.hidden = !blocked;
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${identity.bot.name}`;
    // Only an installed page has a badge; elsewhere the call is refused.
    navigator.setAppBadge?.(unread).catch(() => undefined);
    // The page with several phones shows the number on each frame.
    if (window.parent !== window) window.parent.postMessage({ unread }, location.origin);
  }

  #unblockButton() {
    return el(
      "button",
      { type: "button", class: "strong", onclick: () => void this.#block(false) },
      t("menu.unblock"),
    );
  }

  #attach() {
    openAttach({
      photos: (files) => void this.composer.addPhotos(files),
      document: (file) => void this.#sendDocument(file),
      location: () => chooseLocation(this.session.api, (place) => void this.#sendPlace(place)),
    });
  }

  /** Sends what did not come from the text field. @param {Draft} draft */
  async #sendAlone(draft) {
    try {
      await this.send(draft);
    } catch (error) {
      if (!(error instanceof PhoneFull)) throw error;
      toast(t("queue.full"));
    }
  }

  /** @param {Place} place */
  async #sendPlace(place) {
    await this.#sendAlone({ type: "location", location: place });
  }

  /** @param {File} file */
  async #sendDocument(file) {
    if (file.size > DOCUMENT_MOST_BYTES) return toast(t("document.too_large"));
    const blob = new Blob([await file.arrayBuffer()], { type: file.type });
    await this.#sendAlone({ type: "document", document: { blob, name: file.name } });
  }

  /** The bot asked for the position by a key: one tap sends it; only without a fix does the map open. */
  async #sendPosition() {
    const dismiss = toast(t("map.locating"));
    try {
      const { latitude, longitude, accuracy_m } = await currentPosition();
      await this.#sendPlace({
        latitude,
        longitude,
        horizontal_accuracy: Math.round(accuracy_m),
        pinned: false,
      });
    } catch (error) {
      if (!(error instanceof NoPosition)) throw error;
      toast(t(`position.${error.reason}`));
      chooseLocation(this.session.api, (place) => void this.#sendPlace(place));
    } finally {
      dismiss();
    }
  }

  #menu() {
    openMenu(this.session, {
      code: () => this.#newCode(),
      install: installOffer(),
      block: () => void this.#block(!this.session.blocked),
      leave: () => void this.#leave(),
    });
  }

  #newCode() {
    this.composer.field.value = "/start ";
    this.composer.field.focus();
  }

  /** @param {boolean} blocked */
  async #block(blocked) {
    try {
      await this.session.block(blocked);
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      toast(t("status.offline"));
    }
  }

  /** A link with a code was opened on a phone that is signed in already. @param {string} code */
  async offerCode(code) {
    if (await ask(t("menu.code_offer", { code }), { yes: t("menu.code_use"), no: t("action.cancel") })) {
      await this.#sendAlone({ type: "text", text: `/start ${code}` });
    }
  }

  async #leave() {
    const waiting = this.session.outbox.items.length;
    const words = waiting > 0 ? t("menu.leave_waiting", { count: waiting }) : t("menu.leave_sure");
    if (await ask(words, { yes: t("menu.leave"), no: t("action.cancel"), dangerous: true })) this.onLeave();
  }
}
