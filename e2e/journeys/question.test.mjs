// A question at a moment of a clip: asked in place, answered, explained, kept: also when the server dies or the network is
// gone. The key never comes before the answer.
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";
import { keepForOffline } from "../offline.mjs";

const clipId = async (server, title) => (await server.rows("SELECT id FROM clips WHERE title = ?", title))[0].id;

const open = async (stage, options = PHONE) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, options);
  return { server, learner };
};

/** Opens a clip and waits for its question. */
async function asked(learner, title) {
  await learner.page.goto(`/clip/${await clipId(learner.server, title)}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.sees("the clip pauses for the question", (clip) => clip.paused);
}

journey("a right answer: the verdict, the reason and the points at once, and one row on the server", async (stage) => {
  const { server, learner } = await open(stage);
  const bodies = recordBodies(learner.page);
  await asked(learner, "A bar with a question");
  await learner.question.getByText("What does the bar do in this clip?").waitFor();
  const early = bodies.join("\n");
  assert.ok(early.includes("It moves down"), "the choices have come");
  assert.ok(!/steady pace from the first second|is_right|At the very start it seems so/.test(early), "the key and the reasons have not");

  await learner.answer("It moves down", "Sure");
  await learner.verdict("Right").waitFor();
  await learner.page.getByText("The bar moves down at a steady pace").filter({ visible: true }).first().waitFor();
  await learner.page.getByText(/\+\d+ XP/).filter({ visible: true }).first().waitFor();
  const rows = await server.rows("SELECT response, certainty, is_right, is_first, xp FROM answers");
  assert.equal(rows.length, 1);
  assert.equal(rows[0].certainty, "sure");
  assert.ok(rows[0].is_right && rows[0].is_first && rows[0].xp > 0);

  await learner.button("Keep watching").tap();
  await learner.sees("the clip goes on", (clip) => !clip.paused);
});

/** Every text that comes over the network, as it comes. */
function recordBodies(page) {
  const bodies = [];
  page.on("response", async (response) => {
    const type = response.headers()["content-type"] ?? "";
    if (/json|html|text|javascript/.test(type)) bodies.push(await response.text().catch(() => ""));
  });
  return bodies;
}

journey("a wrong answer costs nothing, is explained, and shows the right one", async (stage) => {
  const { server, learner } = await open(stage);
  await asked(learner, "A bar with a question");
  await learner.answer("It stands still");
  await learner.verdict("Not yet").waitFor();
  const sheet = learner.dialog();
  await sheet.getByText("At the very start it seems so").waitFor();
  await sheet.getByText("The bar moves down at a steady pace").waitFor();
  await sheet.getByText("Your answer").waitFor();
  const rows = await server.rows("SELECT is_right FROM answers");
  assert.deepEqual(rows.map((row) => Boolean(row.is_right)), [false]);
  await learner.button("Keep watching").tap();
  await learner.sees("the clip goes on", (clip) => !clip.paused);
});

journey("a typed answer is taken in another case, with a slip, and with Enter", async (stage) => {
  const { server, learner } = await open(stage, DESKTOP);
  await learner.page.goto(`/clip/${await clipId(server, "Name the shape")}`);
  const field = learner.page.getByRole("textbox", { name: /answer/i });
  await field.waitFor();
  await field.fill("  A BAR ");
  await learner.page.keyboard.press("Enter");
  await sureByKey(learner);
  await learner.verdict("Right").waitFor();
  await learner.page.getByText("A bar is a long, thin rectangle").filter({ visible: true }).first().waitFor();
  assert.equal((await server.rows("SELECT 1 FROM answers WHERE is_right")).length, 1);
});

journey("\"I don't know yet\" shows the answer and counts as not yet", async (stage) => {
  const { server, learner } = await open(stage);
  await asked(learner, "A bar with a question");
  await learner.button(/don.t know yet/i).tap();
  await learner.page.getByText("The bar moves down at a steady pace").filter({ visible: true }).first().waitFor();
  const [row] = await server.rows("SELECT response, is_right FROM answers");
  assert.equal(Boolean(row.is_right), false);
  assert.match(row.response, /dont_know|don/);
});

journey("keys alone: the question takes the focus, letters answer, focus comes back", async (stage) => {
  const { server, learner } = await open(stage, DESKTOP);
  await asked(learner, "A bar with a question");
  await until("the focus is inside the question", () =>
    learner.page.evaluate(() => Boolean(document.activeElement?.closest('[role="dialog"]'))),
  );
  await learner.page.keyboard.press("2");
  await learner.page.keyboard.press("Enter");
  await sureByKey(learner);
  await until("an answer is kept", async () => (await server.rows("SELECT 1 FROM answers")).length === 1);
  await learner.verdict(/Right|Not yet/).waitFor();
  await learner.button("Keep watching").focus();
  await learner.page.keyboard.press("Enter");
  await learner.sees("the clip goes on", (clip) => !clip.paused);
  await until("the focus is out of the closed sheet", () =>
    learner.page.evaluate(() => document.activeElement !== null && !document.activeElement.closest('[role="dialog"]')),
  );
});

/** Where the certainty has the focus, the key that gives it. */
async function sureByKey(learner) {
  const asksHowSure = () => learner.page.evaluate(() => Boolean(document.activeElement?.closest('[role="group"]')?.textContent.includes("Sure")));
  await until("the answer is given, or how sure is asked", async () => (await asksHowSure()) || (await learner.verdict().count()) > 0);
  if (await asksHowSure()) await learner.page.keyboard.press("Enter");
}

journey("an answered question is not asked again, and points are given once", async (stage) => {
  const { server, learner } = await open(stage);
  await asked(learner, "A bar with a question");
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  const [{ xp }] = await server.rows("SELECT SUM(xp) AS xp FROM answers");
  await learner.page.goto(`/clip/${await clipId(server, "A bar with a question")}`);
  await learner.sees("it plays past the moment", (clip) => !clip.paused && clip.at > 2.2);
  assert.equal(await learner.question.count(), 0);
  const { body } = await learner.api("GET", "/api/me/progress?utc_offset_minutes=0");
  assert.equal(body.xp, xp);
});

journey("the server dies under an answer: it is kept, sent again and stands once", async (stage) => {
  stage.allow(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET|Failed to load resource|net::ERR/);
  const { server, learner } = await open(stage);
  await asked(learner, "A bar with a question");
  await learner.choice("It moves down").tap();
  const tapped = learner.certainty("Sure").tap();
  const killed = server.kill();
  await Promise.all([tapped, killed]);
  await server.boot();
  await until("exactly one answer in the database", async () => (await server.rows("SELECT id FROM answers")).length === 1, { timeout: 45_000 });
  await learner.verdict("Right").waitFor({ timeout: 30_000 });
  await learner.page.reload();
  await until("and still one after a reload", async () => (await learner.answersKept()).length === 1);
  assert.equal((await server.rows("SELECT id FROM answers")).length, 1);
});

journey("answers given offline arrive once and in order, after a reload and the network's return", async (stage) => {
  stage.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|Failed to fetch|net::ERR/);
  const { server, learner } = await open(stage);
  const { page } = learner;
  const context = page.context();
  const titles = ["A bar with a question", "Second question", "Third question"];
  await learner.openFeed();
  await keepForOffline(learner, titles);
  await context.setOffline(true);
  for (const title of titles) {
    await page.goto(`/clip/${await clipId(server, title)}`);
    await learner.question.waitFor({ timeout: 20_000 });
    await learner.answer("It moves down");
    await page.getByText(/sent later|kept|offline/i).filter({ visible: true }).first().waitFor();
  }
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 0, "nothing has left yet");
  await page.reload();
  await context.setOffline(false);
  await until("all three have arrived", async () => (await server.rows("SELECT 1 FROM answers")).length === 3, { timeout: 30_000 });
  const rows = await server.rows("SELECT c.title FROM answers a JOIN clips c ON c.id = a.clip_id ORDER BY a.kept_at_ms, a.id");
  assert.deepEqual(rows.map((row) => row.title), titles, "in the order they were given");
  await page.reload();
  await learner.sees("the feed after it all", (clip) => clip.title !== null);
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 3, "none came twice");
});
