// What every journey stands on: a browser, people with their own browser profile, and a strict eye on each page (no
// console error, no policy violation, no failed request that the journey did not announce). Gestures and the words on
// the screen are in learner.mjs, servers in server.mjs, clips in library.mjs.
import { chromium } from "playwright-core";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SCRATCH, Server, until } from "./server.mjs";
import { LAUNCH } from "./launch.mjs";
import { Learner, skipGuesses } from "./learner.mjs";

export { assert, until };

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "en-GB" };
export const DESKTOP = { viewport: { width: 1440, height: 900 }, locale: "en-GB" };

/** The clean end of everything opened in a test, last opened first. */
class Closing {
  #steps = [];
  add(step) {
    this.#steps.unshift(step);
  }
  async all() {
    for (const step of this.#steps.splice(0)) await step();
  }
}

/**
 * One file's stage: `journey("name", async (stage) => …)` runs as a test of node with a fresh stage. On failure the
 * screenshots and a trace (playwright's own viewer opens it) are in target/e2e/failed/NAME/.
 */
export function journey(name, body, { timeout = 120_000 } = {}) {
  test(name, { timeout }, async () => {
    const stage = new Stage(name);
    const start = Date.now();
    let failed = false;
    try {
      await body(stage);
      stage.assertClean();
    } catch (error) {
      failed = true;
      await stage.keepEvidence(error);
      throw error;
    } finally {
      await stage.closing.all();
      if (!failed) stage.forget();
      console.log(`${((Date.now() - start) / 1000).toFixed(1)} s  ${name}`);
    }
  });
}

let sharedBrowser;
async function browser() {
  sharedBrowser ??= chromium.launch(LAUNCH);
  return sharedBrowser;
}
after(async () => (await sharedBrowser)?.close());

export class Stage {
  constructor(name) {
    this.name = name.replace(/[^a-z0-9]+/gi, "-").toLowerCase().slice(0, 80);
    this.closing = new Closing();
    this.learners = [];
    this.servers = [];
    this.allowed = [];
    /** One clip in ten asks for a guess before it plays, drawn by learner and clip: only journeys about it want that. */
    this.guesses = false;
    mkdirSync(SCRATCH, { recursive: true });
    this.folder = mkdtempSync(path.join(SCRATCH, "run-"));
  }

  /** A server of this journey alone. */
  async server(options = {}) {
    const server = await Server.start({ dataDir: path.join(this.folder, `data-${this.servers.length}`), ...options });
    this.servers.push(server);
    this.closing.add(() => server.stop());
    return server;
  }

  /** A person with a browser profile of their own. `options` go to playwright's context. */
  async learner(server, options = PHONE) {
    const context = await (await browser()).newContext({ baseURL: server.url, ...options });
    this.closing.add(() => context.close());
    return this.#adopt(context, server);
  }

  /** The same, in a browser of its own whose profile outlives it: killed, it comes back with what it had kept. */
  async learnerWithProfile(server, profile, options = PHONE) {
    const folder = path.join(this.folder, profile);
    const context = await chromium.launchPersistentContext(folder, { ...LAUNCH, baseURL: server.url, ...options });
    this.closing.add(() => context.close().catch(() => {}));
    return this.#adopt(context, server, context.pages()[0]);
  }

  async #adopt(context, server, page) {
    // Snapshots are what a trace is read for; screenshots of every frame would slow video down.
    await context.tracing.start({ snapshots: true, screenshots: false });
    context.setDefaultTimeout(10_000);
    await context.addInitScript(watchPolicy);
    if (!this.guesses) await context.addInitScript(skipGuesses);
    page ??= await context.newPage();
    const learner = new Learner(page, server);
    this.watch(learner);
    this.learners.push(learner);
    return learner;
  }

  /** Problems matching `pattern` are part of this journey's story. */
  allow(pattern) {
    this.allowed.push(pattern);
  }

  watch(learner) {
    const { page } = learner;
    learner.problems = [];
    const note = (problem) => learner.problems.push(problem);
    page.on("console", (message) => {
      const where = message.location()?.url ?? "";
      if (["error", "warning"].includes(message.type())) note(`console ${message.type()}: ${message.text()} (${where})`);
    });
    page.on("pageerror", (error) => note(`uncaught: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 500) note(`${response.status()} ${response.request().method()} ${response.url()}`);
    });
  }

  /** Nothing went wrong on any page or in any server that the journey did not announce. */
  assertClean() {
    const expected = (problem) => this.allowed.some((pattern) => pattern.test(problem));
    const problems = this.learners.flatMap((learner) => learner.problems.filter((problem) => !expected(problem)));
    assert.deepEqual(problems, [], "no page complained");
    const errors = this.servers.flatMap((server) => server.errors()).filter((line) => !expected(line));
    assert.deepEqual(errors, [], "no server logged an error");
  }

  async keepEvidence(error) {
    const folder = path.join(SCRATCH, "failed", this.name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const lines = [String(error?.stack ?? error), `folder: ${this.folder}`];
    for (const [index, learner] of this.learners.entries()) {
      lines.push(`-- learner ${index} at ${learner.page.url()}`, ...(learner.problems ?? []));
      await learner.page.screenshot({ path: path.join(folder, `${index}.png`), timeout: 5000 }).catch(() => {});
      await learner.page.context().tracing.stop({ path: path.join(folder, `${index}.trace.zip`) }).catch(() => {});
    }
    writeFileSync(path.join(folder, "what-happened.txt"), lines.join("\n") + "\n");
    console.log(`   evidence: ${path.relative(process.cwd(), folder)}`);
  }

  forget() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** In the page: a violated Content-Security-Policy becomes a console error that `watch` sees. */
function watchPolicy() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI || event.sample} at ${event.sourceFile}:${event.lineNumber}`);
  });
}

export const temporaryFolder = (name) => mkdtempSync(path.join(os.tmpdir(), `minnow-${name}-`));
