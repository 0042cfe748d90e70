/** The sentences of the case pages, and how moments are written. */

/** @type {Record<string, string>} */
let sentences = {};
let tag = document.documentElement.lang;

export async function load() {
  const answer = await fetch(`/board/case/texts?lang=${encodeURIComponent(tag)}`);
  if (!answer.ok) throw new TypeError(`texts: ${answer.status}`);
  ({ sentences, language: tag } = await answer.json());
}

/** Gives a sentence with its facts. @param {string} key @param {Record<string, string | number>} [facts] */
export function t(key, facts = {}) {
  return (sentences[key] ?? key).replace(/\{(\w+)\}/g, (place, name) => String(facts[name] ?? place));
}

/** Writes a moment. @param {string | null} at */
export function when(at) {
  return at ? new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at)) : t("board.none");
}
