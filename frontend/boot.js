// Starts the app: picks the program that the address asks for, loads it with the words of the reader's language, hands
// the page over to it and registers the service worker. Nothing of the app itself lives here. `xtask` bundles this file
// and fills in the MINNOW_ constants.
//
// For the app: `minnowWords` on `window`: { language, texts: { key: text }, addresses: { language: url } }.
// Events on `window`:
//   minnow:place     (from the feed) something that it does not hold itself is wanted in #question-place or #over-place
//   minnow:update    (from here) a new version has been fetched and waits; `navigator.serviceWorker` is untouched
//   minnow:activate  (from the app) the reader agreed: let the new version take over and load it
const boot = document.getElementById("boot");

// Played, not left to the attribute: that one waits until the browser has looked whether the clip is in view. It begins
// where it was left: the app's `minnow.position`, "CLIP MILLISECONDS".
function playFirst(video) {
  if (!video?.autoplay || document.hidden) return;
  try {
    const [clip, atMs] = localStorage.getItem("minnow.position")?.split(" ") ?? [];
    if (clip === video.dataset.clip && atMs > 0) video.currentTime = atMs / 1000;
  } catch {
    // No storage, nothing left: from the beginning.
  }
  video.play().catch(() => {});
}

// The server counts reviews by the reader's day, for the next page it writes.
document.cookie = `minnow_offset=${-new Date().getTimezoneOffset()};path=/;samesite=lax;max-age=31536000`;

// As the app's `Route::program` has it.
function programOf(path) {
  if (/^\/($|topic\/|clip\/[^/]+\/?$|play\/)/.test(path)) return "feed";
  const isStudio =
    /^\/(make|bank|topics|assignment|me\/interests|studio\/feed)(\/|$)|^\/playlist\/[^/]+\/(edit|assign)\/?$|^\/clip\/[^/]+\/insights\/?$/.test(path);
  return isStudio ? "studio" : "desk";
}

async function start() {
  try {
    const firstVideo = document.getElementById("first-video");
    playFirst(firstVideo);
    const name = programOf(location.pathname);
    const entry = MINNOW_ENTRIES[name];
    const options = entry.integrity ? { integrity: entry.integrity } : {};
    const wasm = fetch(entry.wasm, options);
    const [words, program] = await Promise.all([
      loadWords(MINNOW_WORDS[name]),
      import(entry.script),
      name === "feed" ? firstFrames(firstVideo) : loadStyle(),
    ]);
    window.minnowWords = words;
    await program.default({ module_or_path: wasm });
    boot?.remove();
  } catch (error) {
    sayBroken();
    throw error;
  }
}

// What opens over a clip comes with a program of its own, loaded with the first of it. From then on it listens itself.
let over;
window.addEventListener("minnow:place", () => {
  over ??= loadOver().catch((error) => {
    over = undefined;
    for (const place of document.querySelectorAll("#question-place, #over-place")) place.dispatchEvent(new Event("minnow:failed"));
    console.warn("What opens over a clip did not load:", error);
  });
});

async function loadOver() {
  const entry = MINNOW_ENTRIES.over;
  const wasm = fetch(entry.wasm, entry.integrity ? { integrity: entry.integrity } : {});
  const [words, program] = await Promise.all([loadWords(MINNOW_WORDS.over), import(entry.script), loadStyle()]);
  window.minnowWords = words;
  await program.default({ module_or_path: wasm });
}

// The page has the feed's style; other programs bring what they need beyond it, where the server did not link it already.
function loadStyle() {
  if (document.querySelector(`link[href="${MINNOW_STYLE.href}"]`)) return undefined;
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", crossOrigin: "anonymous", ...MINNOW_STYLE, onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

// The clip that the server put into the page moves first: compiling and starting the app would take the processor away
// from its first frames. Meanwhile the app's files are on their way.
function firstFrames(video, patienceMs = 700) {
  if (!video?.requestVideoFrameCallback || document.hidden) return undefined;
  return new Promise((resolve) => {
    video.requestVideoFrameCallback(() => video.requestVideoFrameCallback(resolve));
    video.addEventListener("error", resolve);
    setTimeout(resolve, patienceMs);
  });
}

function sayBroken() {
  if (!boot) return;
  document.querySelectorAll("video").forEach((video) => video.pause());
  boot.classList.add("boot--failed");
  boot.setAttribute("role", "alert");
  document.body.append(boot);
}

// A program that broke stands still for good: a panic is a trap.
window.addEventListener("error", ({ error }) => {
  if (error instanceof WebAssembly.RuntimeError) sayBroken();
});

// The language that was chosen, else the first of the browser's that we speak, else English. The server reads the same
// cookie; this page may have come from the service worker instead.
async function loadWords(addresses) {
  const chosen = /(?:^|; )minnow_lang=([a-z]+)/.exec(document.cookie)?.[1];
  const wanted = [chosen, ...navigator.languages.map((tag) => tag.split("-")[0].toLowerCase())];
  const language = wanted.find((code) => code in addresses) ?? "en";
  const response = await fetch(addresses[language]);
  if (!response.ok) throw new Error(`the words of "${language}" did not load: ${response.status}`);
  return { language, texts: await response.json(), addresses };
}

// The one address that may become a worker here: everything else is refused before it is even fetched.
function workerAddress() {
  const address = "/sw.js";
  if (!window.trustedTypes) return address;
  const policy = window.trustedTypes.createPolicy("sw", {
    createScriptURL(url) {
      if (url === address) return url;
      throw new TypeError(`${url} is not the service worker of this page`);
    },
  });
  return policy.createScriptURL(address);
}

function announceUpdate(registration) {
  const announce = () => window.dispatchEvent(new CustomEvent("minnow:update"));
  if (registration.waiting && navigator.serviceWorker.controller) announce();
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      // Without a controller this is the first visit: there is nothing to update from.
      if (worker.state === "installed" && navigator.serviceWorker.controller) announce();
    });
  });
}

function activateWhenAsked(registration) {
  window.addEventListener("minnow:activate", () => {
    const reload = () => location.reload();
    if (!registration.waiting) return reload();
    navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
    registration.waiting.postMessage({ type: "activate" });
  });
}

async function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(workerAddress(), { scope: "/", updateViaCache: "none" });
  activateWhenAsked(registration);
  announceUpdate(registration);
  // A page that stays open for days still hears of a new version.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}

// The precache must not compete with the first clip for the network: wait until something plays, but not for long.
function firstFrameOr(patienceMs) {
  return new Promise((resolve) => {
    document.addEventListener("playing", resolve, { capture: true, once: true });
    setTimeout(resolve, patienceMs);
  });
}

await start();
if (MINNOW_WORKER) {
  await firstFrameOr(4000);
  registerWorker().catch((error) => console.warn("No service worker:", error));
}
