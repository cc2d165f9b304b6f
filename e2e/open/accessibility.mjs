// Not yet part of ./x test, because the product fails it: while a question is open the feed's list has no article that
// is not inert (axe: aria-required-children), the text twin of a phone waits for ever behind the scenes, and one title over
// a light clip on a desktop is too faint. Run it with: node --test e2e/open/
// Every screen for everybody: axe finds nothing, keys alone reach everything, small screens and large text lose nothing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount } from "../account.mjs";
import { library } from "../library.mjs";
import { show } from "../show.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on the page, one line a rule. Injected past the page's policy, as an extension would be. */
async function violations(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Runtime.evaluate", { expression: `${AXE};0` });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  await cdp.detach();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 200)})`));
}

/** Elements that stick out of the window sideways, and controls that lie over one another. */
function lost() {
  const problems = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) problems.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} of ${width} px`);
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, [role=slider]")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest("[inert], .vh, .skip, [aria-hidden=true]");
  });
  const name = (one) => `${one.tagName.toLowerCase()} "${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30)}"`;
  const inScroller = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement) if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
    return false;
  };
  for (const one of controls) {
    const box = one.getBoundingClientRect();
    if (!inScroller(one) && (box.left < -1 || box.right > width + 1)) problems.push(`${name(one)} sticks out: ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
    if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX === "hidden" && getComputedStyle(one).textOverflow !== "ellipsis" && one.tagName === "BUTTON") problems.push(`${name(one)} cuts its words off`);
  }
  // A control is reachable when its middle, scrolled into view, is itself.
  for (const one of controls) {
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
    const top = document.elementFromPoint(x, y);
    if (top && !one.contains(top) && !top.contains(one) && !top.closest("label")?.contains(one)) problems.push(`${name(one)} lies under ${name(top)}`);
  }
  return problems;
}

const SCREENS = ["/", "/discover", "/make", "/me", "/saved", "/settings", "/welcome", "/nowhere"];

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
