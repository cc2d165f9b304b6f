// A creator brings a film: uploaded over a bad network, checked, encoded, captioned, given a question, published, found in
// the feed, changed and deleted. And the files that are refused, each with its reason and a way on.
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { CONTENT, film, hasContent } from "../library.mjs";
import { makeAccount } from "../account.mjs";

const open = async (stage, options = PHONE) => {
  const server = await stage.server();
  const learner = await stage.learner(server, options);
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  return { server, learner };
};

const mediaState = async (server) => (await server.rows("SELECT id, media_state, media_percent, refusal FROM clips"))[0];

/** Chooses a file on the Make page, as the file dialog would. */
async function choose(learner, file) {
  await learner.page.goto("/make");
  await learner.page.locator('input[type="file"]').first().setInputFiles(file);
}

const playable = (server, timeout = 180_000) =>
  until("the film is playable", async () => (await mediaState(server)).media_state === "playable", { timeout });

journey("a guest who wants to make is led to an account and back", async (stage) => {
  const server = await stage.server();
  const learner = await stage.learner(server);
  await learner.page.goto("/make");
  await learner.heading("Making clips needs an account").waitFor();
  await learner.link("Make an account").or(learner.button("Make an account")).first().waitFor();
  assert.equal(await learner.page.locator('input[type="file"]').filter({ visible: true }).count(), 0);
});
