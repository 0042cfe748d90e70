/**
 * The conversation on screen: keeps rows and elements in step, keeps the place while older messages are paged
 * in, follows the end while one is reading there, and counts what arrives meanwhile.
 */

import { dayName } from "../device/dates.js";
import { t } from "../device/texts.js";
import { markRun, renderMessage, renewKeys } from "./bubble.js";
import { el, fill, spoken } from "./dom.js";
import { EditNotice } from "./edit_notice.js";
import { icon } from "./icons.js";
import { glide } from "./motion.js";
import { rowsOf } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */

const END_SLACK_PX = 90;
/** More messages than this are let go while the end is being read. */
const KEPT_MESSAGES = 150;

export class Thread {
  /** @type {Map<string, {element: HTMLElement, body: string, keys: string}>} */
  #shown = new Map();
  #atEnd = true;
  #paging = false;
  /** Messages changed by the bot since the last drawing. @type {Set<number>} */
  #edited = new Set();
  #frame = 0;
  #started = false;
  /** The "new messages" line was brought into view; from then on the end is followed. */
  #lineSeen = false;
  /** Where the "new messages" line stands; fixed once drawn. @type {number | null} */
  #firstUnreadId = null;

  /** @param {import("../talk/session.js").Session} session @param {import("./bubble.js").Taps} taps */
  constructor(session, taps) {
    this.session = session;
    this.taps = taps;
    this.rows = el("div", {
      class: "rows",
      role: "log",
      "aria-live": "polite",
      "aria-label": t("thread.label"),
    });
    this.scroller = el(
      "div",
      { class: "thread", tabindex: "0", "aria-label": t("thread.label"), role: "region" },
      this.rows,
    );
    this.count = el("span", { class: "jump-count" });
    this.jump = el(
      "button",
      { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd(true) },
      icon("down"),
      this.count,
      spoken(t("thread.jump")),
    );
    this.notice = new EditNotice(this.scroller);
    this.element = el("main", { class: "thread-frame" }, this.scroller, this.notice.element, this.jump);
    this.#listen();
  }

