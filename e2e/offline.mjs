// How a person keeps clips and packs for the time without a network, and what stands around that: a browser whose clock is
// moved, writes beside a server that stands still.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { PHONE } from "./harness.mjs";
import { until } from "./server.mjs";

const run = promisify(execFile);
export const DAY_MS = 86_400_000;
/** What a browser says of requests without a network. */
export const OFFLINE = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|Failed to fetch|net::ERR|NetworkError/;

/** Opens each clip and keeps it on this phone by the switch under More; ends when the media are in the cache. */
export async function keepForOffline(learner, titles) {
  const { page, server } = learner;
  await until("a service worker in charge", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  for (const title of titles) {
    const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", title);
    await page.goto(`/clip/${id}`);
    await learner.sees(`"${title}"`, (clip) => clip.settled && clip.title === title && !clip.paused);
    // Paused, so that its question does not come in between.
    await page.keyboard.press("Space");
    await learner.more.click();
    const keep = learner.dialog(/^more/i).getByRole("switch", { name: /offline/i });
    await keep.click();
    // Its film, its text, and last its row, by which it is found.
    await until(`"${title}" is kept`, async () => (await table(learner, "kept")).some((clip) => clip.id === id), { timeout: 30_000 });
  }
}

/** Writes beside a server that stands still. */
export async function write(server, statements) {
  await server.stop();
  const script =
    "import json,sqlite3,sys\n" +
    "db=sqlite3.connect(sys.argv[1],timeout=10)\n" +
    "[db.execute(*s) for s in json.loads(sys.argv[2])]\n" +
    "db.commit()";
  await run("python3", ["-c", script, path.join(server.options.dataDir, "minnow.sqlite"), JSON.stringify(statements)]);
  await server.boot();
}

/** A browser whose clock is moved by what `moveClock` says. */
export async function device(stage, server, options = PHONE) {
  const learner = await stage.learner(server, options);
  await learner.page.context().addInitScript(() => {
    const Real = Date;
    const by = () => Number(localStorage.getItem("journey.clock") ?? 0);
    window.Date = class extends Real {
      constructor(...given) {
        if (given.length > 0) super(...given);
        else super(Real.now() + by());
      }
      static now() {
        return Real.now() + by();
      }
    };
  });
  return learner;
}

export const moveClock = (learner, ms) => learner.page.evaluate((ms) => localStorage.setItem("journey.clock", String(ms)), ms);

export const workerRuns = (learner) =>
  until("a service worker in charge", () => learner.page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: 20_000 });

/** Keeps the next 20 minutes; ends when all of it is here. */
export async function keepNext(learner) {
  const { page } = learner;
  await page.goto("/offline");
  await workerRuns(learner);
  await learner.button("Keep offline: My next 20 minutes").click();
  await page.getByRole("heading", { name: "My next 20 minutes", exact: true }).waitFor({ timeout: 20_000 });
  await until("all of the pack is here", async () => (await page.getByRole("progressbar").count()) === 0, { timeout: 60_000 });
}

/** Goes to a clip without a network and waits for its question, which the program of what opens over a clip asks. */
export async function meet(learner, title) {
  const [{ id }] = await learner.server.rows("SELECT id FROM clips WHERE title = ?", title);
  await learner.page.goto(`/clip/${id}`);
  const place = learner.page.locator("#question-place");
  await place.locator(".ask").waitFor({ timeout: 20_000 });
  const button = (name) => place.getByRole("button", { name, exact: typeof name === "string" });
  const heading = (name) => place.getByRole("heading", { name, exact: true }).waitFor();
  return { place, button, heading };
}

/** Keeps what stands on the page Offline under this name; ends when all of it is here. */
export async function keepPack(learner, name) {
  const { page } = learner;
  await page.goto("/offline");
  await workerRuns(learner);
  await learner.button(`Keep offline: ${name}`).click();
  await page.getByRole("heading", { name, exact: true }).waitFor({ timeout: 20_000 });
  await until("all of the pack is here", async () => (await page.getByRole("progressbar").count()) === 0, { timeout: 60_000 });
}

/** Rows of a table of the app's database, as values. */
export const table = (learner, name) =>
  learner.page.evaluate(async (name) => {
    const database = await new Promise((resolve) => (indexedDB.open("minnow").onsuccess = ({ target }) => resolve(target.result)));
    const all = database.transaction(name).objectStore(name).getAll();
    const rows = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
    database.close();
    return rows.map((row) => JSON.parse(row));
  }, name);
