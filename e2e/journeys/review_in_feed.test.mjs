// What is due comes in the feed: among new clips, marked with when it was seen, from its key moment, asked there, and it says
// when it comes back. Passing over it counts for nothing.
import { daysPass } from "../days.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";

const TITLE = "A bar with a question";
const MARK = "Review: you saw this 9 days ago";

/** A learner who answered a question nine days ago and left off at another clip. */
async function nineDaysLater(stage, options = PHONE) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, options);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", TITLE);
  await learner.page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  await learner.page.getByText(/^Comes back in \d+ days\.$/).waitFor();
  await until("the server has the answer", async () => (await server.rows("SELECT 1 FROM answers")).length === 1);
  await learner.button("Keep watching").click();
  const at = await learner.look();
  await learner.page.keyboard.press("ArrowDown");
  await learner.nextAfter(at);
  await until("the server knows of it", async () => (await server.rows("SELECT 1 FROM views")).length > 0);
  await daysPass(learner, 9);
  return { server, learner };
}

/** Goes on to the clip that comes again; answers nothing on the way. */
async function toTheReview(learner) {
  let clip = await learner.openFeed("/");
  for (let places = 0; clip.title !== TITLE; places += 1) {
    assert.ok(places < 3, `the review is no later than the third place, not after ${clip.title}`);
    assert.equal(await learner.page.getByText(MARK).and(learner.page.locator(":not([inert] *)")).count(), 0, "a new clip bears no mark");
    if (await learner.question.isVisible()) await learner.page.keyboard.press("Escape");
    await learner.page.keyboard.press("ArrowDown");
    clip = await learner.nextAfter(clip);
  }
  return clip;
}

journey("a question answered nine days ago comes in the feed, at its moment, and says when it comes back", async (stage) => {
  const { server, learner } = await nineDaysLater(stage);
  await toTheReview(learner);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.question.getByText(MARK).waitFor();
  await learner.sees("the clip pauses for the question", (clip) => clip.paused && clip.at >= 1.4 && clip.at < 2.5);
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  await learner.verdict("Right").getByText(/^Comes back in \d+ days\.$/).waitFor();
  await until("the card is made", async () => (await server.rows("SELECT reviews FROM cards"))[0]?.reviews === 2);
  await learner.button("Keep watching").click();
  await learner.sees("the clip goes on", (clip) => !clip.paused);
  await learner.openFeed("/");
  const page = await learner.api("GET", "/api/feed?limit=20");
  assert.equal(page.body.clips.filter((clip) => clip.review).length, 0, "it does not come again today");
});

journey("not yet: it turns heather, and comes back tomorrow", async (stage) => {
  const { learner } = await nineDaysLater(stage, DESKTOP);
  await toTheReview(learner);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It stands still");
  await learner.verdict("Not yet").getByText("Comes back tomorrow.").waitFor();
});

journey("a review that is swiped away counts for nothing", async (stage) => {
  const { server, learner } = await nineDaysLater(stage);
  const clip = await toTheReview(learner);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.page.keyboard.press("Escape");
  await learner.page.keyboard.press("ArrowDown");
  await learner.nextAfter(clip);
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 1);
  const { body } = await learner.api("GET", "/api/feed?limit=20");
  assert.equal(body.clips.filter((one) => one.review).length, 1, "it comes another time");
});
