// Packs to the end: every kind of question answered without a network, gates of a playlist that open there, answers of the
// feed that reach the kept cards, a full disk and a browser that took files away.
import { makeAccount } from "../account.mjs";
import { violations } from "../axe.mjs";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { Finger, keepPicture, kinds, plain } from "../kinds.mjs";
import { CLIPS, library } from "../library.mjs";
import { DAY_MS, OFFLINE, device, keepNext, keepPack, meet, moveClock, table, workerRuns, write } from "../offline.mjs";

const ADA = { handle: "ada", name: "Ada", password: "a whale of a password" };
const REASON = "So it is.";
const TITLE = "My next 20 minutes";
const id = (n) => `01HZY8K6T00000000000Q${String(n).padStart(5, "0")}`;
const away = (learner, on = true) => learner.page.context().setOffline(on);

async function open(stage) {
  stage.allow(OFFLINE);
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`), args: ["--rate-limits", "off"] });
  const learner = await device(stage, server, PHONE);
  // What no question shows yet is swept out when a server starts: it comes again with its question.
  const keep = () => keepPicture(stage.folder, server.options.dataDir);
  return { server, learner, picture: await keep(), keep };
}

const answers = (server) => server.rows("SELECT a.question_id, a.is_right, a.credit, a.attempt, a.is_final, a.certainty FROM answers a ORDER BY a.answered_at_ms, a.id");

/** Each kind at a clip of its own, in the place of what the clips asked. */
async function place(server, all, picture, keep) {
  const statements = [["DELETE FROM clip_questions", []]];
  for (const [n, [name, question]] of Object.entries(all).entries()) {
    const { stem = `What is it? (${name})`, key, behaviour = {} } = question;
    const content = JSON.stringify({ stem, key, behaviour, reason: REASON });
    const { title } = CLIPS[n];
    statements.push([
      "INSERT INTO questions (id, author_id, kind, stem, words, content, created_at_ms, updated_at_ms) SELECT ?, author_id, ?, ?, '', ?, 1, 1 FROM clips WHERE title = ?",
      [id(n), key.kind, name, content, title],
    ]);
    statements.push(["INSERT INTO clip_questions (clip_id, question_id, moment_ms) SELECT id, ?, 1200 FROM clips WHERE title = ?", [id(n), title]]);
    if (key.kind === "hotspot") statements.push(["INSERT INTO question_pictures (question_id, media_key) VALUES (?, ?)", [id(n), `${picture.slice(0, 2)}/${picture}`]]);
  }
  await keep();
  await write(server, statements);
}

journey("every kind of question is answered without a network, and the server grades each as it was graded here", async (stage) => {
  const { server, learner, picture, keep } = await open(stage);
  const all = { ...plain(), ...kinds(picture) };
  // How it is asked is another matter than what: tries with a hint, feedback that elsewhere waits, no word on how sure.
  all.true_false.behaviour = { tries: 3, penalty: 2_500_000, hints: ["Think of water.", "Of cold water."] };
  all.matching.behaviour = { feedback: "deferred" };
  all.categorising.behaviour = { certainty: false };
  all.categorising.sure = "Check";
  await place(server, all, picture, keep);
  await makeAccount(learner, ADA);
  await keepNext(learner);
  assert.equal((await table(learner, "asked")).length, Object.keys(all).length, "all of them are here");
  const unsealed = JSON.stringify([await table(learner, "asked"), await table(learner, "kept"), await table(learner, "packs")]);
  assert.ok(!unsealed.includes(REASON) && !unsealed.includes("photosynthesis") && !unsealed.includes("is_right\\\":true"), "no key in the open");
  await away(learner);
  const seen = [];
  for (const [n, [name, question]] of Object.entries(all).entries()) {
    const { place } = await meet(learner, CLIPS[n].title);
    const hand = new Finger(learner);
    const failed = (error) => {
      throw new Error(`${name}: ${error.message}`);
    };
    if (name === "several") assert.equal(await place.locator("#ask-stem mfrac").evaluate((one) => one.namespaceURI), "http://www.w3.org/1998/Math/MathML");
    if (name === "hotspot") {
      const drawn = place.getByRole("img", { name: "A plain square" });
      await until("the picture is drawn", () => drawn.evaluate((one) => (one.querySelector("img") ?? one).naturalWidth > 0), { timeout: 5_000 });
    }
    if (name === "true_false") {
      await hand.press(hand.button("True"));
      await hand.press(hand.button("A guess"));
      await place.getByText("Think of water.").waitFor();
      await place.getByText("2 tries left").waitFor();
      assert.equal(await place.getByText(REASON).count(), 0, "the answer stays closed while tries are left");
    }
    await question.act(hand).catch(failed);
    await hand.press(hand.button(question.sure ?? "Sure")).catch(failed);
    await place.getByRole("heading", { name: question.verdict ?? "Right", exact: true }).waitFor({ timeout: 10_000 }).catch(failed);
    if (name !== "open") await place.getByText(REASON).first().waitFor().catch(failed);
    await place.getByText("Kept on this device. It is sent when you are online.").waitFor();
    if (["cloze", "hotspot"].includes(name)) assert.deepEqual(await violations(learner.page), [], `axe: ${name} without a network`);
    seen.push(name);
    // Answered, it is not asked again, with as little network as before.
    await learner.page.goto("about:blank");
  }
  assert.equal(seen.length, 12);
  await learner.page.goto("/offline");
  await learner.page.getByText("13 answers wait to be sent").waitFor({ timeout: 20_000 });
  const kept = (await table(learner, "given")).map((row) => [row.answer.question_id, row.is_right, row.is_over]);
  await away(learner, false);
  await learner.page.goto("/me");
  await until("all answers are here", async () => (await answers(server)).length === 13, { timeout: 30_000 });
  const rows = await answers(server);
  for (const [n, name] of seen.entries()) {
    const of = rows.filter((row) => row.question_id === id(n));
    const last = of.at(-1);
    assert.equal(Boolean(last.is_right), name !== "open", `${name} on the server`);
    assert.ok(kept.some(([question, right]) => question === id(n) && right === Boolean(last.is_right)), `${name}: graded alike`);
    if (name === "true_false") assert.deepEqual(of.map((row) => [row.attempt, Boolean(row.is_final), row.credit]), [[1, false, 0], [2, true, 7_500_000]]);
  }
  const clips = await table(learner, "kept");
  assert.ok(clips.every((clip) => clip.questions.every((question) => question.answered)), "the feed asks none of them again");
}, { timeout: 300_000 });

journey("a playlist without a network: its gate is answered wrong, then right, and what is behind it plays", async (stage) => {
  const { server, learner: bob } = await open(stage);
  await makeAccount(bob, { handle: "bob", name: "Bob", password: ADA.password });
  const list = id(1);
  const titles = ["How bars move", "A bar with a question", "Counting to seven"];
  await bob.api("POST", "/api/playlists", { playlist_id: list, title: "The path of bars", about: "", visibility: "public" });
  for (const [n, title] of titles.entries()) {
    const [{ id: clip }] = await server.rows("SELECT id FROM clips WHERE title = ?", title);
    assert.equal((await bob.api("POST", `/api/playlists/${list}/steps`, { step_id: id(10 + n), clip_id: clip, is_gate: n === 1 })).status, 200);
  }
  await keepPack(bob, "The path of bars");
  const shown = async () => (await table(bob, "kept")).map((clip) => clip.title).sort();
  assert.deepEqual(await shown(), titles.slice(0, 2).sort(), "what is behind the gate is here and not shown");
  await away(bob);
  const { page } = bob;
  await page.goto(`/playlist/${list}`);
  await page.getByText("Opens when “A bar with a question” is answered right").waitFor({ timeout: 20_000 });
  assert.deepEqual(await violations(page), [], "axe: a playlist without a network");
  await bob.link("Start").click();
  const first = await bob.sees("the first clip", (clip) => clip.settled && !clip.paused && clip.title === titles[0]);
  await page.getByText("Step 1 of 3").waitFor();
  await bob.swipeUp();
  await bob.nextAfter(first);
  const place = page.locator("#question-place");
  const button = (name) => place.getByRole("button", { name });
  await place.locator(".ask").waitFor({ timeout: 20_000 });
  await button(/It stands still/).click();
  await button("Sure").click();
  await place.getByRole("heading", { name: "Not yet" }).waitFor();
  assert.deepEqual(await shown(), titles.slice(0, 2).sort());
  await page.goto(`/playlist/${list}/play`).catch(() => {});
  await page.goto(`/playlist/${list}`);
  await page.getByText("Opens when “A bar with a question” is answered right").waitFor({ timeout: 20_000 });
  await page.getByRole("link", { name: /Start|Go on|Continue/ }).first().click();
  await bob.sees("a clip of the path", (clip) => clip.settled && titles.slice(0, 2).includes(clip.title));
  if (await page.getByText("Step 1 of 3").count()) await bob.swipeUp();
  await place.locator(".ask").waitFor({ timeout: 20_000 });
  await button(/It moves down/).click();
  await button("Sure").click();
  await place.getByRole("heading", { name: "Right" }).waitFor();
  await button("Keep watching").click();
  await bob.swipeUp();
  await bob.sees("the clip behind the gate", (clip) => clip.settled && clip.title === titles[2]);
  await until("it is shown by now", async () => (await shown()).length === 3);
  await page.goto(`/playlist/${list}`);
  await page.getByText("Counting to seven").first().waitFor({ timeout: 20_000 });
  assert.equal(await page.getByText("Opens when").count(), 0, "the gate is open here");
  await away(bob, false);
  await page.goto("/me");
  await until("both answers are here", async () => (await answers(server)).length === 2, { timeout: 20_000 });
  const { body } = await bob.api("GET", `/api/playlists/${list}`);
  assert.deepEqual(body.steps.map((step) => step.state === "locked"), [false, false, false], "and on the server");
  await page.goto("/offline");
  await bob.button("Remove from this device: The path of bars").click();
  await until("nothing of it is left", () => page.evaluate(async () => (await (await caches.open("minnow-offline-v1")).keys()).length === 0));
}, { timeout: 240_000 });

journey("what the feed was answered online is known to the kept cards without a network", async (stage) => {
  const { learner } = await open(stage);
  const { page, server } = learner;
  await makeAccount(learner, ADA);
  await keepNext(learner);
  const [{ id: clip }] = await server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await page.goto(`/clip/${clip}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It stands still");
  await learner.verdict("Not yet").waitFor();
  await until("the server has it", async () => (await answers(server)).length === 1);
  await away(learner);
  await moveClock(learner, 9 * DAY_MS);
  await page.goto("/review");
  await page.getByText("these are the reviews on this device").waitFor({ timeout: 20_000 });
  await learner.button("Start recalling").click();
  await page.getByText("Review: you saw this 9 days ago").waitFor();
});

