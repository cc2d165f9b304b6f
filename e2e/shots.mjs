// Every screen and state as pictures: target/shots/NAME-{phone,desktop}-{light,dark,rtl}.png and contact sheets. Works on a
// copy of the demo library, so that nobody's data is changed. `--only A,B` takes names, `--looks phone-light,…` takes looks.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";
import { copyData, film } from "./library.mjs";
import { Learner, skipGuesses } from "./learner.mjs";
import { SCRATCH, Server, TARGET, until } from "./server.mjs";
import { SCREENS } from "./screens.mjs";

const run = promisify(execFile);
const OUT = path.join(TARGET, "shots");
const DATA = process.env.MINNOW_DATA_DIR ?? path.join(TARGET, "demo-data");

const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 },
  desktop: { viewport: { width: 1440, height: 900 } },
  // The narrowest there are: only when they are named.
  laptop: { viewport: { width: 1280, height: 800 } },
  small: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 },
};
const USUAL = ["phone", "desktop"];
const LOOKS = {
  light: { colorScheme: "light", locale: "en-GB" },
  dark: { colorScheme: "dark", locale: "en-GB" },
  rtl: { colorScheme: "light", locale: "ar" },
};

function flag(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1].split(",");
}

/** A copy of a data folder; its database may be in use, so SQLite itself copies it. */
async function copyLibrary(from, to) {
  if (!existsSync(path.join(from, "minnow.sqlite"))) throw new Error(`no demo library in ${from}: start \`minnow serve --demo --data-dir ${from}\` once`);
  mkdirSync(to, { recursive: true });
  copyData(from, to, (name) => name === "media");
  const script = "import sqlite3,sys; a=sqlite3.connect(sys.argv[1]); b=sqlite3.connect(sys.argv[2]); a.backup(b)";
  await run("python3", ["-c", script, path.join(from, "minnow.sqlite"), path.join(to, "minnow.sqlite")]);
}

async function shoot(browser, server, films, device, look, screens) {
  const failures = [];
  const people = {};
  const person = async (kind) => {
    const open = async () => {
      const context = await browser.newContext({ baseURL: server.url, ...DEVICES[device], ...LOOKS[look] });
      context.setDefaultTimeout(8000);
      // One clip in ten asks first, drawn by learner and clip: which one is shown must not hang on that.
      await context.addInitScript(skipGuesses);
      const learner = new Learner(await context.newPage(), server);
      learner.device = device;
      learner.films = films;
      return learner;
    };
    if (kind === "fresh") return open();
    people[kind] ??= open().then(async (learner) => {
      if (kind === "account" || kind === "organizer") {
        await learner.page.goto("/welcome");
        const handle = `${kind}-${device}-${look}`;
        learner.handle = handle;
        const { status, body } = await learner.api("POST", "/api/account", { handle, display_name: look === "rtl" ? "نور حداد" : "Sam Ortiz", password: "a quiet river bend" });
        if (status !== 200) throw new Error(`no account: ${status} ${JSON.stringify(body)}`);
      }
      return learner;
    });
    return people[kind];
  };
  for (const screen of screens) {
    const file = path.join(OUT, `${screen.name}-${device}-${look}.png`);
    let learner;
    try {
      learner = await person(screen.as ?? "fresh");
      await screen.open(learner);
      await settled(learner.page);
      if (screen.full) await wholePage(learner.page);
      await learner.page.screenshot({ path: file, animations: "disabled", timeout: 10_000 });
    } catch (error) {
      failures.push(`${screen.name}-${device}-${look}: ${String(error.message).split("\n")[0]}`);
      await learner?.page.screenshot({ path: file.replace(".png", "-FAILED.png"), timeout: 5000 }).catch(() => {});
    }
    await learner?.page.unrouteAll({ behavior: "ignoreErrors" }).catch(() => {});
    await learner?.page.context().setOffline(false).catch(() => {});
    await learner?.page.setViewportSize(DEVICES[device].viewport).catch(() => {});
    if ((screen.as ?? "fresh") === "fresh") await learner?.page.context().close();
  }
  for (const one of Object.values(people)) await one.then((learner) => learner.page.context().close(), () => {});
  return failures;
}

