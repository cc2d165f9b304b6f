// A page of the feed as JSON, for a guest who has watched 200 clips of 10,000, beside a bare axum + SQLite query.

import path from "node:path";
import { Serving, PLACES, freePort, manyClips, minnow, wrk } from "./processes.mjs";
import { ratioRow } from "./table.mjs";

const BOUND = { atLeast: 0.35 };
const CONNECTIONS = 16;

export async function feedApi({ quick }) {
  const [rounds, seconds] = quick ? [2, 1] : [5, 3];
  const dataDir = await manyClips();
  const ours = await minnow(dataDir);
  const bare = await bareFeed(dataDir);
  try {
    await Promise.all([ours.untilReady(), bare.untilReady()]);
    const headers = { cookie: await guestWhoHasWatched(ours.url, 200) };
    const size = await pageOf(`${ours.url}/api/feed`, headers);
    const bareSize = await pageOf(`${bare.url}/`);
    if (size.clips !== bareSize.clips) throw new Error(`${size.clips} clips a page, the bare query has ${bareSize.clips}`);
    const samples = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round += 1) {
      samples.ours.push(await wrk(`${ours.url}/api/feed`, { seconds, connections: CONNECTIONS, headers }));
      samples.theirs.push(await wrk(`${bare.url}/`, { seconds, connections: CONNECTIONS }));
    }
    const note = `${size.clips} clips a page; ${size.bytes} bytes of JSON, the bare query's ${bareSize.bytes}`;
    return [ratioRow({ what: "feed page API", unit: "/s", ...samples, than: "bare query", bound: BOUND, note })];
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

async function bareFeed(dataDir) {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const args = ["bare-feed", "--database", path.join(dataDir, "minnow.sqlite"), "--addr", address];
  const serving = new Serving("bare-feed", PLACES.peers, args, { ready: `http://${address}/` });
  serving.url = `http://${address}`;
  return serving;
}

async function pageOf(url, headers = {}) {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const text = await response.text();
  return { bytes: Buffer.byteLength(text), clips: JSON.parse(text).clips.length };
}

/** A guest's session whose guest has watched that many clips; its cookie. */
async function guestWhoHasWatched(base, count) {
  const post = async (address, body, headers = {}) => {
    const all = { "content-type": "application/json", origin: base, ...headers };
    const response = await fetch(`${base}${address}`, { method: "POST", headers: all, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  const begun = await post("/api/session/guest", {});
  const cookie = begun.headers.getSetCookie().map((set) => set.split(";")[0]).join("; ");
  for (let done = 0; done < count; ) {
    const page = await fetch(`${base}/api/feed?limit=20`, { headers: { cookie } });
    const { clips } = await page.json();
    const stretches = clips.map(({ id }, index) => ({
      watch_id: `0${(BigInt(Date.now()) * 1000n + BigInt(done + index)).toString().padStart(25, "0")}`,
      clip_id: id, from_ms: 0, to_ms: 5_000, started_at_ms: Date.now(), finished: false,
    }));
    await post("/api/watch", { stretches, utc_offset_minutes: 0 }, { cookie });
    done += clips.length;
  }
  return cookie;
}
