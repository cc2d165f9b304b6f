// Learning, without a browser: a bank of 10,000 questions brought in by the command line into an empty database, a due
// list of many cards, a million answers graded, a million cards (six reviews each) scheduled.

import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { PLACES, peer } from "./processes.mjs";
import { limitRow } from "./table.mjs";

const run = promisify(execFile);
const IMPORT = { atMost: 2_000 };
const DUE = { atMost: 10 };
const FIT = { atMost: 1_000 };
const MILLION = { atMost: 3_000 };
const FOLDS = { atMost: 3_000 };

export async function banks({ quick }) {
  const folder = path.join(PLACES.work, "banks");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(PLACES.banks, [folder]);
  const rows = [];
  for (const format of ["gift", "moodle-xml"]) {
    const times = [];
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      const data = path.join(folder, `data-${format}-${round}`);
      const began = performance.now();
      const { stderr } = await run(PLACES.server, ["import", "questions", "--data-dir", data, path.join(folder, `bank.${format}`)]);
      times.push(performance.now() - began);
      if (!stderr.includes("10000 new")) throw new Error(`${format}: ${stderr}`);
      rmSync(data, { recursive: true });
    }
    const note = "minnow import questions, from exec to exit: an empty database made, all kept";
    rows.push(limitRow({ what: `import 10,000 questions, ${format}`, unit: "ms", ours: times, bound: IMPORT, note }));
  }
  const library = path.join(folder, "cards");
  mkdirSync(library);
  const { looks_ms: looks } = JSON.parse(await peer("due-cards", "--dir", library));
  const slow = looks[Math.ceil(looks.length * 0.99) - 1];
  const many = "SQLite, a tenth of the cards due: fifty of them in order, and how many there are";
  rows.push(limitRow({ what: "due list of 100,000 cards, p99", unit: "ms", ours: slow, bound: DUE, note: many }));
  rmSync(library, { recursive: true });
  const { fit_ms: fits } = JSON.parse(await peer("fit-memory", "--rounds", quick ? "1" : "3"));
  const job = "a background job, every processor";
  rows.push(limitRow({ what: "fit weights to 10,000 reviews", unit: "ms", ours: fits, bound: FIT, note: job }));
  const { stdout } = await run(PLACES.pace, []);
  const pace = JSON.parse(stdout);
  const one = "one processor";
  rows.push(limitRow({ what: "grade 1,000,000 answers", unit: "ms", ours: pace.grade_ms, bound: MILLION, note: one }));
  rows.push(limitRow({ what: "schedule 1,000,000 cards", unit: "ms", ours: pace.schedule_ms, bound: MILLION, note: `${one}, six reviews a card` }));
  const { stdout: folds } = await run(PLACES.folds, []);
  const { fold_ms: folded } = JSON.parse(folds);
  rows.push(limitRow({ what: "fold 1,000,000 answers into estimates", unit: "ms", ours: folded, bound: FOLDS, note: `${one}, three abilities an answer` }));
  return rows;
}
