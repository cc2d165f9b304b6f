// Topics hang together, what a learner holds of them, what a clip taught: an organizer builds the graph, an answer moves the
// estimate and the page says what it rests on, a clip's author sees figures from twenty learners on and not before.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { becomes, makeAccount } from "../account.mjs";
import { violations } from "../axe.mjs";
import { library } from "../library.mjs";
import { guestOf, newId } from "../log.mjs";

const DAY_MS = 86_400_000;
const open = async (stage, options = PHONE) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const mara = await stage.learner(server, options);
  await makeAccount(mara, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  return { server, mara };
};

const clean = async (learner, what) => assert.deepEqual(await violations(learner.page), [], `axe on ${what}`);

journey("an organizer makes topics, joins them, and is told of a circle before it is closed", async (stage) => {
  const { server, mara } = await open(stage);
  await becomes(server, "mara", "organizer");
  const { page } = mara;
  await page.goto("/topics");
  await mara.button("New topic").click();
  await mara.button("Make topic").click();
  await page.getByText("Give it a name of at most 60 letters.").waitFor();
  await mara.field("Name").fill("Physics");
  await mara.button("Make topic").click();
  await mara.heading("Physics").waitFor();
  const join = async (relation, other) => {
    await mara.field("How").selectOption({ label: relation });
    await mara.field("Which topic").selectOption({ label: other });
    await mara.button("Add link").click();
  };
  await join("Its parts", "Sound");
  await mara.heading("Its parts").waitFor();
  await join("It is part of", "Sound");
  await page.getByText("That would lead round in a circle: Sound → Physics → Sound.").waitFor();
  await join("Comes before it", "Numbers");
  await mara.heading("Comes before it").waitFor();
  await clean(mara, "a topic");
  await mara.button("Take away the link to Numbers").click();
  await until("the link is gone", async () => (await server.rows("SELECT 1 FROM topic_edges")).length === 1);
  await mara.field("Italian").fill("Fisica");
  await mara.button("Save").click();
  await until("the name is kept", async () => (await server.rows("SELECT 1 FROM topic_names WHERE name = 'Fisica'")).length === 1);

  await page.goto("/topics");
  await mara.button("Files").click();
  const file = path.join(stage.folder, "topics.csv");
  writeFileSync(file, "id,name,part_of,prerequisites\nwaves,Waves,Physics,numbers\n,???,,\nphysics,Physics,sound,\n");
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByText("2 topics and 2 links found.").waitFor();
  await page.getByText("it would close a circle, sound → physics").waitFor();
  await clean(mara, "topics with a report");
  await mara.button("Bring in").click();
  await page.getByText("1 new topic. 2 new links.").waitFor();
  await mara.link(/Waves/).waitFor();
});

journey("an answer moves the estimate of its topic and of the whole, and the page says what it rests on", async (stage) => {
  const { server, mara } = await open(stage);
  await becomes(server, "mara", "organizer");
  for (const body of [{ names: [{ language: "en", name: "Physics" }] }]) await mara.api("POST", "/api/topics", body);
  await mara.api("POST", "/api/topics/sound/edges", { kind: "part_of", to: "physics" });

  const learner = await stage.learner(server);
  const { page } = learner;
  await page.goto("/me/topics");
  await learner.heading("Nothing to go by yet").waitFor();
  await clean(learner, "no topics yet");
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", "A bar with a question");
  await page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It moves down");
  await learner.verdict().waitFor();
  await until("the server has the answer", async () => (await server.rows("SELECT 1 FROM answers")).length === 1);

  await page.goto("/me");
  await learner.heading("What you hold on to").waitFor();
  await clean(learner, "me");
  await learner.link("All topics").click();
  await learner.link(/Physics/).waitFor();
  await clean(learner, "all topics");
  await learner.link(/Sound/).click();
  await learner.heading("What you hold on to").waitFor();
  await page.getByText(/between \d+% and \d+%, from 1 answer/).first().waitFor();
  await page.getByText("a guess").first().waitFor();
  await learner.heading("The questions it rests on").waitFor();
  await learner.link("What does the bar do in this clip?").waitFor();
  await learner.heading("It is part of").waitFor();
  await learner.link(/clips on it/).waitFor();
  await clean(learner, "a topic of one's own");
  const before = (await learner.api("GET", "/api/me/topics/sound")).body.estimate.chance;
  assert.ok(before > 0.5, `right at first: ${before}`);
  const [question] = await server.rows("SELECT question_id FROM clip_questions WHERE clip_id = ?", id);
  const wrong = { answer_id: newId(), clip_id: id, question_id: question.question_id, response: { kind: "dont_know" }, answered_at_ms: Date.now() };
  await learner.api("POST", "/api/answers", wrong);
  const again = (await learner.api("GET", "/api/me/topics/sound")).body;
  assert.equal(again.estimate.chance, before, "a re-ask in the same session says nothing");
  assert.equal(again.questions[0].outcomes.length, 2);
});

