/** Which sentence is shown for a key, in the person's language? No other module contains user-visible words. */

import { languageFromAddress } from "./slot.js";

const KEY = "whistle.language";

/** Languages with a complete message file, in order of preference when nothing else decides. */
export const LANGUAGES = ["zh-CN", "zh-TW", "en"];

/** @type {Record<string, string>} */
let sentences = {};
let current = "zh-CN";

/** Returns the language in use, a BCP 47 tag out of LANGUAGES. */
export function language() {
  return current;
}

/** @param {string} tag @returns {string | null} */
function supported(tag) {
  const lower = tag.toLowerCase();
  if (/^zh\b/.test(lower)) return /hant|tw|hk|mo/.test(lower) ? "zh-TW" : "zh-CN";
  return LANGUAGES.find((known) => lower.split("-")[0] === known.split("-")[0]) ?? null;
}

function wanted() {
  const asked = [languageFromAddress, localStorage.getItem(KEY) ?? "", ...navigator.languages];
  for (const tag of asked) {
    const found = tag ? supported(tag) : null;
    if (found) return found;
  }
  return LANGUAGES[0];
}

/** Reads the message file; has to finish before anything is drawn. */
export async function loadTexts() {
  current = wanted();
  const answer = await fetch(new URL(`../texts/${current}.json`, import.meta.url));
  sentences = await answer.json();
  document.documentElement.lang = current;
}

/** Remembers a language; the page is reloaded by the caller. @param {string} tag */
export function chooseLanguage(tag) {
  localStorage.setItem(KEY, tag);
}

/**
 * Returns the sentence for a key, `{name}` replaced. An unknown key shows itself, so that a test sees it.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const sentence = sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** True when the message file has the key. @param {string} key */
export function hasText(key) {
  return key in sentences;
}
