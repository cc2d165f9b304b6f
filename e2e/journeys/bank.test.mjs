// A bank of one's own questions: written on a phone, kept over a reload, tried as a learner, found again, deleted; brought
// in from a file with a report of what is lost, and taken out.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount } from "../account.mjs";

const open = async (stage, options = PHONE) => {
  const server = await stage.server({ args: ["--no-demo"] });
  const learner = await stage.learner(server, options);
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await learner.page.goto("/bank");
  return { server, learner };
};

journey("a question is written on a phone, survives a reload, is tried, saved, found and deleted", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  await learner.button("New question").first().click();
  await learner.field("Question").fill("What scatters most?");
  await learner.field("Choice 1").fill("Blue light");
  await page.reload();
  assert.equal(await learner.field("Question").inputValue(), "What scatters most?");
  await learner.button("Save").click();
  await page.getByText("Fill at least two choices").waitFor();
  await learner.field("Choice 2").fill("Red light");
  await learner.field("Choice 3").fill("Sound");
  await learner.field("Tags").fill("light, sky");

  await learner.button("See it as a learner").click();
  await learner.answer("Blue light");
  await learner.verdict("Right").waitFor();
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 0, "a try is kept nowhere");
  await learner.button("Edit").click();
  await learner.button("Save").click();
  await page.getByText("The question is saved.").waitFor();

  await learner.field("Search my questions").fill("scatters");
  await learner.link(/What scatters most\?/).click();
  await learner.button("Delete question").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete question" }).click();
  await until("it is gone", async () => (await server.rows("SELECT 1 FROM questions")).length === 0);
});

journey("a file is brought in after a look at what is lost, and taken out again", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  const file = path.join(stage.folder, "bank.gift");
  writeFileSync(file, "::Sky:: What scatters most? {=Blue ~Red}\n\n::Odd:: This one { =never ends\n\n::True:: Water is wet. {T}\n");
  await learner.button("Bring in").click();
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByText(/2 questions found \(GIFT/).waitFor();
  await page.getByText(/^Line 3/).waitFor();
  assert.equal((await server.rows("SELECT 1 FROM questions")).length, 0, "nothing is kept before it is said so");
  await learner.button("Bring in 2 questions").click();
  await page.getByText("2 new questions are in your bank.").waitFor();
  await learner.link(/Sky/).waitFor();

  await learner.button("Take out").click();
  await page.getByText("2 questions", { exact: true }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), learner.link("Download").click()]);
  assert.equal(download.suggestedFilename(), "questions.gift");
});
