// The service worker: opens the app without a network and plays the clips that were kept for offline.
// It knows addresses and caches, nothing of clips, people or answers: those live in the app (outbox, IndexedDB).
// `xtask` fills in the MINNOW_ constants after the site is built.
//
// Caches:
//   minnow-shell-<version>   the files of one build and its shell page, written once at install
//   minnow-offline-v1        whole media files that the app keeps for offline, under their /media address, and the
//                            clips' texts; the app writes and deletes them (then posts { type: "kept" }), this file only reads
const VERSION = MINNOW_VERSION;
const PRECACHE = MINNOW_PRECACHE;
const SHELL_PAGE = MINNOW_SHELL_PAGE;
const SHELL_CACHE = `minnow-shell-${VERSION}`;
const OFFLINE_CACHE = "minnow-offline-v1";
const NAVIGATION_PATIENCE_MS = 2500;

// Paths in OFFLINE_CACHE, so that every other media request is left alone at once: a worker in the way of video costs
// time. null until it has been read after a start of this worker.
let keptPaths = null;
readKeptPaths();

self.addEventListener("install", (event) => {
  // No skipWaiting: code never changes under a reader in the middle of a question.
  event.waitUntil(precache());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      await deleteOldShells();
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "activate") self.skipWaiting();
  if (event.data?.type === "kept") event.waitUntil(readKeptPaths());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!url.pathname.startsWith("/api/") && !url.pathname.startsWith("/media/")) event.respondWith(navigate(event));
  } else if (url.pathname.startsWith("/media/")) {
    if (keptPaths === null || keptPaths.has(url.pathname)) event.respondWith(media(request));
  } else if (/^\/api\/clips\/[^/]+\/twin$/.test(url.pathname)) {
    if (keptPaths === null || keptPaths.has(url.pathname)) event.respondWith(text(request));
  } else if ((url.pathname.startsWith("/assets/") || url.pathname.startsWith("/art/")) && !request.headers.has("range")) {
    event.respondWith(asset(request));
  }
});

async function precache() {
  const cache = await caches.open(SHELL_CACHE);
  const missing = [];
  for (const path of PRECACHE) {
    // Hashed files never change: what another version fetched already is copied, not fetched again.
    const hashed = path.startsWith("/assets/");
    const known = hashed ? await caches.match(path) : undefined;
    if (known) await cache.put(path, known);
    else missing.push(hashed ? path : new Request(path, { cache: "no-cache" }));
  }
  await cache.addAll(missing);
}

async function deleteOldShells() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("minnow-shell-") && name !== SHELL_CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// Network first, because the server's page carries the first clip; the shell when the network is slow or gone.
async function navigate(event) {
  const shell = () => caches.match(SHELL_PAGE);
  const network = (async () => (await event.preloadResponse) ?? (await fetch(event.request)))();
  const patience = new Promise((resolve) => setTimeout(resolve, NAVIGATION_PATIENCE_MS, "slow"));
  try {
    const first = await Promise.race([network, patience]);
    // A proxy without a server behind it is the same to the reader as no network.
    if (first !== "slow") return first.status >= 500 ? ((await shell()) ?? first) : first;
    const kept = await shell();
    if (!kept) return await network;
    event.waitUntil(network.catch(() => {}));
    return kept;
  } catch (error) {
    const kept = await shell();
    if (kept) return kept;
    throw error;
  }
}

async function readKeptPaths() {
  const kept = (await caches.has(OFFLINE_CACHE)) ? await (await caches.open(OFFLINE_CACHE)).keys() : [];
  keptPaths = new Set(kept.map((request) => new URL(request.url).pathname));
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

// A clip's text as it is now; without a network as it was when the clip was kept.
async function text(request) {
  const kept = () => caches.match(request.url, { cacheName: OFFLINE_CACHE });
  try {
    const response = await fetch(request);
    return response.status >= 500 ? ((await kept()) ?? response) : response;
  } catch (error) {
    const copy = await kept();
    if (copy) return copy;
    throw error;
  }
}

async function media(request) {
  const { pathname } = new URL(request.url);
  const kept = await caches.match(pathname, { cacheName: OFFLINE_CACHE });
  if (!kept) return fetch(request);
  const range = request.headers.get("range");
  return range ? slice(kept, range) : kept;
}

// One byte range of a whole file (RFC 9110, 14.2): video elements insist on a right 206, Safari most of all.
async function slice(response, range) {
  const body = await response.blob();
  const wanted = byteRange(range, body.size);
  if (wanted === "whole") return new Response(body, { headers: response.headers });
  if (wanted === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  }
  const { first, last } = wanted;
  const headers = new Headers(response.headers);
  headers.set("Content-Range", `bytes ${first}-${last}/${body.size}`);
  headers.set("Content-Length", String(last - first + 1));
  headers.set("Accept-Ranges", "bytes");
  const type = response.headers.get("content-type") ?? "";
  return new Response(body.slice(first, last + 1, type), { status: 206, statusText: "Partial Content", headers });
}

// "whole" for what the standard says to ignore (other units, several ranges, bad syntax).
function byteRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || (match[1] === "" && match[2] === "")) return "whole";
  if (match[1] === "") {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(match[1]);
  const last = match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== "" && Number(match[2]) < first) return "whole";
  return first >= size ? "unsatisfiable" : { first, last };
}
