// What the feed makes of its learner: "not interested" acts on the very next clip, why a clip came matches the numbers that
// ranked it, and everything that is set on the profile page is what the feed goes by. Guests begin by picking topics.
import { readFileSync } from "node:fs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount } from "../account.mjs";
import { violations } from "../axe.mjs";
import { library } from "../library.mjs";
import { newId } from "../log.mjs";

const PAGE = "/me/interests";

async function open(stage, options = PHONE) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`, { questions: false }) });
  const learner = await stage.learner(server, options);
  const topics = Object.fromEntries((await server.rows("SELECT clip_id, topic_id FROM clip_topics")).map((row) => [row.clip_id, row.topic_id]));
  return { server, learner, topics };
}

async function get(learner, address) {
  const { status, body } = await learner.api("GET", address);
  assert.equal(status, 200, `${address}: ${JSON.stringify(body)}`);
  return body;
}
const put = async (learner, address, body) => {
  const answer = await learner.api("PUT", address, body);
  assert.equal(answer.status, 200, `${address}: ${JSON.stringify(answer.body)}`);
};
const feed = async (learner) => (await get(learner, "/api/feed?limit=12")).clips;
const profile = (learner) => get(learner, "/api/me/interests");

/** The profile page, read. */
async function openProfile(learner) {
  await learner.page.goto(PAGE);
  await learner.heading("How far to wander").waitFor();
}

/** What the server says of the profile satisfies `test`: what was set has arrived. */
const becomes = (learner, what, test) => until(what, async () => test(await profile(learner)));

async function guest(learner) {
  await learner.page.goto("/welcome");
  const { status } = await learner.api("POST", "/api/session/guest", {});
  assert.equal(status, 200);
}

const pick = (learner, picked, skipped = []) => put(learner, "/api/me/interest-picks", { leaning_id: newId(), picked, skipped });

async function refuse(learner) {
  await learner.more.click();
  await learner.dialog("More").getByRole("button", { name: "Not interested" }).click();
}

journey("three clips refused: each time the very next one is of another kind, and it can be taken back", async (stage) => {
  const { learner, topics } = await open(stage);
  await learner.openFeed();
  const refused = [];
  for (let i = 0; i < 3; i += 1) {
    const before = await learner.sees("a clip", (clip) => clip.settled && clip.clip && !clip.paused && !refused.includes(clip.clip));
    refused.push(before.clip);
    await refuse(learner);
    const after = await learner.nextAfter(before);
    const next = await learner.sees("it plays", (clip) => clip.settled && clip.clip && clip.clip !== before.clip && !clip.paused && clip.at > 0);
    assert.notEqual(topics[next.clip], topics[before.clip], `after "${before.title}" came "${after.title}"`);
  }
  const told = (view) => view.interests.flatMap((one) => one.evidence).filter((one) => one.kind === "refused").reduce((sum, one) => sum + one.count, 0);
  await becomes(learner, "three are refused", (view) => told(view) === 3);
  const coming = await feed(learner);
  assert.ok(coming.every((clip) => !refused.includes(clip.id)), "what was refused does not come again");
  await learner.button("Undo").click();
  await becomes(learner, "the last is taken back", (view) => told(view) === 2);
});

/** Finishes the clip in view; gives the page that the feed then chooses behind the next one. */
async function finish(learner) {
  const chosen = learner.page.waitForResponse((response) => response.url().includes("/api/feed?") && response.url().includes("since_review="));
  await learner.page.keyboard.press("End");
  return (await (await chosen).json()).clips;
}

journey("a clip watched to its end, and one liked, change what comes behind the next one at once", async (stage) => {
  const { learner, topics } = await open(stage, DESKTOP);
  const first = await learner.openFeed();
  const chosen = await finish(learner);
  assert.ok(chosen.slice(0, 4).some((clip) => topics[clip.id] === topics[first.clip]), "more of what was watched to its end");
  assert.ok(chosen.every((clip) => clip.id !== first.clip));
  await learner.page.keyboard.press("j");
  const second = await learner.nextAfter(first);
  const liked = learner.page.waitForResponse((response) => response.url().includes("/api/feed?") && response.url().includes("since_review="));
  await learner.page.keyboard.press("l");
  const after = (await (await liked).json()).clips;
  await learner.page.keyboard.press("j");
  const third = await learner.nextAfter(second);
  const ahead = chosen.map((clip) => clip.id).filter((id) => id !== second.clip);
  assert.equal(third.clip, ahead[0], "the next one stays: it may have been on its way");
  await learner.page.keyboard.press("j");
  const fourth = await learner.nextAfter(third);
  const fresh = after.map((clip) => clip.id).filter((id) => id !== third.clip && id !== second.clip);
  assert.equal(fourth.clip, fresh[0], "what comes behind it was chosen after the like");
});

journey("who went back finds what they had seen ahead of them, though a like changes what follows", async (stage) => {
  const { learner } = await open(stage, DESKTOP);
  const seen = [await learner.openFeed()];
  for (let i = 0; i < 4; i += 1) {
    await learner.page.keyboard.press("j");
    seen.push(await learner.nextAfter(seen.at(-1)));
  }
  for (let i = 3; i >= 0; i -= 1) {
    await learner.page.keyboard.press("k");
    await learner.sees(`"${seen[i].title}" again`, (clip) => clip.settled && clip.title === seen[i].title);
  }
  const chosen = learner.page.waitForResponse((response) => response.url().includes("since_review="));
  await learner.page.keyboard.press("l");
  const fresh = (await (await chosen).json()).clips.map((clip) => clip.id).filter((id) => seen.every((one) => one.clip !== id));
  for (const one of seen.slice(1)) {
    await learner.page.keyboard.press("j");
    await learner.sees(`"${one.title}" where it was`, (clip) => clip.settled && clip.title === one.title);
  }
  await learner.page.keyboard.press("j");
  const first = await learner.nextAfter(seen.at(-1));
  assert.equal(first.clip, fresh[0], "behind them comes what was chosen after the like");
});

journey("without a network a clip is refused all the same, and the server hears of it later", async (stage) => {
  stage.allow(/ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch/);
  const { learner, topics } = await open(stage);
  await learner.openFeed();
  // What opens over a clip has been opened once: it is there without a network.
  await learner.more.click();
  await learner.dialog("More").waitFor();
  await learner.page.keyboard.press("Escape");
  await until("a guest is here", async () => (await learner.api("GET", "/api/session")).body.person, { timeout: 15_000 });
  const before = await learner.look();
  await learner.page.context().setOffline(true);
  await refuse(learner);
  const after = await learner.nextAfter(before);
  await learner.page.getByText("Kept here, and sent when there is a network.").waitFor();
  await learner.page.context().setOffline(false);
  await learner.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await becomes(learner, "the refusal arrives", (view) => view.interests.some((one) => one.topic.id === topics[before.clip] && one.evidence.some((e) => e.kind === "refused")));
  assert.ok(after.title);
});

journey("why a clip came: the words are the numbers that ranked it, and more or less of it is one press", async (stage) => {
  const { learner, topics } = await open(stage, DESKTOP);
  const { page } = learner;
  await guest(learner);
  await pick(learner, ["sound"], ["light"]);
  const clip = await learner.openFeed();
  const why = await get(learner, `/api/clips/${clip.clip}/why`);
  assert.ok(why.parts.length > 0, "the feed ranked it");
  const sum = why.parts.reduce((sum, part) => sum + part.adds, 0);
  assert.ok(Math.abs(sum - why.score) < 1e-4, `the parts add up: ${sum}, ${why.score}`);
  for (const part of why.parts) assert.ok(Math.abs(part.value * part.weight - part.adds) < 1e-4, JSON.stringify(part));
  await page.keyboard.press("w");
  const sheet = learner.dialog("Why this clip");
  await sheet.locator(".hbar").first().waitFor();
  // The bars: the strongest parts, as long as their shares.
  const speaking = why.parts.filter((part) => part.adds > 0).sort((a, b) => b.adds - a.adds);
  const all = speaking.reduce((sum, part) => sum + part.adds, 0);
  const bars = await sheet.locator(".hbar").evaluateAll((bars) => bars.map((bar) => {
    const [meter, filled] = [bar.querySelector(".meter"), bar.querySelector(".meter__bar")].map((one) => one.getBoundingClientRect().width);
    return { share: filled / meter, word: bar.children[1].firstChild.textContent };
  }));
  assert.equal(bars.length, Math.min(3, speaking.length));
  for (const [place, bar] of bars.entries()) {
    const share = speaking[place].adds / all;
    assert.ok(Math.abs(bar.share - share) < 0.01, `bar ${place}: ${bar.share}, ${share}`);
    assert.equal(bar.word, share >= 0.5 ? "most of it" : share >= 0.15 ? "some" : "a little");
  }
  // The table: every number, adding up as it is read.
  await sheet.getByText("All the numbers").click();
  const rows = await sheet.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent.replace("×", "").replace("−", "-")))));
  assert.equal(rows.length, why.parts.length);
  for (const [place, [value, weight, adds]] of rows.entries()) {
    const part = why.parts[place];
    assert.ok(Math.abs(value - part.value) < 6e-4 && Math.abs(weight - part.weight) < 6e-4 && Math.abs(adds - part.adds) < 1e-3, `${part.part}: ${value} ${weight} ${adds}`);
  }
  const total = Number(await sheet.locator("tfoot td").textContent());
  assert.ok(Math.abs(rows.reduce((sum, row) => sum + Math.round(row[2] * 1000), 0) - Math.round(total * 1000)) === 0, "what is read adds up");
  assert.deepEqual(await violations(page), []);
  // Less like this.
  await sheet.getByRole("button", { name: "Less like this" }).click();
  await sheet.getByRole("status").filter({ hasText: /^Less of .+ comes from now on/ }).waitFor();
  await becomes(learner, "it counts", (view) => view.interests.some((one) => one.topic.id === topics[clip.clip] && one.evidence.some((e) => e.kind === "unwanted")));
  await page.keyboard.press("Escape");
  await until("the sheet is closed", async () => (await page.locator("dialog").count()) === 0);
});

journey("on the profile page: a slider, a pin, reasons, not me, and what is muted does not come", async (stage) => {
  const { server, learner, topics } = await open(stage, DESKTOP);
  const { page } = learner;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await pick(learner, ["light", "sound"], ["numbers"]);
  await openProfile(learner);
  assert.deepEqual(await violations(page), [], "axe");
  const card = (name) => page.locator("li.interest").filter({ has: page.getByRole("heading", { name, exact: true }) });
  const names = await page.locator("li.interest h3").allTextContents();
  assert.equal(names.length, 3);
  const nameOf = Object.fromEntries((await profile(learner)).interests.map((one) => [one.topic.id, one.topic.name]));
  const light = card(nameOf.light);
  await light.getByText("You asked for it.").waitFor();
  await light.getByRole("button", { name: /reason/ }).click();
  await light.locator(".interest__reasons li").first().waitFor();
  // A slider is sent when it comes to rest.
  await light.getByRole("slider").focus();
  await page.keyboard.press("End");
  await becomes(learner, "the slider counts", (view) => view.interests.some((one) => one.topic.id === "light" && one.level === 100 && one.is_set));
  await light.getByText("set by you").waitFor();
  await light.getByRole("button", { name: /^Pin/ }).click();
  await becomes(learner, "it is pinned", (view) => view.interests[0].topic.id === "light" && view.interests[0].is_pinned && view.interests[0].level === 100);
  await light.getByRole("button", { name: /^Back to the guess/ }).click();
  await becomes(learner, "it is guessed again", (view) => view.interests.some((one) => one.topic.id === "light" && !one.is_set && one.is_pinned));
  // What does not arrive is taken back, and said.
  stage.allow(/ERR_FAILED/);
  await page.route("**/api/me/interests/light", (route) => route.abort());
  const level = await light.getByRole("slider").inputValue();
  await light.getByRole("slider").focus();
  await page.keyboard.press("Home");
  await page.getByRole("status").filter({ hasText: "no connection" }).first().waitFor();
  await until("the slider is back", async () => (await light.getByRole("slider").inputValue()) === level);
  await page.unroute("**/api/me/interests/light");
  // A topic.
  assert.ok((await feed(learner)).some((clip) => topics[clip.id] === "light"));
  await light.getByRole("button", { name: /^Mute/ }).click();
  await becomes(learner, "the topic is muted", (view) => view.interests.some((one) => one.topic.id === "light" && one.is_muted));
  assert.ok((await feed(learner)).every((clip) => topics[clip.id] !== "light"), "nothing on a muted topic comes");
  await light.getByRole("button", { name: /^Mute/ }).click();
  await becomes(learner, "it comes again", (view) => view.interests.every((one) => !one.is_muted));
  // A word.
  const titles = async () => (await feed(learner)).map((clip) => clip.title);
  assert.ok((await titles()).some((title) => /\bbar/i.test(title)));
  await learner.field("Words").fill("Bar");
  await page.keyboard.press("Enter");
  await learner.button("Let bar come again").waitFor();
  await becomes(learner, "the word is muted", (view) => view.muted_words[0] === "bar");
  assert.ok((await titles()).every((title) => !/\bbar\b/i.test(title)), "no title with the word comes");
  await learner.button("Let bar come again").click();
  await becomes(learner, "the word may come", (view) => view.muted_words.length === 0);
  // An author.
  const [{ handle }] = await server.rows("SELECT handle FROM people WHERE id = (SELECT author_id FROM clips LIMIT 1)");
  await learner.field("Authors").fill("nobody-of-that-name");
  await page.keyboard.press("Enter");
  await page.getByText("Nobody here goes by that name.").waitFor();
  await learner.field("Authors").fill(`@${handle}`);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: new RegExp(`@${handle} come again$`) }).waitFor();
  assert.deepEqual(await feed(learner), [], "nothing of the muted author comes, and all clips are theirs");
  await page.getByRole("button", { name: new RegExp(`@${handle} come again$`) }).click();
  await becomes(learner, "the author may come", (view) => view.muted_authors.length === 0);
  // Not me.
  const sound = card(nameOf.sound);
  const before = (await profile(learner)).interests.find((one) => one.topic.id === "sound").level;
  await sound.getByRole("button", { name: /^Not me/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Not me" }).click();
  await becomes(learner, "it is forgotten", (view) => !view.interests.some((one) => one.topic.id === "sound" && one.level >= before));
});

journey("the profile is taken along and brought in, begun again, and switched off", async (stage) => {
  const { learner } = await open(stage, PHONE);
  const { page } = learner;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await pick(learner, ["light"], ["numbers"]);
  await put(learner, "/api/me/interests/sound", { level: 77, is_pinned: true });
  await learner.api("PATCH", "/api/me/interests", { muted_words: ["snake"], wander: 55 });
  await openProfile(learner);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Export this profile/ }).click();
  const file = await (await saved).path();
  const exported = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(exported.wander, 55);
  assert.deepEqual(exported.muted_words, ["snake"]);
  assert.equal(exported.topics.find((topic) => topic.topic_id === "sound").level, 77);
  // Start again asks first; then nothing is known.
  await page.getByRole("button", { name: /^Start again/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep it" }).click();
  assert.equal((await profile(learner)).is_new, false);
  await page.getByRole("button", { name: /^Start again/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Start again" }).click();
  await learner.heading("What draws you?").waitFor();
  const forgotten = await profile(learner);
  assert.ok(forgotten.is_new && forgotten.muted_words.length === 0 && forgotten.interests.length === 0);
  // The file brings it back as it was.
  await page.locator("input[type=file]").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("[1, 2]") });
  await page.getByText(/^That file is not a profile/).waitFor();
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("alertdialog").getByRole("button", { name: "Take it" }).click();
  await page.getByText("3 topics were brought in.").waitFor();
  const again = await get(learner, "/api/me/interest-file");
  const near = (topic) => ({ ...topic, taken_up: topic.taken_up.toFixed(3), passed_over: topic.passed_over.toFixed(3) });
  assert.deepEqual({ ...again, topics: again.topics.map(near) }, { ...exported, topics: exported.topics.map(near) });
  // Off: newest first, topics in turn, and that is what "why" says.
  await page.getByRole("switch", { name: /^Use this for my feed/ }).click();
  await becomes(learner, "it is off", (view) => !view.is_used);
  const [first] = await feed(learner);
  const why = await get(learner, `/api/clips/${first.id}/why`);
  assert.deepEqual(why.parts, []);
  assert.deepEqual(why.sources, ["in_turn"]);
  await page.getByRole("switch", { name: /^Learn from what I do/ }).click();
  await becomes(learner, "learning is paused", (view) => !view.is_learning);
  const known = await get(learner, "/api/me/interest-file");
  await put(learner, `/api/clips/${first.id}/like`, { on: true });
  assert.deepEqual((await get(learner, "/api/me/interest-file")).topics, known.topics, "a pause is a pause");
});

journey("a guest picks what draws them, by buttons and by swipes, and the feed begins with it", async (stage) => {
  const { learner, topics } = await open(stage, PHONE);
  const { page } = learner;
  await page.goto(PAGE);
  await learner.heading("What draws you?").waitFor();
  assert.deepEqual(await violations(page), [], "axe");
  const shown = () => page.locator(".picker__card h3").textContent();
  const offered = await get(learner, "/api/topics");
  const idOf = Object.fromEntries(offered.topics.map((item) => [item.topic.name, item.topic.id]));
  let picked;
  for (let i = 0; i < 3; i += 1) {
    const name = await shown();
    if (i === 0) {
      picked = idOf[name];
      const box = await page.locator(".picker__card").boundingBox();
      await learner.drag([box.x + 60, box.y + 60], [box.x + 220, box.y + 70]);
    } else {
      await page.locator(".picker__card").getByRole("button", { name: /^Skip/ }).click();
    }
    if (i < 2) await until("the next topic", async () => (await shown()) !== name);
  }
  await page.getByText("1 picked, 2 skipped").waitFor();
  await learner.button("Begin with these").click();
  await page.locator("li.interest").first().waitFor();
  const view = await profile(learner);
  assert.equal(view.is_new, false);
  assert.equal(view.interests[0].topic.id, picked);
  const first = (await feed(learner)).slice(0, 3).map((clip) => topics[clip.id]);
  assert.ok(first.filter((topic) => topic === picked).length >= 2, `the feed begins with what was picked: ${first}`);
});

journey("somebody new is told once, after three clips, where topics are picked, and the feed goes on", async (stage) => {
  const { learner } = await open(stage, DESKTOP);
  const { page } = learner;
  let clip = await learner.openFeed();
  for (let i = 0; i < 3; i += 1) {
    await page.keyboard.press("j");
    clip = await learner.nextAfter(clip);
  }
  await page.getByText("New here? Say what draws you.").waitFor();
  await learner.sees("it plays on", (now) => now.settled && !now.paused && now.at > 0);
  await learner.button("Pick topics").click();
  await learner.heading("What draws you?").waitFor();
  assert.equal(new URL(page.url()).pathname, PAGE);
  await learner.openFeed();
  for (let i = 0; i < 4; i += 1) {
    clip = await learner.look();
    await page.keyboard.press("j");
    await learner.nextAfter(clip);
  }
  assert.equal(await page.getByText("New here? Say what draws you.").count(), 0);
});