/** The addresses of kept films that are here. */
async function films(learner) {
  const wanted = (await table(learner, "kept")).flatMap((clip) => clip.renditions.map((film) => film.url));
  return learner.page.evaluate(async (wanted) => {
    const cache = await caches.open("minnow-offline-v1");
    const here = await Promise.all(wanted.map(async (url) => ((await cache.match(url)) ? url : null)));
    return here.filter(Boolean);
  }, wanted);
}

journey("a full disk and a browser that took files away: said in words, with a way on, and nothing is lost", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  await makeAccount(learner, ADA);
  const session = await page.context().newCDPSession(page);
  const quota = (quotaSize) => session.send("Storage.overrideQuotaForOrigin", { origin: new URL(server.url).origin, ...(quotaSize === undefined ? {} : { quotaSize }) });
  const usage = () => page.evaluate(async () => (await navigator.storage.estimate()).usage);
  await page.goto("/offline");
  await workerRuns(learner);
  await quota((await usage()) + 100_000);
  await learner.button(`Keep offline: ${TITLE}`).click();
  // Some browsers say how much room there is; where they do not, it shows when it is used up.
  await page.getByText(/There is no room on this device|This device is full, so the rest has not come/).waitFor({ timeout: 20_000 });
  assert.deepEqual(await violations(page), [], "axe: no room");
  await quota();
  await learner.button(new RegExp(`(Update|Keep offline): ${TITLE}`)).click();
  await until("all of it is here", async () => (await page.getByRole("progressbar").count()) === 0 && (await table(learner, "kept")).length === CLIPS.length, { timeout: 60_000 });

  // The browser takes a film away, and there is no room to bring it back.
  const [film] = await films(learner);
  assert.ok(await page.evaluate(async (film) => (await caches.open("minnow-offline-v1")).delete(film), film), "the film was here");
  await quota(1);
  await page.goto("/offline");
  await page.getByText("Part of this is not here any more").waitFor({ timeout: 20_000 });
  await learner.button(`Update: ${TITLE}`).click();
  await page.getByText(/There is no room on this device|This device is full, so the rest has not come/).waitFor({ timeout: 20_000 });
  assert.deepEqual(await violations(page), [], "axe: full");

  // An answer is small: it is kept even now, and arrives once.
  const [{ id: clip }] = await server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await away(learner);
  await page.goto(`/clip/${clip}`);
  const asked = page.locator("#question-place");
  await asked.locator(".ask").waitFor({ timeout: 20_000 });
  assert.equal(await page.getByText("Loading").filter({ visible: true }).count(), 0, "what is there is not said to be coming");
  await asked.getByRole("button", { name: /It moves down/ }).click();
  await asked.getByRole("button", { name: "Sure" }).click();
  await asked.getByRole("heading", { name: "Right" }).waitFor({ timeout: 20_000 });
  await asked.getByText("Kept on this device.").waitFor();
  await away(learner, false);
  await until("the answer is on the server", async () => (await answers(server)).length === 1, { timeout: 30_000 });

  // Room again: one press brings back what is missing.
  await quota();
  await page.goto("/offline");
  await learner.button(`Update: ${TITLE}`).click();
  await until("all of it is here", async () => (await page.getByRole("progressbar").count()) === 0, { timeout: 60_000 });
  assert.equal(await page.getByText("Part of this is not here any more").count(), 0);
}, { timeout: 240_000 });

journey("a download that broke off goes on by itself", async (stage) => {
  const { learner } = await open(stage);
  const { page } = learner;
  await makeAccount(learner, ADA);
  await page.goto("/offline");
  await workerRuns(learner);
  // The line breaks between the pack and its films.
  await page.route("**/api/packs", async (route) => {
    const response = await route.fetch();
    await away(learner);
    await route.fulfill({ response });
  });
  await learner.button(`Keep offline: ${TITLE}`).click();
  await page.getByText("No connection. The rest comes by itself when you are online.").waitFor({ timeout: 30_000 });
  assert.deepEqual(await violations(page), [], "axe: broken off");
  await away(learner, false);
  await until("all of the pack is here", async () => (await films(learner)).length === CLIPS.length, { timeout: 60_000 });
  await until("it says no more that it comes", async () => (await page.getByRole("progressbar").count()) === 0);
}, { timeout: 180_000 });