  #listen() {
    const { session } = this;
    for (const signal of [
      session.messages.changed,
      session.outbox.changed,
      session.presses.changed,
      session.stateChanged,
    ]) {
      signal.on(() => this.#soon());
    }
    session.edited.on((message) => this.#edited.add(message.message_id));
    session.outbox.progress.on(({ clientId, share }) => this.#onProgress(clientId, share));
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    // A keyboard that opens, or a reply keyboard that appears, must not hide the end.
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(this.scroller);
    document.addEventListener("visibilitychange", () => this.#markSeen());
  }

  #soon() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  /** Brings the elements in step with the session. */
  draw() {
    const { messages, outbox, typing } = this.session;
    this.#placeUnreadLine();
    const rows = rowsOf(messages.list, outbox.items, { firstUnreadId: this.#firstUnreadId, typing });
    const anchor = this.#atEnd ? null : this.#anchor();
    const elements = rows.map((row) => this.#elementFor(row));
    if (elements.length === 0) elements.push(this.#emptyNote());
    this.#reconcile(elements);
    const keys = new Set(rows.map((row) => row.key));
    for (const key of this.#shown.keys()) if (!keys.has(key)) this.#shown.delete(key);
    // By key: the element itself may just have been replaced.
    const kept = anchor && this.#shown.get(anchor.key)?.element;
    if (kept) this.scroller.scrollTop += kept.getBoundingClientRect().top - anchor.top;
    else if (!anchor) this.#followEnd();
    this.#tellEdited(rows);
    this.#drawJump();
    this.#markSeen();
  }

  /**
   * A card without buttons asks for nothing: a bot takes them off the old card when it sends a newer one below.
   * @param {Row[]} rows
   */
  #tellEdited(rows) {
    const row = rows.findLast(({ messages }) =>
      messages.some(({ message_id, inline_keyboard }) => inline_keyboard?.length && this.#edited.has(message_id)),
    );
    const card = row && this.#shown.get(row.key)?.element;
    if (card) this.notice.changed(card);
    this.#edited.clear();
  }

  /**
   * Moves only what has to move: untouched nodes keep focus, selection and running animations.
   * @param {HTMLElement[]} elements
   */
  #reconcile(elements) {
    const wanted = new Set(elements);
    for (const child of [...this.rows.children])
      if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
    elements.forEach((element, index) => {
      const present = this.rows.children[index];
      if (present !== element) this.rows.insertBefore(element, present ?? null);
    });
  }

  /** @param {Row} row @returns {HTMLElement} */
  #elementFor(row) {
    const body = this.#bodySignature(row);
    const keys = this.#keysSignature(row);
    const shown = this.#shown.get(row.key);
    let element = shown?.element;
    if (!element || shown?.body !== body) {
      element = this.#render(row);
      // What replaces a message in place, or comes with a page of history, does not rise like a new one.
      if (!shown && this.#started && !this.#paging && row.kind !== "day") element.classList.add("arriving");
    } else if (shown?.keys !== keys) renewKeys(element, row, this.session);
    markRun(element, row);
    this.#shown.set(row.key, { element, body, keys });
    return element;
  }

  /** Rows with equal signatures have the same bubble. @param {Row} row */
  #bodySignature({ kind, date, messages, queued }) {
    if (kind === "day") return dayName(date, Date.now());
    if (queued) return JSON.stringify([queued.state, queued.error, this.session.connected]);
    return JSON.stringify(messages.map((message) => ({ ...message, inline_keyboard: null })));
  }

  /** Rows with equal signatures have the same buttons in the same state. @param {Row} row */
  #keysSignature({ messages }) {
    const { presses, connected } = this.session;
    const keyboard = messages[0]?.inline_keyboard ?? [];
    const busy = keyboard.flat().map((key) => presses.busy(messages[0].message_id, key.callback_data ?? ""));
    return JSON.stringify([keyboard, busy, busy.includes(true) && connected]);
  }

  /** @param {Row} row @returns {HTMLElement} */
  #render(row) {
    if (row.kind === "day")
      return el("div", { class: "day", role: "separator" }, el("span", {}, dayName(row.date, Date.now())));
    if (row.kind === "unread") return el("div", { class: "unread-line", role: "separator" }, t("thread.new"));
    if (row.kind === "typing") {
      const dots = el("div", { class: "bubble dots" }, el("i"), el("i"), el("i"));
      return el("div", { class: "row in typing", "aria-hidden": "true" }, dots);
    }
    const element = renderMessage(row, this.session, this.taps);
    element.dataset.key = row.key;
    return element;
  }

  #emptyNote() {
    return el("div", { class: "empty-note" }, t(this.session.connected ? "thread.empty" : "thread.loading"));
  }

  #placeUnreadLine() {
    const { readAtStart, messages } = this.session;
    if (this.#firstUnreadId !== null || readAtStart === null) return;
    const unread = messages.list.find((message) => message.from_bot && message.message_id > readAtStart);
    this.#firstUnreadId = unread?.message_id ?? null;
  }

  /** The first message still in view, and where it is. */
  #anchor() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const element of this.rows.querySelectorAll("[data-key]")) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { key: String(element.getAttribute("data-key")), top: box.top };
    }
    return null;
  }

  #followEnd() {
    const line = this.#lineSeen ? null : this.rows.querySelector(".unread-line");
    if (line) {
      this.#lineSeen = this.session.caughtUp;
      line.scrollIntoView({ block: "start" });
      this.#onScroll();
    } else this.scroller.scrollTop = this.scroller.scrollHeight;
    if (this.session.messages.list.length > 0) this.#started = true;
  }

  /** Goes to the newest message. @param {boolean} [smooth] */
  toEnd(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? glide() : "instant" });
    this.#atEnd = true;
  }

  #onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < END_SLACK_PX;
    this.notice.check();
    this.#drawJump();
    this.#markSeen();
    if (scrollTop < clientHeight && this.session.messages.more) void this.#pageBack();
  }

  async #pageBack() {
    if (this.#paging || this.#atEnd) return;
    this.#paging = true;
    // Older messages are not news: a screen reader must not read them out.
    this.rows.setAttribute("aria-live", "off");
    try {
      await this.session.messages.loadOlder();
      this.draw();
    } finally {
      this.#paging = false;
      this.rows.setAttribute("aria-live", "polite");
    }
  }

  #drawJump() {
    const { unread, messages } = this.session;
    this.jump.hidden = this.#atEnd;
    fill(this.count, unread > 0 ? String(unread) : "");
    this.count.hidden = unread === 0;
    if (this.#atEnd && !this.#paging && messages.list.length > KEPT_MESSAGES * 2)
      messages.trim(KEPT_MESSAGES);
  }

  #markSeen() {
    if (this.#atEnd && document.visibilityState === "visible") void this.session.markRead();
  }

  /** @param {string} clientId @param {number} share */
  #onProgress(clientId, share) {
    const bar = this.#shown.get(`c${clientId}`)?.element.querySelector("progress");
    if (bar) bar.value = share;
  }
}