/** A window as high as the page, so that bars stay at their edges. */
async function wholePage(page) {
  const height = await page.evaluate(() => Math.max(document.documentElement.scrollHeight, ...[...document.querySelectorAll("main")].map((main) => main.scrollHeight)));
  const { width, height: window } = page.viewportSize();
  if (height > window) await page.setViewportSize({ width, height: Math.min(height, 4000) });
  await settled(page);
}

/** Fonts and pictures in view are there, and nothing is announced as loading. */
function settled(page) {
  return until(
    "fonts and pictures",
    () =>
      page.evaluate(() => {
        const shown = [...document.images].filter((image) => {
          const box = image.getBoundingClientRect();
          return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
        });
        const moving = document.getAnimations().some((one) => one.playState === "running" && one.effect?.getTiming().iterations !== Infinity);
        return document.fonts.status === "loaded" && shown.every((image) => image.complete) && !moving && !document.querySelector(".boot");
      }),
    { timeout: 6000 },
  );
}

/** All pictures of one look side by side, for a designer's eye. */
async function contactSheets(browser) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  for (const device of Object.keys(DEVICES)) {
    for (const look of Object.keys(LOOKS)) {
      const files = readdirSync(OUT).filter((name) => name.endsWith(`-${device}-${look}.png`) && !name.startsWith("sheet-"));
      if (files.length === 0) continue;
      const width = DEVICES[device].isMobile ? 190 : 390;
      const cells = files.map((name) => `<figure><img src="file://${path.join(OUT, name)}" width="${width}"><figcaption>${name.replace(`-${device}-${look}.png`, "")}</figcaption></figure>`);
      const sheet = path.join(OUT, "sheet.html");
      writeFileSync(sheet, `<!doctype html><style>body{margin:12px;display:flex;flex-wrap:wrap;gap:12px;font:13px sans-serif;background:#888}figure{margin:0}img{display:block;max-height:600px;object-fit:cover;object-position:top}</style>${cells.join("")}`);
      await page.goto(`file://${sheet}`);
      await page.screenshot({ path: path.join(OUT, `sheet-${device}-${look}.png`), fullPage: true });
      rmSync(sheet);
    }
  }
  await page.close();
}

async function main() {
  const only = flag("--only");
  const looks = flag("--looks");
  const screens = SCREENS.filter((screen) => !only || only.includes(screen.name));
  if (!only && !looks) rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(path.join(SCRATCH, "shots-"));
  await copyLibrary(DATA, path.join(folder, "data"));
  const films = path.join(folder, "film.mp4");
  await film(films, { seconds: 6, short: 540, hue: 0 });
  const server = await Server.start({ dataDir: path.join(folder, "data"), env: { MINNOW_RATE_LIMITS: "off" } });
  const browser = await chromium.launch(LAUNCH);
  const failures = [];
  try {
    for (const device of Object.keys(DEVICES)) {
      for (const look of Object.keys(LOOKS)) {
        if (looks ? !looks.includes(`${device}-${look}`) : !USUAL.includes(device)) continue;
        const start = Date.now();
        failures.push(...(await shoot(browser, server, films, device, look, screens)));
        console.log(`${device} ${look}: ${screens.length} screens, ${((Date.now() - start) / 1000).toFixed(0)} s`);
      }
    }
    await contactSheets(browser);
  } finally {
    await browser.close();
    await server.stop();
  }
  rmSync(folder, { recursive: true, force: true });
  for (const failure of failures) console.error(`not taken: ${failure}`);
  console.log(`pictures in ${OUT}`);
  if (failures.length > 0) process.exitCode = 1;
}

await main();
