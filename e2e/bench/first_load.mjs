// What the browser downloads before the first swipe is possible: page, styles, script, app, font, data. Media and
// posters are not part of it.

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { sleep } from "./chromium.mjs";
import { PLACES, demoCopy, minnow } from "./processes.mjs";
import { limitRow } from "./table.mjs";
import { OBSERVER, load } from "./visit.mjs";

const BOUND = { atMost: 210 };
/** What a comparable peer's feed route weighs, in kB: printed beside ours. */
const PEER = 525;
/** What is fetched within this time after the first moving frame still counts: nothing hides behind a delay. */
const SETTLE = 3_000;

export async function firstLoad({ chromium }) {
  const { dataDir, media } = demoCopy();
  const ours = await minnow(dataDir, { media });
  const visitor = await chromium.visitor(null, OBSERVER);
  try {
    await ours.untilReady();
    const tab = await visitor.tab();
    await load(tab, `${ours.url}/`);
    await sleep(SETTLE);
    await tab.swipeTo(1);
    const requests = [...tab.requests].filter(([, { url }]) => url.startsWith(ours.url) && !isMedia(url));
    // The page's own session; the service worker fetches on its own, afterwards, mostly what the page has.
    const own = requests.filter(([key]) => key.startsWith(tab.sessionId)).map(([, request]) => request);
    const bytes = own.reduce((sum, { encoded = 0 }) => sum + encoded, 0);
    const plain = own.filter(({ encoding, url, status }) => status === 200 && encoding !== "br" && isText(url));
    const notes = [`${own.length} requests: ${own.map(describe).join(", ")}`, `a comparable peer: ${PEER} kB`];
    notes.push(`files in the site as brotli: ${(siteBytes(own, ours.url) / 1000).toFixed(1)} kB`);
    if (plain.length > 0) notes.push(`sent without brotli: ${plain.map(({ url }) => new URL(url).pathname).join(", ")}`);
    return [limitRow({ what: "first load of the feed", unit: "kB", ours: bytes / 1000, bound: BOUND, note: notes.join("; ") })];
  } finally {
    await visitor.leave();
    await ours.stop();
  }
}

const isMedia = (url) => new URL(url).pathname.startsWith("/media/");
const isText = (url) => /(^|\/)$|\.(html|js|css|wasm|svg|json|webmanifest)$|^\/api\//.test(new URL(url).pathname);
const describe = ({ url, encoded = 0 }) => `${new URL(url).pathname} ${(encoded / 1000).toFixed(1)}`;

/** The same files' sizes as the site holds them: what the sent bytes should be close to. */
function siteBytes(requests, base) {
  return requests.reduce((sum, { url }) => {
    const { pathname } = new URL(url);
    if (pathname === "/") return sum + brotliCompressSync(readFileSync(path.join(PLACES.site, "index.html"))).length;
    const file = path.join(PLACES.site, pathname);
    if (existsSync(`${file}.br`)) return sum + statSync(`${file}.br`).size;
    return existsSync(file) && url.startsWith(base) ? sum + statSync(file).size : sum;
  }, 0);
}
