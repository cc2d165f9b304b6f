// A bank of one's own questions: written on a phone, kept over a reload, tried as a learner, found again, deleted; brought
// in from a file with a report of what is lost, and taken out; practised by its address.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { png } from "../authoring.mjs";
import { violations } from "../axe.mjs";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount } from "../account.mjs";
import { CONTENT } from "../library.mjs";

const clean = async (page, where) => assert.deepEqual(await violations(page), [], where);

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

journey("places on a picture, a formula and a deferred answer are written on a phone and practised by somebody else", async (stage) => {
  const { learner } = await open(stage);
  const { page } = learner;
  await learner.button("New question").first().click();
  await learner.field("Kind of question").selectOption({ label: "Places on a picture" });
  await learner.field("Question").fill("Where is \\(x^2\\)?");
  await page.getByLabel("Choose or take a picture").setInputFiles({ name: "plane.png", mimeType: "image/png", buffer: png(300, 200) });
  await learner.field("What is to be seen in the picture").fill("A plane");
  const picture = page.locator(".spots__picture");
  // Clear of the bar that holds "Save".
  await picture.evaluate((node) => node.scrollIntoView({ block: "center" }));
  const box = await picture.boundingBox();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.9, { steps: 4 });
  await page.mouse.up();
  assert.equal(await learner.field("From left, %, place 1").inputValue(), "50");
  await learner.button("Add a place").click();
  await learner.field("From left, %, place 2").fill("0");
  await learner.field("From left, %, place 2").blur();
  await learner.option("When the answer is told", "At the end").click();
  await learner.field("Tags").fill("plane");
  await clean(page, "the editor of places");
  await learner.button("See it as a learner").click();
  await page.locator(".bank__live math").first().waitFor();
  await clean(page, "the preview");
  await learner.button("Edit").click();
  await learner.button("Save").click();
  await page.getByText("The question is saved.").waitFor();

  await page.getByRole("button", { name: /^plane/ }).click();
  await learner.button("Practise").click();
  await learner.button("Practise: plane").click();
  await page.waitForURL(/\/practice\//);
  await learner.heading("Let others practise this").waitFor();
  await clean(page, "a practice of one's own");
  const address = await learner.field("Address").inputValue();

  const other = await stage.learner(learner.server, PHONE);
  await other.page.goto(new URL(address).pathname);
  await other.button("Start with 1 question").click();
  const shown = other.page.getByRole("img", { name: "A plane" });
  await shown.waitFor();
  const place = await shown.boundingBox();
  await other.page.mouse.click(place.x + place.width * 0.7, place.y + place.height * 0.7);
  await clean(other.page, "a question of a practice");
  await other.certainty("Sure").click();
  await other.heading("That was the round").waitFor();
  await other.heading("Right").waitFor();
  await clean(other.page, "the overview");
  assert.equal((await other.answersKept()).length, 1);
});

journey("a real bank is brought in once, told what is lost, practised, taken out and brought in by somebody else", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  const file = path.join(CONTENT, "questions/amc2moodle/QCM.xml");
  await learner.button("Bring in").click();
  await page.getByLabel("Choose a file").setInputFiles(file);
  await page.getByText(/found \(Moodle XML\)/).waitFor();
  await clean(page, "the report");
  await page.getByRole("button", { name: /^Bring in \d+ questions$/ }).click();
  await page.getByText(/new questions are in your bank/).waitFor();
  const kept = (await server.rows("SELECT 1 FROM questions")).length;
  assert.ok(kept > 5, `${kept} questions`);
  await learner.button("Another file").click();
  await page.getByLabel("Choose a file").setInputFiles(file);
  await page.getByText(`${kept} were there already.`).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Bring in \d+/ }).count(), 0, "nothing is new");

  await learner.button("Practise").click();
  await learner.button("Practise: All questions").click();
  await page.getByRole("button", { name: /^Start a round of \d+$/ }).click();
  await page.getByRole("button", { name: /don.t know yet/i }).click();
  await learner.button("Next question").waitFor();
  await clean(page, "an answer of a practice");

  await page.goto("/bank");
  await learner.button("Take out").click();
  await learner.field("Format").selectOption({ label: "Moodle XML" });
  const [download] = await Promise.all([page.waitForEvent("download"), learner.link("Download").click()]);
  const out = readFileSync(await download.path());
  const { learner: second } = await open(stage, PHONE);
  await second.button("Bring in").click();
  await second.page.getByLabel("Choose a file").setInputFiles({ name: "out.xml", mimeType: "text/xml", buffer: out });
  await second.page.getByText(new RegExp(`${kept} questions found`)).waitFor();
});
