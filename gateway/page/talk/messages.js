/**
 * Which messages of the conversation are known here? An ascending list, the same in memory and in IndexedDB,
 * fed by history pages and events; it never talks to the server itself except to turn back a page.
 */

import { lastBefore, putAll, remove } from "../device/database.js";
import { Unreachable } from "../device/api.js";
import { Signal } from "./signal.js";

/** @typedef {import("./types.js").Message} Message */

const PAGE = 50;

export class Messages {
  /** @type {Map<number, Message>} */
  #byId = new Map();
  /** @type {Message[] | null} sorted view of #byId, null when stale */
  #sorted = [];

  /** @param {import("../device/api.js").Api} api */
  constructor(api) {
    this.api = api;
    /** Older pages may exist. */
    this.more = true;
    /** Told after every change. @type {Signal<void>} */
    this.changed = new Signal();
  }

  /** @returns {Message[]} ascending */
  get list() {
    this.#sorted ??= [...this.#byId.values()].sort((a, b) => a.message_id - b.message_id);
    return this.#sorted;
  }

  /** @param {number} messageId */
  get(messageId) {
    return this.#byId.get(messageId);
  }

  /** Shows what was kept on the phone, before any network. */
  async loadKept() {
    this.#take(await lastBefore("messages", Infinity, PAGE));
  }

  /** Asks the server for the newest page. */
  async loadNewest() {
    const page = await this.api.get(`history?limit=${PAGE}`);
    this.more = page.more;
    await this.merge(page.messages);
  }

  /**
   * Turns one page back; without network the kept pages are used.
   * @returns {Promise<boolean>} true when older ones came
   */
  async loadOlder() {
    const before = this.list[0]?.message_id ?? Infinity;
    let older;
    try {
      const from = Number.isFinite(before) ? `before=${before}&` : "";
      const page = await this.api.get(`history?${from}limit=${PAGE}`);
      this.more = page.more;
      older = page.messages;
      await putAll("messages", older);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      older = await lastBefore("messages", before, PAGE);
    }
    this.#take(older);
    return older.length > 0;
  }

  /**
   * Takes new or edited messages; an older state of a message never replaces a newer one.
   * @param {Message[]} messages
   */
  async merge(messages) {
    const news = messages.filter((message) => (this.#byId.get(message.message_id)?.seq ?? -1) <= message.seq);
    if (news.length === 0) return;
    await putAll("messages", news);
    this.#take(news);
  }

  /** @param {number} messageId */
  async drop(messageId) {
    await remove("messages", messageId);
    if (this.#byId.delete(messageId)) this.#tell();
  }

  /** Forgets what is in memory, for a server whose history is another one. */
  forget() {
    this.#byId.clear();
    this.more = true;
    this.#tell();
  }

  /** Lets go of all but the newest messages in memory; they can be paged in again. @param {number} keep */
  trim(keep) {
    const surplus = this.list.slice(0, Math.max(0, this.list.length - keep));
    if (surplus.length === 0) return;
    for (const message of surplus) this.#byId.delete(message.message_id);
    this.more = true;
    this.#tell();
  }

  /** @param {Message[]} messages */
  #take(messages) {
    for (const message of messages) this.#byId.set(message.message_id, message);
    this.#tell();
  }

  #tell() {
    this.#sorted = null;
    this.changed.tell();
  }
}
