/**
 * What has been written on this phone and not yet reached the server? A queue in IndexedDB: first in, first
 * out, each with a client id by which the server knows a repetition, so that everything arrives once and in order.
 */

import * as database from "../device/database.js";
import { Refused, Unreachable } from "../device/api.js";
import { newClientId } from "../device/ids.js";
import { slot } from "../device/slot.js";
import { deliver } from "./deliver.js";
import { Signal } from "./signal.js";

/** @typedef {import("./types.js").Queued} Queued */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Message} Message */

/** How long a button press is worth sending: a bot can answer one for about this long. */
export const PRESS_LIFE_MS = 150_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 15_000;

/** The phone has no room left for what was written. */
export class PhoneFull extends Error {}

export class Outbox {
  #sending = false;
  /** Something was added while the queue was being worked off. */
  #again = false;
  #retryMs = RETRY_FIRST_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #expiryTimer;
  /** Other tabs of this slot show the same queue. */
  #tabs = new BroadcastChannel(`whistle-queue-${slot}`);

  /** @param {import("../device/api.js").Api} api @param {number} userId */
  constructor(api, userId) {
    this.api = api;
    this.userId = userId;
    /** @type {Queued[]} in order */
    this.items = [];
    /** @type {Signal<void>} */
    this.changed = new Signal();
    /**
     * Takes over what the server accepted, before it leaves the queue.
     * @type {(item: Queued, messages: Message[]) => Promise<void>}
     */
    this.accept = async () => undefined;
    /** Press accepted. @type {Signal<{item: Queued, pressId: string}>} */
    this.pressed = new Signal();
    /** Press too old or refused. @type {Signal<{item: Queued, reason: string}>} */
    this.pressLost = new Signal();
    /** @type {Signal<{clientId: string, share: number}>} */
    this.progress = new Signal();
    /** True while the last attempt reached nobody. @type {Signal<boolean>} */
    this.unreachable = new Signal();
    this.#tabs.onmessage = () => void this.reload();
    window.addEventListener("online", () => this.wake());
  }

  /** The item being sent right now, "" if none. */
  sendingId = "";

  /** Reads the queue from the phone. */
  async reload() {
    this.items = await database.all("queue");
    this.changed.tell();
    this.#watchExpiry();
  }

  /** Queues what a person wrote and tries to send it. @param {Draft} draft @throws {PhoneFull} */
  async add(draft) {
    await this.#keep({ kind: "send", draft });
  }

  /** Queues a button press and tries to send it. @param {number} messageId @param {string} data */
  async press(messageId, data) {
    // A second tap on a button that still waits changes nothing.
    if (this.items.some((item) => item.message_id === messageId && item.data === data)) return;
    await this.#keep({ kind: "press", message_id: messageId, data });
  }

