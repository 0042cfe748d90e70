/**
 * Lets the page start without network: keeps the shell listed in shell.js, one cache a version, and answers from
 * it first. Never touches the API: what a person sends or sees is the page's own business.
 */

importScripts("shell.js");

const { version, files } = self.SHELL;
const CACHE = `whistle-shell-${version}`;

self.addEventListener("install", (event) => {
  // "reload" passes by the HTTP cache: a version must not be put together from two.
  const fresh = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

async function dropOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith("whistle-shell-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener("activate", (event) => event.waitUntil(dropOlder()));

async function answer(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const scope = new URL(self.registration.scope).pathname;
  const foreign = address.origin !== location.origin || !address.pathname.startsWith(scope);
  if (event.request.method !== "GET" || foreign || address.pathname.startsWith(`${scope}api/`)) return;
  // The slot and the code in the address do not change the page.
  event.respondWith(answer(event.request, address.pathname));
});
