// Bytes of media fetched over the network and never watched, in a replayed session (trace.json) at 9 Mbit/s.

import { readFileSync } from "node:fs";
import path from "node:path";
import { LINKS, sleep } from "./chromium.mjs";
import { demoCopy, minnow } from "./processes.mjs";
import { limitRow } from "./table.mjs";
import { OBSERVER, load } from "./visit.mjs";

const BOUND = { atMost: 25 };
const { dwells } = JSON.parse(readFileSync(path.join(import.meta.dirname, "trace.json"), "utf8"));

export async function waste({ chromium, quick }) {
  const { dataDir, media } = demoCopy();
  const ours = await minnow(dataDir, { media });
  const visitor = await chromium.visitor(LINKS["9 Mbit/s, 85 ms"], OBSERVER);
  try {
    await ours.untilReady();
    const tab = await visitor.tab();
    await load(tab, `${ours.url}/`);
    const watched = await replay(tab, quick ? dwells.slice(0, 6) : dwells);
    const fetched = fetchedByFile(tab);
    return [row(watched, fetched)];
  } finally {
    await visitor.leave();
    await ours.stop();
  }
}

/** Plays the session; what was watched of each file, in seconds, and how long it is. */
async function replay(tab, dwells) {
  const watched = new Map();
  for (const [index, dwell] of dwells.entries()) {
    await (dwell === "full" ? untilEnd(tab) : sleep(dwell));
    await answerQuestion(tab);
    const { src, played, duration } = await tab.ask("minnowBench.watched()");
    if (src) watched.set(new URL(src).pathname, { played, duration });
    if (index === dwells.length - 1) break;
    await tab.swipeTo(index + 1);
  }
  return watched;
}

/** To the clip's end, through its question. */
async function untilEnd(tab) {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    await answerQuestion(tab);
    if (await tab.ask("minnowBench.watched().ended")) return;
    await sleep(100);
  }
  throw new Error(`a clip did not end: ${JSON.stringify(await tab.ask("minnowBench.report()"))}`);
}

/** An open question holds the clip: "I don't know yet", then on. Nothing where none is open. */
async function answerQuestion(tab) {
  const press = (words) =>
    tab.ask(`[...document.querySelectorAll("button:enabled")].find((b) => ${words}.test(b.textContent))?.click()`);
  const end = performance.now() + 10_000;
  while (await tab.ask("document.body.hasAttribute('data-busy')")) {
    if (performance.now() > end) throw new Error("a question could not be answered");
    await press("/I don.t know yet/");
    await sleep(200);
    await press("/Keep watching/");
    await sleep(200);
  }
}

/** Media bytes that came over the network and how large each file is, by file; posters too. */
function fetchedByFile(tab) {
  const files = new Map();
  for (const { url, bytes, size = 0 } of tab.requests.values()) {
    const { pathname } = new URL(url);
    if (!pathname.startsWith("/media/")) continue;
    const file = files.get(pathname) ?? { bytes: 0, size };
    files.set(pathname, { bytes: file.bytes + bytes, size: Math.max(file.size, size) });
  }
  return files;
}

/** A file's watched bytes: the share of its time that was played, taken linearly, and never more than was fetched. */
function row(watched, fetched) {
  let all = 0;
  let used = 0;
  let watchedFiles = 0;
  for (const [file, { bytes, size }] of fetched) {
    all += bytes;
    const { played, duration } = watched.get(file) ?? {};
    if (!played) continue;
    watchedFiles += 1;
    used += Math.min(bytes, (played / duration) * size);
  }
  if (process.env.MINNOW_BENCH_FILES) console.error(JSON.stringify({ watched: [...watched], fetched: [...fetched] }));
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
  return limitRow({
    what: "media fetched, never watched",
    unit: "%",
    ours: (100 * (all - used)) / all,
    bound: BOUND,
    note: `${mib(all)} MiB fetched of ${fetched.size} files (posters too), ${mib(used)} MiB of ${watchedFiles} files watched`,
  });
}
