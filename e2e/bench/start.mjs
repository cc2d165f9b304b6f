// What an idle server costs: memory, and how soon it is ready, with 10,000 clips in its database.

import { sleep } from "./chromium.mjs";
import { manyClips, minnow } from "./processes.mjs";
import { limitRow } from "./table.mjs";

const READY = { atMost: 150 };
const MEMORY = { atMost: 40 };
const IDLE = 10_000;

export async function start({ quick }) {
  const [starts, idles] = quick ? [3, 1] : [9, 3];
  const dataDir = await manyClips();
  const ready = [];
  const resident = [];
  for (let round = 0; round < starts; round += 1) {
    const server = await minnow(dataDir);
    try {
      ready.push(await server.untilReady(20_000, 2));
      if (round < idles) {
        await sleep(IDLE);
        resident.push(server.residentBytes() / 2 ** 20);
      }
    } finally {
      await server.stop();
    }
  }
  return [
    limitRow({ what: "ready after start, 10,000 clips", unit: "ms", ours: ready, bound: READY, note: `${starts} starts, from exec to 200 on /readyz` }),
    limitRow({ what: "idle memory, 10,000 clips", unit: "MiB", ours: resident, bound: MEMORY, note: "resident, 10 s after it was ready" }),
  ];
}
