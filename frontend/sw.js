// The service worker: opens the app without a network and plays the clips that were kept for offline.
// It knows addresses and caches, nothing of clips, people or answers: those live in the app (outbox, IndexedDB).
// `xtask` fills in the MINNOW_ constants after the site is built.
//
// Caches:
//   minnow-shell-<version>   the files of one build and its shell page, written once at install
//   minnow-offline-v1        whole media files that the app keeps for offline, under their /media address, and the
//                            clips' texts and what the server would say of kept playlists, under its address; the app
//                            writes and deletes them, or has them fetched here
//   minnow-wanted-v1         what is still to be fetched: one JSON text, so that it goes on after the page or this worker ended
//
// Messages from the app: { type: "keep", items: [{ name, text, files: [{ address, size_bytes }] }] }, { type: "drop", names },
// { type: "work" }. To the app: { type: "kept_progress", address, bytes }, { type: "kept_change", stopped }. An item whose files are all
// here is done: its text, if it has one, goes into the app's database under its name.
const VERSION = MINNOW_VERSION;
const PRECACHE = MINNOW_PRECACHE;
const SHELL_PAGE = MINNOW_SHELL_PAGE;
const SHELL_CACHE = `minnow-shell-${VERSION}`;
const OFFLINE_CACHE = "minnow-offline-v1";
const WANTED_CACHE = "minnow-wanted-v1";
const WANTED = "/offline/wanted";
const NAVIGATION_PATIENCE_MS = 2500;
// What is left to fetch does not compete with the first clip of a page.
const WANTED_PATIENCE_MS = 4000;

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
  if (event.data?.type === "keep") event.waitUntil(want(event.data.items).then(work, stop));
  if (event.data?.type === "drop") event.waitUntil(changeWanted((items) => items.filter((item) => !event.data.names.includes(item.name))));
  if (event.data?.type === "work") event.waitUntil(work());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!url.pathname.startsWith("/api/") && !url.pathname.startsWith("/media/")) {
      event.respondWith(navigate(event));
      // A page may have kept or let go clips since.
      event.waitUntil(readKeptPaths());
      event.waitUntil(new Promise((resolve) => setTimeout(resolve, WANTED_PATIENCE_MS)).then(work));
    }
  } else if (url.pathname.startsWith("/media/")) {
    if (keptPaths === null || keptPaths.has(url.pathname)) event.respondWith(media(request));
  } else if (/^\/api\/(clips\/[^/]+\/twin|playlists\/[^/]+(\/play)?)$/.test(url.pathname)) {
    event.respondWith(text(request, url));
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

// What is to be fetched ------------------------------------------------------------------------------------------------

async function readWanted() {
  const kept = await caches.match(WANTED, { cacheName: WANTED_CACHE });
  return { items: [], stopped: null, gone: [], ...(await kept?.json()) };
}

// One change after the other: each reads what the one before has written.
let changes = Promise.resolve();
function changeWanted(change, stopped = null, lost = []) {
  changes = changes
    .catch(() => {})
    .then(async () => {
      const { items, gone } = await readWanted();
      const cache = await caches.open(WANTED_CACHE);
      const left = change(items);
      // What is wanted anew is tried anew.
      const wanted = new Set(left.flatMap((item) => item.files.map((file) => file.address)));
      const still = gone.filter((address) => !wanted.has(address));
      await cache.put(WANTED, Response.json({ items: left, stopped, gone: [...still, ...lost] }));
    });
  return changes;
}

function want(more) {
  return changeWanted((items) => [...items.filter((item) => !more.some((one) => one.name === item.name)), ...more]);
}

async function tell(message) {
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message);
}

let working = null;
function work() {
  working ??= fetchWanted().finally(() => (working = null));
  return working;
}

async function fetchWanted() {
  for (;;) {
    const [item] = (await readWanted()).items;
    if (!item) return;
    try {
      const cache = await caches.open(OFFLINE_CACHE);
      for (const { address } of item.files) await fetchFile(cache, address);
      if (item.text !== null && item.text !== undefined) await keepRow(item.name, item.text);
    } catch (error) {
      // What the server will never give is given up, and the rest comes.
      const gone = error.name === "GoneError";
      if (!gone) return stop(error);
      await changeWanted((items) => without(items, item, error.address), null, [error.address]);
      await tell({ type: "kept_change" });
      continue;
    }
    await changeWanted((items) => items.filter((one) => one.name !== item.name));
    await readKeptPaths();
    await tell({ type: "kept_change" });
  }
}

// It is said at once as well: on a full disk not even this can be kept.
async function stop(error) {
  const stopped = error.name === "QuotaExceededError" ? "full" : "network";
  await changeWanted((items) => items, stopped).catch(() => {});
  await tell({ type: "kept_change", stopped });
}

// A clip without one of its files is none; of pictures the others come.
function without(items, item, address) {
  const files = item.text ? [] : item.files.filter((file) => file.address !== address);
  return items.flatMap((one) => (one.name !== item.name ? [one] : files.length > 0 ? [{ ...one, files }] : []));
}

async function fetchFile(cache, address) {
  if (await cache.match(address)) return;
  const response = await fetch(address);
  if (!response.ok) {
    const gone = response.status >= 400 && response.status < 500 && response.status !== 429;
    throw Object.assign(new Error(`${address}: ${response.status}`), { name: gone ? "GoneError" : "NetworkError", address });
  }
  let bytes = 0;
  let told = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, line) {
        bytes += chunk.byteLength;
        line.enqueue(chunk);
        if (Date.now() - told > 250) {
          told = Date.now();
          tell({ type: "kept_progress", address, bytes });
        }
      },
    }),
  );
  // A body cut off in the middle is an error of `put`, which then keeps nothing.
  await cache.put(address, new Response(counted, { status: response.status, headers: response.headers }));
  await tell({ type: "kept_progress", address, bytes });
}

// Into the app's table of kept clips. The app has made the database; a worker that comes before it waits for the next time.
function keepRow(key, text) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("minnow");
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("kept", "readwrite", { durability: "strict" });
      transaction.objectStore("kept").put(text, key);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      database.close();
    };
  });
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

// A clip's text or a playlist as the server has it now; without a network as the app keeps it.
async function text(request, url) {
  const kept = async () => {
    const copy = await caches.match(url.pathname, { cacheName: OFFLINE_CACHE });
    return copy && url.pathname.endsWith("/play") ? from(await copy.json(), url) : copy;
  };
  try {
    const response = await fetch(request);
    return response.status >= 500 ? ((await kept()) ?? response) : response;
  } catch (error) {
    const copy = await kept();
    if (copy) return copy;
    throw error;
  }
}

// A kept page of a playlist has all of its clips: it begins with the one that is asked for, else where its cursor says.
function from(page, url) {
  const wanted = url.searchParams.get("from") ?? page.next_cursor;
  const place = Math.max(0, page.clips.findIndex((clip) => clip.id === wanted));
  const path = { ...page.path, places: page.path.places.slice(place) };
  return Response.json({ ...page, clips: page.clips.slice(place), next_cursor: null, path });
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
