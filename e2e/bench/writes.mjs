// Durable writes of 64 learners at once: group commit beside one transaction each, both acknowledged after fsync.

import path from "node:path";
import { mkdirSync, rmSync } from "node:fs";
import { PLACES, peer } from "./processes.mjs";
import { ratioRow } from "./table.mjs";

const BOUND = { atLeast: 10 };

export async function writes({ quick }) {
  const [rounds, seconds] = quick ? [2, 1] : [5, 3];
  const folder = path.join(PLACES.work, "writes");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Each round measures both, in turn, on a new database of its own.
  const lines = await peer("durable-writes", "--dir", folder, "--rounds", `${rounds}`, "--seconds", `${seconds}`);
  const measured = lines.trim().split("\n").map((line) => JSON.parse(line));
  rmSync(folder, { recursive: true, force: true });
  return ["answers", "watch events"].map((kind) => {
    const of = (how) => measured.filter((m) => m.kind === kind && m.how === how).map((m) => m.per_second);
    const note = "64 writers; synchronous=FULL in both, each acknowledged after its commit";
    const what = `durable writes: ${kind}`;
    return ratioRow({ what, unit: "/s", ours: of("group"), theirs: of("each"), than: "one transaction each", bound: BOUND, note });
  });
}