journey("what a clip taught is withheld under twenty learners and told with twenty", async (stage) => {
  const { server, mara } = await open(stage, DESKTOP);
  await becomes(server, "mara", "operator");
  const { page } = mara;
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", "A bar with a question");
  const [{ question_id }] = await server.rows("SELECT question_id FROM clip_questions WHERE clip_id = ?", id);
  const [{ content }] = await server.rows("SELECT content FROM questions WHERE id = ?", question_id);
  const choices = JSON.parse(content).key.choices;
  const right = choices.find((choice) => choice.is_right).id;
  const wrong = choices.find((choice) => !choice.is_right).id;
  const learns = async (n) => {
    const call = await guestOf(server);
    const start = Date.now() - 5 * DAY_MS + n * 60_000;
    const answer = (isRight, at, before = false) =>
      call("POST", "/api/answers", { answer_id: newId(), clip_id: id, question_id, response: { kind: "choice", choice_id: isRight ? right : wrong }, answered_at_ms: at, before });
    const told = await answer(n % 4 === 0, start, true);
    assert.deepEqual([told.outcome, told.right_text, told.reason, told.xp], ["waiting", "", "", 0], "a guess before the clip tells nothing");
    const stretch = { watch_id: newId(), clip_id: id, from_ms: 0, to_ms: n % 5 === 0 ? 2_500 : 6_000, finished: n % 5 !== 0, started_at_ms: start + 1_000 };
    await call("POST", "/api/watch", { stretches: [stretch], utc_offset_minutes: 0 });
    await answer(n % 4 !== 1, start + 3_000);
    await answer(n % 2 === 0, start + 3 * DAY_MS + 10_000);
  };
  for (let n = 0; n < 19; n += 1) await learns(n);
  await page.goto(`/clip/${id}/insights`);
  await mara.heading("Clip insights").waitFor();
  await page.getByText("Shares are shown from 20 learners on").waitFor();
  assert.equal(await page.getByText("not shown yet").count(), 5, "every figure is withheld");
  assert.equal(await mara.heading("Who is still watching").count(), 0);
  await clean(mara, "insights of few");
  await learns(19);
  await page.reload();
  await mara.heading("Who is still watching").waitFor();
  await page.getByText("still recall after 3 days").waitFor();
  await page.getByRole("row", { name: /Right before the clip.*20 learners.*25%/ }).waitFor();
  await page.getByRole("row", { name: /Right in the clip.*20 learners.*75%/ }).waitFor();
  await page.getByRole("row", { name: /Gained at once.*20 learners.*\+50%/ }).waitFor();
  assert.equal(await page.getByText("not shown yet").count(), 0);
  await clean(mara, "insights");
  const [download] = await Promise.all([page.waitForEvent("download"), mara.link("CSV").click()]);
  assert.match(download.suggestedFilename(), /^insights-.*\.csv$/);
  const stranger = await stage.learner(server);
  stage.allow(/40[13]/);
  await makeAccount(stranger, { handle: "odd", name: "Odd Berg", password: "a quiet river bend" });
  await stranger.page.goto(`/clip/${id}/insights`);
  await stranger.page.getByRole("alert").waitFor();
});
