// After a break: what is due comes in parts, the rest is told kindly, and each part ends with a good place to stop.
import { violations } from "../axe.mjs";
import { daysPass } from "../days.mjs";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";
import { show } from "../show.mjs";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const id = (kind, n) => `01ARZ3NDEKTSV4RRFFQ6${kind}${LETTERS[n % 32]}${LETTERS[Math.floor(n / 32)]}000`.slice(0, 26);

/** A learner who answered so many questions of a practice long ago. */
async function longAgo(stage, count) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, PHONE);
  const { page } = learner;
  await page.goto("/welcome");
  await page.evaluate(() => fetch("/api/session/guest", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }));
  const author = await stage.learner(server, PHONE);
  await author.page.goto("/welcome");
  const made = await author.api("POST", "/api/account", { handle: "mara", display_name: "Mara Lind", password: "a quiet river bend" });
  assert.equal(made.status, 200);
  const practice_id = id("P", 1);
  for (let n = 0; n < count; n += 1) {
    const key = { kind: "true_false", is_true: true };
    const question = { stem: `Is ${n + 1} a number?`, key, tags: ["numbers"] };
    const { status } = await author.api("POST", "/api/bank/questions", { question_id: id("Q", n), question });
    assert.equal(status, 200);
  }
  await author.api("POST", "/api/practices", { practice_id, title: "Numbers", tag: "numbers" });
  for (let n = 0; n < count; n += 1) {
    const { status } = await learner.api("POST", `/api/questions/${id("Q", n)}/answers`, { answer_id: id("A", n), practice_id, response: { kind: "true_false", is_true: true }, certainty: "think_so", answered_at_ms: Date.now() });
    assert.equal(status, 200);
  }
  await daysPass(learner, 40);
  return { server, learner };
}

/** Answers what is asked, right, until a place to stop. */
async function answerAll(learner) {
  let asked = 0;
  while ((await learner.page.locator(".rest").count()) === 0) {
    await learner.button("True").click();
    await learner.certainty("Sure").click();
    await learner.verdict("Right").waitFor();
    asked += 1;
    await learner.button(/^(Next question|Finish)$/).click();
    await until("the next, or the end", () => learner.page.locator(".rest, .ask [aria-pressed]").first().isVisible());
  }
  return asked;
}

journey("what waits after a break comes in parts of five, each with a place to stop", async (stage) => {
  const { server, learner } = await longAgo(stage, 13);
  const { page } = learner;
  await show(learner, "/review");
  await page.getByText("questions to recall now").waitFor();
  assert.deepEqual(await violations(page), [], "axe on what waits");
  await learner.button("Just 5 for a start").click();
  assert.equal(await answerAll(learner), 5);
  await learner.heading("That’s a good start. Stop here?").waitFor();
  await page.getByText("8 more can wait: they come in parts on the next days. Nothing is lost.").waitFor();
  assert.deepEqual(await violations(page), [], "axe on the place to stop");
  await learner.button("5 more").click();
  assert.equal(await answerAll(learner), 5);
  await learner.button("3 more").waitFor();
  await learner.button("Stop for today").click();
  await page.getByText("10 recalled today already.").waitFor();
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 23);
}, { timeout: 240_000 });

journey("what is more than a day takes is told, with when all of it is done", async (stage) => {
  const { learner } = await longAgo(stage, 13);
  await show(learner, "/review");
  const { body: settings } = await learner.api("GET", "/api/me/settings");
  await learner.api("PUT", "/api/me/settings", { settings: { ...settings, daily_reviews: 6 } });
  await show(learner, "/review");
  await learner.page.getByText(/^7 more wait\. They come in parts on the next days; nothing is lost\./).waitFor();
  await learner.page.getByText(/At this pace you are up to date in 2 days\./).waitFor();
  await learner.button("Start recalling").click();
  assert.equal(await answerAll(learner), 6);
  await learner.heading("Goal reached. That was all for now").waitFor();
  await learner.button("Stop for today").click();
  await learner.heading("Done for today").waitFor();
}, { timeout: 240_000 });
