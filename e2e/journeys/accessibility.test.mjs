// Every screen for everybody: axe finds nothing, keys alone reach everything, small screens and large text lose nothing.
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount } from "../account.mjs";
import { library } from "../library.mjs";
import { lost } from "../lost.mjs";
import { show } from "../show.mjs";

const SCREENS = ["/", "/discover", "/make", "/me", "/saved", "/playlists", "/settings", "/welcome", "/topics", "/me/topics", "/me/interests", "/nowhere"];

/** Every screen of a signed-in person and of a guest, the states of the feed included. */
async function everyScreen(stage, learner, check) {
  const { server } = learner;
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  const [{ handle }] = await server.rows("SELECT handle FROM people WHERE id = (SELECT author_id FROM clips LIMIT 1)");
  const [{ topic_id: topic }] = await server.rows("SELECT topic_id FROM clip_topics LIMIT 1");
  for (const path of [...SCREENS, `/@${handle}`, `/topic/${topic}`]) {
    await show(learner, path);
    await check(path);
  }
  await show(learner, `/clip/${id}`);
  await learner.dialog().first().waitFor();
  await check("question");
  await learner.page.getByRole("dialog").getByRole("group").first().getByRole("button").first().click();
  await check("how sure");
  await learner.page.getByRole("dialog").getByRole("group").last().getByRole("button").last().click();
  await learner.page.getByRole("status").getByRole("heading").first().waitFor();
  await check("verdict");
}

for (const [name, device, scheme, language] of [
  ["a phone in light", PHONE, "light", "en-GB"],
  ["a phone in dark", PHONE, "dark", "en-GB"],
  ["a desktop in light", DESKTOP, "light", "en-GB"],
  ["a desktop in dark", DESKTOP, "dark", "en-GB"],
  ["a phone in Arabic", PHONE, "light", "ar"],
]) {
  journey(`axe finds nothing on any screen: ${name}`, async (stage) => {
    stage.allow(/status of 404/);
    const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
    const learner = await stage.learner(server, { ...device, colorScheme: scheme, locale: language });
    const found = [];
    await everyScreen(stage, learner, async (screen) => {
      for (const problem of await violations(learner.page)) found.push(`${screen}: ${problem}`);
    });
    assert.deepEqual(found, []);
  }, { timeout: 180_000 });
}

for (const [name, options, zoom] of [
  ["320 px wide", { ...PHONE, viewport: { width: 320, height: 568 } }, 1],
  ["text at 200 %", { ...PHONE, viewport: { width: 390, height: 844 } }, 2],
  ["320 px wide in Arabic", { ...PHONE, viewport: { width: 320, height: 568 }, locale: "ar" }, 1],
]) {
  journey(`nothing is lost or covered: ${name}`, async (stage) => {
    stage.allow(/status of 404/);
    const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
    const learner = await stage.learner(server, options);
    if (zoom !== 1) {
      const cdp = await learner.page.context().newCDPSession(learner.page);
      // As the system's text size does it: rem grows, the window does not.
      await cdp.send("Page.setFontSizes", { fontSizes: { standard: 16 * zoom, fixed: 13 * zoom } });
    }
    const found = [];
    await everyScreen(stage, learner, async (screen) => {
      for (const problem of await learner.page.evaluate(lost)) found.push(`${screen}: ${problem}`);
    });
    assert.deepEqual(found, []);
  }, { timeout: 180_000 });
}

journey("keys alone: from the feed to an answer, with the focus always to be seen", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, DESKTOP);
  const { page } = learner;
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await learner.page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  const focused = () =>
    page.evaluate(() => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      return { name: (one.getAttribute("aria-label") ?? one.textContent ?? "").trim().slice(0, 60), inDialog: Boolean(one.closest("[role=dialog]")), ring, tag: one.tagName, shown: box.width > 0 && box.top < innerHeight && box.bottom > 0 };
    });
  await until("the focus is in the question", async () => (await focused()).inDialog);
  const walked = [];
  for (let i = 0; i < 14; i += 1) {
    await page.keyboard.press("Tab");
    const at = await focused();
    walked.push(at.name);
    assert.ok(at.inDialog, `the focus stays in the open question: ${walked}`);
    assert.ok(at.ring && at.shown, `"${at.name}" shows its focus`);
    if (/It moves down/.test(at.name)) break;
  }
  assert.match(walked.at(-1), /It moves down/);
  await page.keyboard.press("Enter");
  for (let i = 0; i < 10 && !/^Sure$/.test((await focused()).name); i += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await learner.heading("Right").waitFor();
  await page.keyboard.press("Escape");
  await learner.sees("the clip goes on", (clip) => !clip.paused);
  await until("the focus is outside", async () => !(await focused()).inDialog);
});

journey("the order of the focus is the order of the page, from the skip link on", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, DESKTOP);
  const { page } = learner;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await show(learner, "/settings");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /skip/i);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  const places = [];
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      return one === document.body ? null : { name: (one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30), y: box.top + scrollY, main: Boolean(one.closest("main")) };
    });
    if (at === null || !at.main) break;
    places.push(at);
  }
  assert.ok(places.length > 5, "the page's controls were walked");
  for (const [at, place] of places.entries()) {
    if (at > 0) assert.ok(place.y > places[at - 1].y - 80, `"${place.name}" comes after "${places[at - 1].name}"`);
  }
});

journey("moving on is announced to those who do not see it", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server);
  const first = await learner.openFeed();
  await learner.swipeUp();
  const next = await learner.nextAfter(first);
  await until("the announcement", () =>
    learner.page.evaluate((title) => [...document.querySelectorAll("[role=status], [aria-live]")].some((one) => one.textContent.includes(title)), next.title));
});
