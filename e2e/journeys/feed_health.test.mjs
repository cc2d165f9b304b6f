// How the feed does, for who runs the site: what is missing for a first model, a model fitted to the log with its quality beside
// what is popular, and the way back to an earlier one.
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { becomes, makeAccount } from "../account.mjs";
import { violations } from "../axe.mjs";
import { library } from "../library.mjs";
import { writeLog } from "../log.mjs";

const PAGE = "/studio/feed";

async function open(stage, options = DESKTOP) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`, { questions: false }) });
  const operator = await stage.learner(server, options);
  await makeAccount(operator, { handle: "olga", name: "Olga Berg", password: "a quiet river bend" });
  await becomes(server, "olga", "operator");
  return { server, operator, page: operator.page };
}

const health = async (operator) => (await operator.api("GET", "/api/interests/models")).body;

journey("an operator comes from their own page and reads what a first model still needs; others do not see it", async (stage) => {
  stage.allow(/403/);
  const { server, operator, page } = await open(stage, PHONE);
  await page.goto("/me");
  await operator.link(/How the feed does/).click();
  await operator.heading("How the feed does").waitFor();
  await page.getByText(/A model is fitted once 200 clips have been taken up.+So far it is 0\./).waitFor();
  assert.equal(await operator.button("Fit now").count(), 0, "no button that would only refuse");
  assert.deepEqual(await violations(page), []);
  const stranger = await stage.learner(server, PHONE);
  await makeAccount(stranger, { handle: "odd", name: "Odd Lind", password: "a quiet river bend" });
  await stranger.page.goto("/me");
  await stranger.link(/Settings/).first().waitFor();
  assert.equal(await stranger.link(/How the feed does/).count(), 0);
  await stranger.page.goto(PAGE);
  await stranger.page.getByText("Only who runs this site sees how its feed does.").waitFor();
});

journey("a model is fitted to the log, says how well it foretells, and an earlier one can be taken back", async (stage) => {
  const { server, operator, page } = await open(stage);
  await writeLog(server, { learners: 40, each: 8 });
  await until("the log is read", async () => (await health(operator)).taken >= 320);
  await page.goto(PAGE);
  await operator.button("Fit now").click();
  await operator.heading("How well it foretells").waitFor({ timeout: 60_000 });
  const first = await health(operator);
  assert.equal(first.serving, 1);
  const replay = first.versions[0].replay;
  for (const [name, key] of [["Hits: the clip taken up next was among the first 20", "hit_rate_20"], ["The same, counting more the further up", "ndcg_20"], ["Clips that came up at all", "coverage"]]) {
    const bars = await page.getByRole("group", { name }).getByRole("progressbar").evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("aria-valuenow"))));
    assert.deepEqual(bars, [Math.round(replay.ours[key] * 100), Math.round(replay.popularity[key] * 100)], name);
  }
  assert.deepEqual(await violations(page), []);
  await writeLog(server, { learners: 12, each: 8 });
  await operator.button("Fit now").click();
  // The second serves only if it foretells better than what is popular; the one that does not can be taken.
  await until("there is a second", async () => (await health(operator)).versions.length === 2, { timeout: 60_000 });
  await page.getByText("Version 2", { exact: true }).waitFor();
  const { serving } = await health(operator);
  const other = serving === 1 ? 2 : 1;
  await operator.button("Use this one").click();
  const ask = page.getByRole("alertdialog");
  await ask.getByRole("heading", { name: `Use version ${other}?` }).waitFor();
  await ask.getByRole("button", { name: "Leave it" }).click();
  assert.equal((await health(operator)).serving, serving);
  await operator.button("Use this one").click();
  await ask.getByRole("button", { name: "Use this one" }).click();
  await page.getByText(`Version ${other} is in use.`).waitFor();
  assert.equal((await health(operator)).serving, other);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Versions kept", "the focus stays where the change is");
});
