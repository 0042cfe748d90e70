/** Asks the API in the reader's language, and says in words why something was refused. */

let csrf = "";

export class Refused extends Error {}

/** @param {string} url @param {RequestInit} [wishes] @returns {Promise<any>} */
export async function ask(url, wishes = {}) {
  const language = document.documentElement.lang;
  const headers = { "Accept-Language": language, ...(csrf ? { "X-CSRF-Token": csrf } : {}), ...wishes.headers };
  const answer = await fetch(url, { cache: "no-store", ...wishes, headers });
  if (answer.status === 401) location.assign("/board/key");
  const data = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Refused(data.detail ?? data.title ?? String(answer.status));
  return data;
}

/** Learns who is signed in, so that writes may follow. */
export async function whoAmI() {
  const session = await ask("/api/v1/session");
  csrf = session.csrf ?? "";
  return session;
}

/** Does a verb. @param {string} caseNo @param {string} verb @param {Record<string, unknown>} body */
export function act(caseNo, verb, body) {
  return ask(`/api/v1/cases/${encodeURIComponent(caseNo)}/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) },
    body: JSON.stringify(body),
  });
}

/** Sends pictures and gives their numbers. @param {FileList | File[]} files @returns {Promise<number[]>} */
export async function upload(files) {
  if (!files.length) return [];
  const form = new FormData();
  for (const file of files) form.append("photo", file);
  const { items } = await ask("/api/v1/photos", { method: "POST", body: form });
  return items.map((/** @type {{ media_id: number }} */ item) => item.media_id);
}
