// Starts the app: loads the wasm, hands the page over to it and registers the service worker. Nothing of the app
// itself lives here. `xtask` bundles this file with the glue of wasm-bindgen and fills in the MINNOW_ constants.
//
// Events on `window`:
//   minnow:update    (from here) a new version has been fetched and waits; `navigator.serviceWorker` is untouched
//   minnow:activate  (from the app) the reader agreed: let the new version take over and load it
import init from "minnow-glue";

const WASM = { url: MINNOW_WASM_URL, integrity: MINNOW_WASM_INTEGRITY };
const boot = document.getElementById("boot");

async function start() {
  try {
    const options = WASM.integrity ? { integrity: WASM.integrity } : {};
    await init({ module_or_path: fetch(WASM.url, options) });
    boot?.remove();
  } catch (error) {
    boot?.classList.add("boot--failed");
    boot?.setAttribute("role", "alert");
    throw error;
  }
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

await start();
// After the app: the precache must not compete with the first clip for the network.
if (MINNOW_WORKER) {
  const idle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 1000));
  idle(() => registerWorker().catch((error) => console.warn("No service worker:", error)));
}
