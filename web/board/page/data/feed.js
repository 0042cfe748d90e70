/** Asks the API again and again, and remembers the last answer for times without network. */

import { question, wishes } from "./wishes.js";

/** @typedef {import("./types.js").Stats} Stats */
/** @typedef {{ etag: string, at: number, data: Stats }} Kept */
/** @typedef {"live" | "offline" | "trouble"} Health */
/** @typedef {{ main: Stats, series: Stats, at: Date, health: Health, fresh: boolean }} News */

const EVERY_MS = 10_000;
const KEPT = "whistle-board:";
const N_KEPT = 6;
const SERIES_DAYS = 7;

export class Refused extends Error {}

export class Feed {
  /** @param {(news: News) => void} onNews @param {(why: string) => void} onRefused @param {(health: Health) => void} onNothing */
  constructor(onNews, onRefused, onNothing) {
    this.onNews = onNews;
    this.onRefused = onRefused;
    this.onNothing = onNothing;
    this.turn = 0;
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {Map<string, Kept>} */
    this.known = new Map();
  }

  start() {
    const look = () => document.visibilityState === "visible" && this.ask();
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    addEventListener("offline", look);
    this.ask();
  }

  /** Asks now; an answer to an older question is dropped. */
  async ask() {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const main = question();
    const series = wishes().period === "today" ? question({ period: `${SERIES_DAYS}d`, level: "city" }) : main;
    this.showKept(main, series);
    try {
      const changed = (await Promise.all([...new Set([main, series])].map((url) => this.fetch(url)))).some(Boolean);
      if (turn === this.turn) this.tell(main, series, "live", changed);
    } catch (fault) {
      if (turn !== this.turn) return;
      if (fault instanceof Refused) this.onRefused(fault.message);
      else if (fault instanceof TypeError) this.tell(main, series, navigator.onLine ? "trouble" : "offline", false);
      else throw fault;
    } finally {
      if (turn === this.turn) this.timer = setTimeout(() => document.visibilityState === "visible" && this.ask(), EVERY_MS);
    }
  }

  /** Shows at once what is known of another view. @param {string} main @param {string} series */
  showKept(main, series) {
    if (this.shown === main) return;
    if (this.get(main) && this.get(series)) this.tell(main, series, "live", true);
  }

  /** @param {string} main @param {string} series @param {Health} health @param {boolean} changed */
  tell(main, series, health, changed) {
    const [first, second] = [this.get(main), this.get(series)];
    if (!first || !second) return this.onNothing(health);
    const fresh = changed || this.shown !== main;
    this.shown = main;
    this.onNews({ main: first.data, series: second.data, at: new Date(first.at), health, fresh });
  }

  /** Fetches; true when the answer is new. @param {string} url */
  async fetch(url) {
    const known = this.get(url);
    const answer = await fetch(url, {
      cache: "no-store",
      headers: known ? { "If-None-Match": known.etag } : {},
      signal: AbortSignal.timeout(15_000),
    }).catch((fault) => {
      throw fault instanceof DOMException ? new TypeError(fault.message) : fault;
    });
    const at = Date.parse(answer.headers.get("Date") ?? "") || Date.now();
    if (answer.status === 304 && known) {
      this.put(url, { ...known, at });
      return false;
    }
    if (answer.status === 401) location.assign("/board/key");
    if (answer.status >= 500) throw new TypeError(`the server answers ${answer.status}`);
    const data = await answer.json();
    if (!answer.ok) throw new Refused(data.detail);
    this.put(url, { etag: answer.headers.get("ETag") ?? "", at, data });
    return true;
  }

  /** @param {string} url @returns {Kept | undefined} */
  get(url) {
    const here = this.known.get(url);
    if (here) return here;
    const kept = localStorage.getItem(KEPT + url);
    return kept ? JSON.parse(kept) : undefined;
  }

  /** @param {string} url @param {Kept} kept */
  put(url, kept) {
    this.known.set(url, kept);
    try {
      const others = Object.keys(localStorage).filter((key) => key.startsWith(KEPT) && key !== KEPT + url);
      const byAge = others.sort((a, b) => (JSON.parse(localStorage.getItem(b) ?? "{}").at ?? 0) - (JSON.parse(localStorage.getItem(a) ?? "{}").at ?? 0));
      for (const key of byAge.slice(N_KEPT - 1)) localStorage.removeItem(key);
      localStorage.setItem(KEPT + url, JSON.stringify(kept));
    } catch (fault) {
      console.info("the last figures are not kept", fault);
    }
  }
}
