/**
 * Which inline buttons are waiting for the bot's answer? An answer and the acceptance of its press may arrive in
 * either order.
 */

import { Signal } from "./signal.js";

const PATIENCE_MS = 20_000;

/** @param {number} messageId @param {string} data */
const keyOf = (messageId, data) => `${messageId}:${data}`;

export class Presses {
  /** Press id to button key. @type {Map<string, string>} */
  #accepted = new Map();
  /** Answers that came before their press was accepted. @type {Set<string>} */
  #early = new Set();
  /** Buttons showing a spinner. @type {Set<string>} */
  #busy = new Set();
  /** @type {Signal<void>} */
  changed = new Signal();

  /** @param {number} messageId @param {string} data */
  busy(messageId, data) {
    return this.#busy.has(keyOf(messageId, data));
  }

  /** @param {number} messageId @param {string} data */
  started(messageId, data) {
    this.#busy.add(keyOf(messageId, data));
    this.changed.tell();
  }

  /** @param {number} messageId @param {string} data @param {string} pressId */
  accepted(messageId, data, pressId) {
    const key = keyOf(messageId, data);
    if (this.#early.delete(pressId)) return this.#end(key);
    this.#accepted.set(pressId, key);
    // A bot that never answers must not leave a spinner for ever.
    setTimeout(() => this.#accepted.has(pressId) && this.answered(pressId), PATIENCE_MS);
  }

  /** @param {string} pressId */
  answered(pressId) {
    const key = this.#accepted.get(pressId);
    if (key === undefined) this.#early.add(pressId);
    else {
      this.#accepted.delete(pressId);
      this.#end(key);
    }
  }

  /** @param {number} messageId @param {string} data */
  lost(messageId, data) {
    this.#end(keyOf(messageId, data));
  }

  /** @param {string} key */
  #end(key) {
    if (this.#busy.delete(key)) this.changed.tell();
  }
}
