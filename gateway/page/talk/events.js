/**
 * What happened since the last look? Long-polls the event stream, hands each event on in order and remembers
 * the place only after the event was handled, so that a killed page misses nothing.
 */

import { Refused, Unreachable } from "../device/api.js";
import { Signal } from "./signal.js";

const WAIT_S = 25;
const SLACK_MS = 10_000;
const SLEEP_MS = 20_000;
const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 15_000;

export class Events {
  #stopped = false;
  #up = false;
  #hiddenAtMs = Infinity;
  #retryMs = RETRY_FIRST_MS;
  /** Ends a pause between attempts. @type {() => void} */
  #wake = () => undefined;
  #abort = new AbortController();

  /**
   * @param {import("../device/api.js").Api} api @param {number} seq the place already handled
   * @param {(event: any) => Promise<void>} handle @param {(seq: number) => Promise<void>} keepPlace
   */
  constructor(api, seq, handle, keepPlace) {
    this.api = api;
    this.seq = seq;
    this.handle = handle;
    this.keepPlace = keepPlace;
    /** @type {Signal<boolean>} */
    this.connected = new Signal();
    window.addEventListener("online", () => this.wake());
    // Browsers do not abort a pending poll when the network goes; a new poll finds out at once.
    window.addEventListener("offline", () => this.#abort.abort());
    document.addEventListener("visibilitychange", () => this.#onVisibility());
  }

  /** A phone that slept holds a connection that may be dead without telling: the next look starts afresh. */
  #onVisibility() {
    if (document.visibilityState === "hidden") this.#hiddenAtMs = Date.now();
    else if (Date.now() - this.#hiddenAtMs > SLEEP_MS) this.#abort.abort();
    if (document.visibilityState === "visible") this.wake();
  }

  /**
   * Polls until stopped, signed out, or told that events in between are gone.
   * @returns {Promise<"ended" | "gap">}
   */
  async run() {
    while (!this.#stopped) {
      try {
        if (!(await this.#poll())) return "gap";
        this.#retryMs = RETRY_FIRST_MS;
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return "ended";
        if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
        this.#up = false;
        this.connected.tell(false);
        await this.#pause();
      }
    }
    return "ended";
  }

  /** @returns {Promise<boolean>} false when the server no longer has the events in between */
  async #poll() {
    this.#abort = new AbortController();
    // The first look after a break must not wait: its answer tells that the line is up again.
    const path = `events?after=${this.seq}&wait=${this.#up ? WAIT_S : 0}`;
    const options = { signal: this.#abort.signal, timeoutMs: WAIT_S * 1000 + SLACK_MS };
    const answer = await this.api.get(path, options);
    this.#up = true;
    if (answer.reset) return false;
    for (const event of answer.events) await this.handle(event);
    this.connected.tell(true);
    if (answer.seq !== this.seq) {
      this.seq = answer.seq;
      await this.keepPlace(answer.seq);
    }
    return true;
  }

  /** @returns {Promise<void>} */
  #pause() {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_LAST_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Tries again at once. */
  wake() {
    this.#retryMs = RETRY_FIRST_MS;
    this.#wake();
  }

  stop() {
    this.#stopped = true;
    this.#abort.abort();
    this.#wake();
  }
}
