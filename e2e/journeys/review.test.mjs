// What was learned comes back: a question answered nine days ago is due, asked alone, marked with when it was seen, asked
// once more where it was not right, and the round ends with a good place to stop.
import { daysPass } from "../days.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";

const open = async (stage, options = PHONE) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const learner = await stage.learner(server, options);
  return { server, learner };
};

/** Answers a clip's question in the feed. */
async function answerInFeed(learner, title, choice) {
  const [{ id }] = await learner.server.rows("SELECT id FROM clips WHERE title = ?", title);
  await learner.page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer(choice);
  await learner.verdict().waitFor();
  await until("the server has the answer", async () => (await learner.server.rows("SELECT 1 FROM answers")).length === 1);
}

journey("who has answered nothing is told kindly what comes here", async (stage) => {
  const { learner } = await open(stage);
  await learner.page.goto("/review");
  await learner.heading("Nothing to recall yet").waitFor();
  await learner.link("Go to the feed").waitFor();
});

journey("a question comes back after nine days, is asked, and the round ends with a place to stop", async (stage) => {
  const { server, learner } = await open(stage);
  await answerInFeed(learner, "A bar with a question", "It moves down");
  await daysPass(learner, 9);
  await learner.page.goto("/review");
  await learner.page.getByText("question to recall now").waitFor();
  await learner.button("Start recalling").click();
  await learner.page.getByText("Review: you saw this 9 days ago").waitFor();
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  await learner.button("Finish").click();
  await learner.heading("Goal reached. That was all for now").waitFor();
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 2);
  await learner.button("Stop for today").click();
  await learner.heading("Nothing due now").waitFor();
});

journey("what was not right comes once more, by keyboard, and does not count as a review", async (stage) => {
  const { server, learner } = await open(stage, DESKTOP);
  await answerInFeed(learner, "A bar with a question", "It moves down");
  await daysPass(learner, 9);
  await learner.page.goto("/review");
  await learner.button("Start recalling").focus();
  await learner.page.keyboard.press("Enter");
  await learner.page.getByText("Review: you saw this 9 days ago").waitFor();
  await learner.answer("It stands still");
  await learner.verdict("Not yet").waitFor();
  await learner.button("Next question").click();
  await learner.page.getByText("Once more: this one does not count").waitFor();
  await learner.answer("It moves down");
  await learner.verdict("Right").waitFor();
  await learner.button("Finish").click();
  await learner.heading("Goal reached. That was all for now").waitFor();
  const [card] = await server.rows("SELECT reviews FROM cards");
  assert.equal(card.reviews, 2, "the first answer and the review; not the one asked again");
});

journey("the days ahead are bars and a table", async (stage) => {
  const { learner } = await open(stage, DESKTOP);
  await answerInFeed(learner, "A bar with a question", "It moves down");
  await learner.page.goto("/review");
  await learner.heading("The next 30 days").waitFor();
  await learner.page.getByText("As a table").click();
  assert.equal(await learner.page.getByRole("table").getByRole("row").count(), 31);
});
