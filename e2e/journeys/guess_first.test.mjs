// Some clips ask before they play: "Guess first. The clip will tell." Nothing is told of the guess; the question is asked at its
// moment as ever, and who does not want to guess goes on at once.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { violations } from "../axe.mjs";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";

const TITLE = "A bar with a question";

/** The clip's question becomes one of another kind. */
async function becomes(server, key) {
  const script = "import sqlite3,sys; db=sqlite3.connect(sys.argv[1],timeout=20); db.execute('UPDATE questions SET kind=?, content=? WHERE id=(SELECT a.question_id FROM clip_questions a JOIN clips c ON c.id=a.clip_id WHERE c.title=?)',sys.argv[2:]); db.commit()";
  const content = JSON.stringify({ stem: "Does it stand still?", key, reason: "It moves." });
  await promisify(execFile)("python3", ["-c", script, path.join(server.options.dataDir, "minnow.sqlite"), key.kind, content, TITLE]);
}

/** A learner on the clip, which the server draws for a guess; it draws one in ten, here always. */
async function open(stage, key) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  if (key) await becomes(server, key);
  stage.guesses = true;
  const learner = await stage.learner(server, PHONE);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", TITLE);
  await learner.page.route(`**/clip/${id}`, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll('"guess_first":false', '"guess_first":true').replace(" autoplay ", " ");
    await route.fulfill({ response: answer, body });
  });
  await learner.page.goto(`/clip/${id}`);
  const sheet = learner.page.getByRole("dialog").filter({ visible: true, hasText: "Guess first. The clip will tell." });
  await sheet.waitFor({ timeout: 20_000 });
  const clip = await learner.look();
  assert.ok(clip.paused && clip.at < 0.2, `it has not played yet: ${JSON.stringify(clip)}`);
  return { server, learner, sheet };
}

journey("a guess comes before the clip, nothing is told of it, and the clip asks again", async (stage) => {
  const { server, learner, sheet } = await open(stage);
  await learner.choice("It stands still").click();
  await learner.button("Watch the clip").click();
  await sheet.waitFor({ state: "hidden" });
  await learner.sees("the clip plays", (clip) => !clip.paused && clip.at > 0.2);
  await until("the guess is kept", async () => (await server.rows("SELECT 1 FROM answers WHERE is_before")).length === 1);
  assert.equal(await learner.page.getByText(/Not yet|Right|XP/).filter({ visible: true }).count(), 0, "nothing is told");
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  const rows = await server.rows("SELECT is_before, is_first FROM answers ORDER BY is_before");
  assert.deepEqual(rows.map((row) => [row.is_before, row.is_first]), [[0, 1], [1, 0]]);
});

journey("who does not want to guess skips it, by button or by key", async (stage) => {
  const { server, learner, sheet } = await open(stage);
  await learner.button("Skip").click();
  await sheet.waitFor({ state: "hidden" });
  await learner.question.waitFor({ timeout: 20_000 });
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 0);
});

journey("a kind that the feed does not ask by itself is guessed first as well", async (stage) => {
  const { server, learner, sheet } = await open(stage, { kind: "true_false", is_true: false });
  assert.equal(await learner.button(/don.t know yet/i).count(), 0, "who does not know may skip");
  await learner.button("True").click();
  assert.deepEqual(await violations(learner.page), [], "axe on a guess");
  await learner.button("Watch the clip").click();
  await sheet.waitFor({ state: "hidden" });
  await learner.sees("the clip plays", (clip) => !clip.paused && clip.at > 0.2);
  await until("the guess is kept", async () => (await server.rows("SELECT 1 FROM answers WHERE is_before")).length === 1);
  assert.equal(await learner.page.getByText(/Not yet|Right|XP/).filter({ visible: true }).count(), 0, "nothing is told");
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.button("False").click();
  await learner.certainty("Sure").click();
  await learner.verdict("Right").waitFor();
  const rows = await server.rows("SELECT is_before, is_first FROM answers ORDER BY is_before");
  assert.deepEqual(rows.map((row) => [row.is_before, row.is_first]), [[0, 1], [1, 0]]);
});
