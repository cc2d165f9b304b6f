// Ranges of a clip's file, ours beside nginx on the same file: wrk, one round each in turn.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { PLACES, demoCopy, minnow, nginx, wrk } from "./processes.mjs";
import { ratioRow } from "./table.mjs";

const BOUND = { atLeast: 0.6 };
const KIB = 1024;
const CONNECTIONS = 16;

export async function media({ quick }) {
  const [rounds, seconds] = quick ? [2, 1] : [5, 3];
  const { dataDir, media: folder } = demoCopy();
  const ours = await minnow(dataDir, { media: folder });
  const files = await nginx(folder);
  try {
    await Promise.all([ours.untilReady(), files.untilReady()]);
    const { url, bytes } = await largestFile(ours.url);
    const { pathname } = new URL(url, ours.url);
    await sameFile(`${ours.url}${url}`, `${files.url}${pathname}`);
    const rows = [];
    for (const size of [64 * KIB, 1024 * KIB]) {
      const script = path.join(PLACES.work, `ranges-${size}.lua`);
      writeFileSync(script, lua(size, bytes));
      const samples = { ours: [], theirs: [] };
      for (let round = 0; round < rounds; round += 1) {
        const options = { seconds, connections: CONNECTIONS, script };
        samples.ours.push(await wrk(`${ours.url}${url}`, options));
        samples.theirs.push(await wrk(`${files.url}${pathname}`, options));
      }
      rows.push(ratioRow({ what: `media ranges of ${size / KIB} KiB`, unit: "/s", ...samples, than: "nginx", bound: BOUND }));
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), files.stop()]);
  }
}

/** The largest rendition of the library: 1 MiB is then a part of it and not the whole. */
async function largestFile(base) {
  const files = [];
  for (let cursor = ""; cursor !== null; ) {
    const response = await fetch(`${base}/api/feed?limit=20${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    if (!response.ok) throw new Error(`/api/feed: ${response.status}`);
    const page = await response.json();
    for (const { renditions } of page.clips) files.push(...renditions);
    cursor = page.next_cursor ?? null;
  }
  files.sort((a, b) => b.size_bytes - a.size_bytes);
  const [{ url, size_bytes: bytes }] = files;
  if (bytes < 1.2 * KIB * KIB) throw new Error(`the largest file of the demo library has only ${bytes} bytes`);
  return { url, bytes };
}

/** Both answer the same range of the same bytes, or the comparison means nothing. */
async function sameFile(...urls) {
  const answers = await Promise.all(urls.map(async (url) => {
    const response = await fetch(url, { headers: { range: "bytes=1000-66535" } });
    if (response.status !== 206) throw new Error(`${url}: ${response.status} to a range`);
    return Buffer.from(await response.arrayBuffer());
  }));
  if (!answers[0].equals(answers[1])) throw new Error(`${urls.join(" and ")} are not the same file`);
}

/** Ranges at places all over the file, the same row of places for both. */
const lua = (size, bytes) => `
local size, last = ${size}, ${bytes - size}
local at = 0
request = function()
  at = (at * 1103515245 + 12345) % 2147483648
  local from = at % (last + 1)
  wrk.headers["Range"] = string.format("bytes=%d-%d", from, from + size - 1)
  return wrk.format("GET")
end
`;
