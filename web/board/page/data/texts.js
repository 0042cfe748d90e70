/** The sentences and number forms of the reader's language. */

/** @type {Record<string, string>} */
let sentences = {};
let tag = document.documentElement.lang;
const KEPT = "whistle-board-texts";

/** Fetches the sentences; without network, those of the last time. */
export async function load() {
  const url = `/board/texts?lang=${encodeURIComponent(document.documentElement.lang)}`;
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new TypeError(`texts: ${answer.status}`);
    const found = await answer.json();
    keep(found);
    ({ sentences, language: tag } = found);
  } catch (fault) {
    const kept = localStorage.getItem(KEPT);
    if (!kept) throw fault;
    ({ sentences, language: tag } = JSON.parse(kept));
  }
}

/** @param {unknown} found */
function keep(found) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(found));
  } catch (fault) {
    console.info("texts are not kept", fault);
  }
}

/** Gives a sentence with its facts. @param {string} key @param {Record<string, string | number>} [facts] */
export function t(key, facts = {}) {
  return (sentences[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => String(facts[name] ?? place));
}

/** Writes a count. @param {number} n */
export function count(n) {
  return new Intl.NumberFormat(tag).format(n);
}

/** Writes a span of minutes in the unit that suits it. @param {number | null} minutes */
export function span(minutes) {
  if (minutes === null) return t("board.none");
  const number = (/** @type {number} */ n) => new Intl.NumberFormat(tag, { maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);
  if (minutes < 90) return t("board.minutes", { n: number(minutes) });
  if (minutes < 48 * 60) return t("board.hours", { n: number(minutes / 60) });
  return t("board.days", { n: number(minutes / 1440) });
}

/** Writes the time of day of a moment. @param {Date} moment */
export function clock(moment) {
  const today = moment.toDateString() === new Date().toDateString();
  const form = today ? { timeStyle: "medium" } : { dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat(tag, /** @type {Intl.DateTimeFormatOptions} */ (form)).format(moment);
}

/** Writes a day of the calendar. @param {string} day as 2026-11-24 */
export function date(day) {
  const form = /** @type {const} */ ({ month: "short", day: "numeric", timeZone: "UTC" });
  return new Intl.DateTimeFormat(tag, form).format(new Date(`${day}T00:00:00Z`));
}
