// `./x bench`: every part in turn, then one table and target/bench/bench.json. A part that fails is a failed row.
// Flags: --only swipe,media  --quick (fewer rounds)  --strict (exit code 3 when a bound is missed)  --list

import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { banks } from "./banks.mjs";
import { Chromium } from "./chromium.mjs";
import { feedApi } from "./feed_api.mjs";
import { firstFrame } from "./first_frame.mjs";
import { firstLoad } from "./first_load.mjs";
import { media } from "./media.mjs";
import { PLACES, stopAll } from "./processes.mjs";
import { ranked } from "./ranked.mjs";
import { start } from "./start.mjs";
import { swipe } from "./swipe.mjs";
import { failedRow, print } from "./table.mjs";
import { waste } from "./waste.mjs";
import { writes } from "./writes.mjs";

const PARTS = {
  load: { run: firstLoad, browser: true },
  swipe: { run: swipe, browser: true },
  visit: { run: firstFrame, browser: true },
  media: { run: media },
  feed: { run: feedApi },
  writes: { run: writes },
  start: { run: start },
  banks: { run: banks },
  ranked: { run: ranked },
  waste: { run: waste, browser: true },
};

/** No part may take longer than this, in milliseconds. */
const PATIENCE = 20 * 60_000;

const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

async function measure(name) {
  const { run, browser } = PARTS[name];
  const began = performance.now();
  let chromium;
  try {
    if (browser) chromium = await Chromium.start(PLACES.chromium);
    const rows = await withinPatience(run({ chromium, quick: flags.quick }));
    return rows.map((row) => ({ part: name, ...row }));
  } catch (error) {
    return [failedRow(name, error)];
  } finally {
    await stopAll();
    await chromium?.stop();
    console.error(`   ${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
}

function withinPatience(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE / 60_000} minutes`)), PATIENCE);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function main() {
  const names = flags.only?.split(",") ?? Object.keys(PARTS);
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
  if (flags.list) return console.log(names.join("\n"));
  mkdirSync(PLACES.work, { recursive: true });
  const rows = [];
  for (const name of names) rows.push(...(await measure(name)));
  const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, memory_mib: Math.round(os.totalmem() / 2 ** 20) };
  const [load] = os.loadavg();
  const json = path.join(PLACES.work, "bench.json");
  writeFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), machine, load, quick: flags.quick, rows }, null, 2)}\n`);
  print(rows);
  console.log(`\n${json}`);
  if (flags.strict && rows.some(({ outcome }) => outcome !== "ok")) process.exitCode = 3;
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]]) {
  process.once(signal, () => {
    console.error(`bench: stopped by ${signal}`);
    stopAll().finally(() => process.exit(code));
  });
}
await main();
