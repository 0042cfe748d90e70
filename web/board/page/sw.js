/** Keeps the board's page for times without network. Figures are kept by the page itself, which says how old they are. */

const SHELL = "whistle-board-2";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("whistle-board-") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const mine = origin === self.location.origin && request.method === "GET";
  // A case is not kept: it names people, and its page must not take the board's place.
  const board = pathname.startsWith("/board/") && !pathname.startsWith("/board/case");
  const ours = board || pathname.startsWith("/api/v1/areas");
  if (mine && ours && pathname !== "/board/key" && pathname !== "/board/in") event.respondWith(freshOrKept(event));
});

/** The network's answer, and the kept one when there is no network. The page is kept once, whatever its filters. */
async function freshOrKept(event) {
  const { request } = event;
  const key = request.mode === "navigate" ? "/board/" : request.url;
  let answer;
  try {
    answer = await fetch(request);
  } catch (fault) {
    const kept = await caches.match(key, { cacheName: SHELL, ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
  if (answer.ok && !answer.redirected) event.waitUntil(keep(key, answer.clone()));
  return answer;
}

async function keep(key, answer) {
  try {
    await (await caches.open(SHELL)).put(key, answer);
  } catch (fault) {
    // A full disk must not keep the board from showing what is true now.
    console.info("not kept for later", key, fault);
  }
}
