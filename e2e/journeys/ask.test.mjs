// A question of every kind, asked by a clip in the feed and answered by mouse, by keyboard alone and by touch: the feed
// loads the program of what opens over a clip for the kinds it does not know itself. Each is put where a clip's own question was.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey } from "../harness.mjs";
import { Finger, Keys, Mouse, keepPicture, kinds } from "../kinds.mjs";
import { library } from "../library.mjs";

const run = promisify(execFile);
const TITLE = "A bar with a question";

/** Writes a question in the place of the clip's own, as if nobody had answered it. */
async function ask(server, { stem = "What is it?", key, behaviour = {}, reason = "So it is." }) {
  const script =
    "import json,sqlite3,sys\n" +
    "db=sqlite3.connect(sys.argv[1],timeout=20)\n" +
    "found=db.execute('SELECT q.question_id, q.clip_id FROM clip_questions q JOIN clips c ON c.id=q.clip_id WHERE c.title=?',(sys.argv[2],)).fetchone()\n" +
    "db.execute('DELETE FROM answers WHERE question_id=?',(found[0],))\n" +
    "db.execute('UPDATE questions SET kind=?, content=? WHERE id=?',(sys.argv[3],sys.argv[4],found[0]))\n" +
    "db.commit()\n" +
    "print(found[1])";
  const content = JSON.stringify({ stem, key, reason, behaviour });
  const file = path.join(server.options.dataDir, "minnow.sqlite");
  const { stdout } = await run("python3", ["-c", script, file, TITLE, key.kind, content]);
  return stdout.trim();
}

async function open(stage, device) {
  const dataDir = await library(`${stage.folder}/data`);
  const picture = await keepPicture(stage.folder, dataDir);
  const server = await stage.server({ dataDir });
  return { server, learner: await stage.learner(server, device), all: kinds(picture) };
}

async function meet(server, learner, question) {
  const clip = await ask(server, question);
  await learner.page.goto(`/clip/${clip}`);
  await learner.page.locator("#question-place .ask").waitFor({ timeout: 20_000 });
}

async function answerEach(stage, device, Way) {
  const { server, learner: first, all } = await open(stage, device);
  let learner = first;
  for (const [name, question] of Object.entries(all)) {
    const hand = new Way(learner);
    await meet(server, learner, question);
    const failed = (error) => {
      throw new Error(`${name}: ${error.message}`);
    };
    await question.act(hand).catch(failed);
    await hand.press(hand.button(question.sure ?? "Sure")).catch(failed);
    const verdict = hand.place.getByRole("heading", { name: question.verdict ?? "Right", exact: true });
    await verdict.waitFor({ timeout: 10_000 }).catch(failed);
    const rows = await server.rows("SELECT response, is_right FROM answers");
    assert.equal(rows.length, 1, `${name}: one answer is kept`);
    assert.equal(Boolean(rows[0].is_right), name !== "open", `${name}: ${rows[0].response}`);
    await hand.press(hand.button("Keep watching"));
    await learner.page.locator("#question-place").waitFor({ state: "detached" });
    // The next one has not been in the middle of this clip before.
    await learner.page.goto("about:blank");
    learner = await stage.learner(server, device);
  }
}

journey("every kind of question is answered by mouse", (stage) => answerEach(stage, DESKTOP, Mouse), { timeout: 300_000 });
journey("every kind of question is answered by keyboard alone", (stage) => answerEach(stage, DESKTOP, Keys), { timeout: 300_000 });
journey("every kind of question is answered by touch", (stage) => answerEach(stage, PHONE, Finger), { timeout: 300_000 });

journey("partly right says how much, with the right parts beside the own; the key comes with the answer only", async (stage) => {
  const { server, learner, all } = await open(stage, DESKTOP);
  const bodies = [];
  learner.page.on("response", async (response) => bodies.push(await response.text().catch(() => "")));
  const hand = new Mouse(learner);
  await meet(server, learner, all.matching);
  await hand.put(hand.button("star"), hand.button("sun: empty"));
  await hand.put(hand.button("wood"), hand.button("moon: empty"));
  await hand.put(hand.button("water"), hand.button("sea: empty"));
  assert.ok(!bodies.join("\n").includes("So it is."), "the reason has not come yet");
  await hand.press(hand.button("A guess"));
  await hand.place.getByRole("heading", { name: "2 of 3 right" }).waitFor();
  await hand.place.getByText("Right: rock").waitFor();
  await hand.place.getByText("So it is.").waitFor();
});

journey("several tries: a hint after the first, the answer kept back until the last", async (stage) => {
  const { server, learner, all } = await open(stage, PHONE);
  const hand = new Finger(learner);
  const behaviour = { tries: 2, hints: ["Think of water."], certainty: false };
  await meet(server, learner, { ...all.true_false, behaviour });
  await hand.place.getByText("2 tries left").waitFor();
  await hand.press(hand.button("True"));
  await hand.press(hand.button("Check"));
  await hand.place.getByText("Think of water.").waitFor();
  await hand.place.getByText("1 try left").waitFor();
  assert.equal(await hand.place.getByText("So it is.").count(), 0);
  await hand.press(hand.button("False"));
  await hand.press(hand.button("Check"));
  await hand.place.getByRole("heading", { name: "Right", exact: true }).waitFor();
  await hand.place.getByText("So it is.").waitFor();
});

journey("marked-up words become elements of the subset: formulas and code, no script, no stranger's picture", async (stage) => {
  const { server, learner, all } = await open(stage, PHONE);
  await meet(server, learner, all.several);
  const stem = learner.page.locator("#ask-stem");
  assert.equal(await stem.locator("mfrac").evaluate((one) => one.namespaceURI), "http://www.w3.org/1998/Math/MathML");
  assert.equal(await stem.locator("code").textContent(), "2 x");
  assert.equal(await stem.locator("script, img").count(), 0);
});

for (const [name, device] of [
  ["light", PHONE],
  ["dark, in Arabic", { ...PHONE, colorScheme: "dark", locale: "ar" }],
]) {
  journey(`axe finds nothing in any kind, asked and answered: ${name}`, async (stage) => {
    const { server, learner: first, all } = await open(stage, device);
    let learner = first;
    const found = [];
    for (const [kind, question] of Object.entries(all)) {
      await meet(server, learner, question);
      for (const problem of await violations(learner.page)) found.push(`${kind}: ${problem}`);
      const unknown = learner.page.locator("#question-place .btn--quiet");
      if ((await unknown.count()) > 0) {
        await unknown.last().tap();
        await learner.page.locator("#question-place .verdict").waitFor();
        for (const problem of await violations(learner.page)) found.push(`${kind}, answered: ${problem}`);
      }
      await learner.page.goto("about:blank");
      learner = await stage.learner(server, device);
    }
    assert.deepEqual(found, []);
  }, { timeout: 200_000 });
}
