// The installed app: its manifest, its worker under the strict policy, the shell and kept clips without a network, and new
// versions that wait until they are asked.
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DESKTOP, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";
import { SITE } from "../server.mjs";
import { keepForOffline } from "../offline.mjs";

const workerRuns = (learner) =>
  until("a service worker in charge", () =>
    learner.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration?.active?.state === "activated" && navigator.serviceWorker.controller !== null;
    }),
  );

journey("it can be installed: manifest, icons, worker", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, DESKTOP);
  await learner.openFeed();
  const cdp = await learner.page.context().newCDPSession(learner.page);
  const { errors, data } = await cdp.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.equal(manifest.display, "standalone");
  assert.ok(manifest.name && manifest.start_url && manifest.id);
  assert.ok(manifest.icons.some((icon) => /maskable/.test(icon.purpose ?? "")), "a maskable icon");
  for (const icon of manifest.icons) {
    const answer = await fetch(new URL(icon.src, `${server.url}/manifest.webmanifest`));
    assert.equal(answer.status, 200, icon.src);
  }
  await workerRuns(learner);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  assert.deepEqual(installabilityErrors.filter((one) => one.errorId !== "in-incognito"), []);
});

journey("without a network the app opens, says so, and plays what was kept", async (stage) => {
  stage.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|Failed to fetch|net::ERR/);
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server);
  const { page } = learner;
  await learner.openFeed();
  await workerRuns(learner);
  await keepForOffline(learner, ["Counting to seven", "Slow and steady"]);
  await page.context().setOffline(true);
  await page.goto("/");
  await page.getByText(/offline/i).filter({ visible: true }).first().waitFor({ timeout: 15_000 });
  const kept = [];
  for (let i = 0; i < 2; i += 1) {
    const clip = await learner.sees("a kept clip plays", (now) => now.settled && !now.paused && now.at > 0.2 && !kept.includes(now.title), { timeout: 15_000 });
    kept.push(clip.title);
    if (i === 0) await learner.swipeUp();
  }
  await learner.button("Text").tap();
  await page.locator(".twin").filter({ visible: true }).getByText(`${kept[1]}: second 1`).first().waitFor();
  assert.deepEqual(kept.sort(), ["Counting to seven", "Slow and steady"]);
  // Seeking asks for a range of the kept file: the worker cuts it out.
  const answer = await page.evaluate(async () => {
    const keys = await (await caches.open("minnow-offline-v1")).keys();
    const film = keys.map((key) => key.url).find((url) => /\.mp4/.test(url));
    const whole = await (await caches.match(film)).arrayBuffer();
    const part = await fetch(film, { headers: { range: "bytes=100-199" } });
    const bytes = new Uint8Array(await part.arrayBuffer());
    return { status: part.status, range: part.headers.get("content-range"), same: bytes.every((byte, at) => byte === new Uint8Array(whole)[100 + at]), length: bytes.length, size: whole.byteLength };
  });
  assert.deepEqual(answer, { status: 206, range: `bytes 100-199/${answer.size}`, same: true, length: 100, size: answer.size });
  await page.goto("/discover");
  await page.getByRole("heading").filter({ visible: true }).first().waitFor();
  await page.context().setOffline(false);
  await page.goto("/");
  await learner.sees("online again", (clip) => clip.settled && !clip.paused);
});

/** The site as the next release would bring it: every file the same but the worker's version. */
function nextRelease(folder) {
  cpSync(SITE, folder, { recursive: true });
  const file = path.join(folder, "sw.js");
  const worker = readFileSync(file, "utf8");
  const changed = worker.replace(/(minnow-shell-|VERSION\s*=\s*|[a-z]=)"([0-9a-f]{6,})"/i, (whole, before, version) => `${before}"${"0".repeat(version.length)}"`);
  writeFileSync(file, changed === worker ? `${worker}\n// next release\n` : changed);
  for (const name of readdirSync(folder)) if (/^sw\.js\.(br|gz|zst)$/.test(name)) rmSync(path.join(folder, name));
  return folder;
}

journey("a new version waits: never in the middle of a question, then by one tap", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server);
  const { page } = learner;
  await learner.openFeed();
  await workerRuns(learner);
  const before = await page.evaluate(() => performance.timeOrigin);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await learner.page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  const opened = await page.evaluate(() => performance.timeOrigin);

  await server.stop();
  server.options.site = nextRelease(path.join(stage.folder, "next"));
  await server.boot();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await until("the new version has been fetched and waits", () =>
    page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting)));
  assert.equal(await page.getByText(/update ready|new version/i).filter({ visible: true }).count(), 0, "nothing is said over a question");
  assert.equal(await page.evaluate(() => performance.timeOrigin), opened, "and nothing is reloaded");

  await learner.answer("It moves down");
  await learner.button("Keep watching").tap();
  await page.getByText(/update ready|new version/i).filter({ visible: true }).first().waitFor();
  await learner.button(/update/i).tap();
  await until("the page came anew", async () => (await page.evaluate(() => performance.timeOrigin)) !== opened);
  await until("the new version is in charge", () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return !registration.waiting && registration.active?.state === "activated";
    }));
  assert.notEqual(before, opened);
});
