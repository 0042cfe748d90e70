/** Keeps the board's page for times without network. Figures are kept by the page itself, which says how old they are. */

const SHELL = "whistle-board-1";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("whistle-board-") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
    // What was loaded before this worker was there is asked for once more, so that the very first visit is kept too.
    for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage("ready");
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const mine = origin === self.location.origin && request.method === "GET";
  const ours = pathname.startsWith("/board/") || pathname.startsWith("/api/v1/areas");
  if (mine && ours && pathname !== "/board/key") event.respondWith(freshOrKept(request));
});

/** The network's answer, and the kept one when there is no network. The page is kept once, whatever its filters. */
async function freshOrKept(request) {
  const page = request.mode === "navigate";
  const key = page ? "/board/" : request.url;
  const cache = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(key, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw fault;
  }
}
