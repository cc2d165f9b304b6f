// Ranked pages, without a browser: one learner's page of 20 out of many clips with all sources, before and after a model was
// fitted; an event until it is kept and until it shows; a fit; memory. The same at ten times the size.

import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { PLACES, peer } from "./processes.mjs";
import { limitRow } from "./table.mjs";

/** Clips, learners. */
const SIZES = [[10_000, 10_000], [100_000, 100_000]];
const PAGE = { atMost: 4 };
const SLOW_PAGE = { atMost: 10 };
const EVENT = { atMost: 1 };
const EFFECT = { atMost: 15 };
const EXACT = { atMost: 3 };
const MEMORY = { atMost: 1_229 };
const FIT = { atMost: 600_000 };

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];

export async function ranked({ quick }) {
  const rows = [];
  let exact = [];
  for (const [clips, learners] of quick ? SIZES.slice(0, 1) : SIZES) {
    const folder = path.join(PLACES.work, `ranked-${clips}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const told = JSON.parse(await peer("ranked-pages", "--dir", folder, "--clips", `${clips}`, "--learners", `${learners}`));
    rmSync(folder, { recursive: true });
    exact = told.exact_ms;
    const size = `${clips / 1000},000 clips`;
    const note = `SQLite, ${learners} learners with ten clips each; 500 ranked, reasons kept`;
    const row = (what, unit, ours, bound, more = note) => rows.push(limitRow({ what: `${what}, ${size}`, unit, ours, bound, note: more }));
    row("ranked page, p50", "ms", at(told.fitted_pages_ms, 0.5), PAGE);
    row("ranked page, p99", "ms", at(told.fitted_pages_ms, 0.99), SLOW_PAGE);
    row("ranked page before a model, p50", "ms", at(told.pages_ms, 0.5), PAGE);
    row("event kept, p99", "ms", at(told.events_ms, 0.99), EVENT, "one after the other, each synced to the disk");
    row("event on the next page, p50", "ms", at(told.effects_ms, 0.5), EFFECT, "kept, and the page made with it");
    row("fit and replay", "ms", told.fit_ms, FIT, `a background job on one core${told.replay ? `; ${told.replay}` : ""}`);
    row("memory", "MiB", told.resident_mib, MEMORY, "resident, after a fit in the same process");
  }
  rows.push(limitRow({ what: "100,000 vectors searched exactly, p50", unit: "ms", ours: at(exact, 0.5), bound: EXACT, note: "64 numbers each, the best hundred" }));
  return rows;
}