  /** @param {Partial<Queued>} what */
  async #keep(what) {
    const item = {
      ...what,
      client_id: newClientId(),
      created_at_ms: Date.now(),
      user_id: this.userId,
      state: "waiting",
    };
    try {
      await database.put("queue", item);
    } catch (error) {
      if (error instanceof DOMException && error.name === "QuotaExceededError")
        throw new PhoneFull("queue", { cause: error });
      throw error;
    }
    await this.#refresh();
    void this.flush();
  }

  /** Puts a refused message back in line, at its old place. @param {Queued} item */
  async retry(item) {
    await database.put("queue", { ...item, state: "waiting", error: undefined });
    await this.#refresh();
    this.wake();
  }

  /** @param {Queued} item */
  async discard(item) {
    await database.remove("queue", item.order);
    await this.#refresh();
  }

  /**
   * The server showed a message with this client id: it has arrived, whatever became of the answer.
   * @param {string} clientId
   */
  async confirm(clientId) {
    const item = this.items.find((queued) => queued.client_id === clientId);
    if (item) await this.discard(item);
  }

  /** Makes everything waiting belong to the person now signed in. */
  async adopt() {
    await database.putAll(
      "queue",
      this.items.map((item) => ({ ...item, user_id: this.userId })),
    );
    await this.#refresh();
    this.wake();
  }

  /** Tries at once, for instance because the network came back. */
  wake() {
    clearTimeout(this.#retryTimer);
    this.#retryMs = RETRY_FIRST_MS;
    void this.flush();
  }

  /** Works the queue off, one at a time; returns when it is empty or the network is gone. */
  async flush() {
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    try {
      // One tab sends; locks are missing on plain http, where the server's client ids alone prevent doubles.
      if (navigator.locks) await navigator.locks.request(`whistle-queue-${slot}`, () => this.#drain());
      else await this.#drain();
    } finally {
      this.#sending = false;
    }
    if (this.#again) {
      this.#again = false;
      void this.flush();
    }
  }

  async #drain() {
    this.#again = false;
    await this.#dropExpired();
    this.items = await database.all("queue");
    for (;;) {
      const item = this.items.find((queued) => queued.state === "waiting" && queued.user_id === this.userId);
      if (!item || !(await this.#attempt(item))) return;
    }
  }

  /** @param {Queued} item @returns {Promise<boolean>} false when the queue has to wait */
  async #attempt(item) {
    this.sendingId = item.client_id;
    this.changed.tell();
    try {
      const answer = await deliver(this.api, item, (share) =>
        this.progress.tell({ clientId: item.client_id, share }),
      );
      this.#retryMs = RETRY_FIRST_MS;
      this.unreachable.tell(false);
      if (item.kind === "press") this.pressed.tell({ item, pressId: answer.press_id });
      else await this.accept(item, answer.messages ?? [answer.message]);
      await this.discard(item);
      return true;
    } catch (error) {
      return this.#onFailure(item, error);
    } finally {
      this.sendingId = "";
      this.changed.tell();
    }
  }

  /** @param {Queued} item @param {unknown} error @returns {Promise<boolean>} */
  async #onFailure(item, error) {
    if (error instanceof Unreachable || (error instanceof Refused && error.temporary)) {
      this.unreachable.tell(error instanceof Unreachable);
      const wantedMs = error instanceof Refused ? (error.retryAfterS ?? 0) * 1000 : 0;
      this.#retryTimer = setTimeout(() => void this.flush(), Math.max(this.#retryMs, wantedMs));
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LAST_MS);
      return false;
    }
    if (!(error instanceof Refused)) throw error;
    // Signed out: what was written stays, for the sign-in that follows.
    if (error.status === 401) return false;
    // Arrived long ago and was deleted since.
    if (error.status === 410 || !this.items.some((queued) => queued.order === item.order))
      await this.discard(item);
    else if (item.kind === "press") {
      await this.discard(item);
      this.pressLost.tell({ item, reason: "refused" });
    } else {
      await database.put("queue", { ...item, state: "failed", error: error.code });
      await this.#refresh();
    }
    return true;
  }

  async #dropExpired() {
    const now = Date.now();
    const expired = this.items.filter(
      (item) => item.kind === "press" && now - item.created_at_ms > PRESS_LIFE_MS,
    );
    for (const item of expired) {
      await this.discard(item);
      this.pressLost.tell({ item, reason: "expired" });
    }
  }

  /** Tells of an expired press in time, even while nothing is being sent. */
  #watchExpiry() {
    clearTimeout(this.#expiryTimer);
    const presses = this.items.filter((item) => item.kind === "press");
    if (presses.length === 0) return;
    const dueAtMs = Math.min(...presses.map((item) => item.created_at_ms)) + PRESS_LIFE_MS + 1;
    this.#expiryTimer = setTimeout(() => void this.#dropExpired(), Math.max(0, dueAtMs - Date.now()));
  }

  async #refresh() {
    await this.reload();
    this.#tabs.postMessage("changed");
  }
}
