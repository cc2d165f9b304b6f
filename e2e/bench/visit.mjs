// One visitor's way through a page of clips, the same on ours and on the plain page.

import { readFileSync } from "node:fs";
import path from "node:path";
import { sleep } from "./chromium.mjs";
import { plainPage } from "./plain_page.mjs";

export const OBSERVER = readFileSync(path.join(import.meta.dirname, "observer.js"), "utf8");

/** How long each clip is looked at before the next swipe, in milliseconds. */
const DWELLS = [2_500, 1_500, 2_000, 1_000, 3_000];

/** Loads a page and waits for the first moving frame; milliseconds since navigation, and whose frame it was. */
export async function load(tab, url) {
  await tab.go(url);
  return tab.until("minnowBench.report().firstMoving", `a moving frame on ${url}`, 60_000);
}

/**
 * Loads a page and swipes through it. Returns one measurement a swipe, in milliseconds, and the addresses of the
 * clips' files in the order they came on screen.
 */
export async function walk(visitor, url, dwells = DWELLS) {
  const tab = await visitor.tab();
  try {
    const first = await load(tab, url);
    for (const [done, dwell] of dwells.entries()) {
      await sleep(dwell);
      await tab.swipeTo(done + 1);
      await tab.until(`minnowBench.report().swipes.length > ${done}`, `a moving frame after swipe ${done + 1}`);
    }
    const { swipes } = await tab.ask("minnowBench.report()");
    if (tab.errors.length > 0) throw new Error(`${url}: ${tab.errors.join("; ")}`);
    return { swipes: swipes.map(({ ms }) => ms), clips: [first.src, ...swipes.map(({ src }) => src)] };
  } finally {
    await tab.close();
  }
}

/** Puts the plain page with these clips on nginx; its address. */
export function servePlainPage(nginx, name, clips) {
  // The same files: our addresses may carry a query, nginx knows only the path.
  nginx.place(`${name}.html`, plainPage(clips.map((clip) => new URL(clip).pathname)));
  return `${nginx.url}/${name}.html`;
}
