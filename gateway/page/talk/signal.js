/** Who wants to hear of a change? The smallest possible observer. */

/** @template T */
export class Signal {
  /** @type {Set<(value: T) => void>} */
  #listeners = new Set();

  /** @param {(value: T) => void} listener @returns {() => void} stops listening */
  on(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {T} value */
  tell(value) {
    for (const listener of this.#listeners) listener(value);
  }
}
