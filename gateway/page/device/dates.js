/** How are moments written? All in the phone's own time zone and the page's language. */

import { language, t } from "./texts.js";

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(name, options) {
  const key = `${language()}:${name}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(language(), options)));
  return made;
}

/** Returns "14:05". @param {number} unix seconds */
export function clockTime(unix) {
  return format("clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(unix * 1000);
}

/** Returns a full date and time for screen readers and tooltips. @param {number} unix seconds */
export function fullTime(unix) {
  return format("full", { dateStyle: "long", timeStyle: "short" }).format(unix * 1000);
}

/** Returns a sortable day, equal for two moments of one local day. @param {number} unix seconds */
export function dayKey(unix) {
  const day = new Date(unix * 1000);
  return `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`;
}

/** Returns "today", "yesterday" or a date in words. @param {number} unix seconds @param {number} nowMs */
export function dayName(unix, nowMs) {
  const key = dayKey(unix);
  if (key === dayKey(nowMs / 1000)) return t("day.today");
  // Noon minus a day is yesterday whatever daylight saving does.
  const noon = new Date(nowMs);
  noon.setHours(12, 0, 0, 0);
  if (key === dayKey(noon.getTime() / 1000 - 86_400)) return t("day.yesterday");
  const sameYear = new Date(unix * 1000).getFullYear() === new Date(nowMs).getFullYear();
  return sameYear
    ? format("day", { month: "long", day: "numeric", weekday: "short" }).format(unix * 1000)
    : format("year", { year: "numeric", month: "long", day: "numeric" }).format(unix * 1000);
}
