// A week without a network on two devices of one learner: packs are kept, questions of several kinds are answered and
// reviewed, settings are changed, tabs are killed. When both come back, in whichever order, the server has what the same week
// online gives: nothing twice, nothing lost.
import { makeAccount, signIn } from "../account.mjs";
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";
import { DAY_MS, OFFLINE, device, keepNext, meet, moveClock, workerRuns, write } from "../offline.mjs";

const HOUR_MS = 3_600_000;
const ADA = { handle: "ada", name: "Ada", password: "a whale of a password" };

const id = (n) => `01HZY8K6T00000000000P${String(n).padStart(5, "0")}`;

/** The clips' questions, of four kinds: one stays as it is, the others are put where a clip's own was. */
const KINDS = {
  "A bar with a question": null,
  "Name the shape": {
    key: { kind: "numeric", accepted: [{ range: { within: "tolerance", value: 7, tolerance: 0 } }] },
    behaviour: { tries: 2, penalty: 3_333_333, hints: ["Fewer than eight."] },
  },
  "Second question": { key: { kind: "true_false", is_true: false } },
  "Third question": { key: { kind: "ordering", items: [1, 2].map((n) => ({ id: id(n), text: n === 1 ? "first" : "second" })) } },
};

async function open(stage, folder = "data") {
  stage.allow(OFFLINE);
  const server = await stage.server({ dataDir: await library(`${stage.folder}/${folder}`), args: ["--rate-limits", "off"] });
  const statements = [];
  for (const [title, question] of Object.entries(KINDS)) {
    if (question === null) continue;
    const [{ question_id }] = await server.rows("SELECT q.question_id FROM clip_questions q JOIN clips c ON c.id = q.clip_id WHERE c.title = ?", title);
    const content = JSON.stringify({ stem: `${title}?`, reason: "So it is.", behaviour: {}, ...question });
    statements.push(["UPDATE questions SET kind = ?, content = ? WHERE id = ?", [question.key.kind, content, question_id]]);
  }
  // Two clips ask forms of one question.
  const of = async (title) => (await server.rows("SELECT q.question_id FROM clip_questions q JOIN clips c ON c.id = q.clip_id WHERE c.title = ?", title))[0].question_id;
  statements.push(["UPDATE questions SET form_of = ? WHERE id = ?", [await of("A bar with a question"), await of("Second question")]]);
  await write(server, statements);
  return server;
}

const answered = (server, handle) =>
  server.rows(
    `SELECT a.id, a.question_id, a.clip_id, a.response, a.certainty, a.answered_at_ms, a.attempt, a.is_final, a.is_first, a.credit, a.xp
     FROM answers a JOIN people p ON p.id = a.person_id WHERE p.handle = ? ORDER BY a.answered_at_ms, a.id`,
    handle,
  );

/** What a learner holds at the end, without the names that are their own. */
async function holdings(server, handle, learner) {
  const answers = (await answered(server, handle)).map(({ id: _, ...rest }) => rest);
  const [{ xp }] = await server.rows("SELECT xp FROM people WHERE handle = ?", handle);
  const cards = await server.rows(
    `SELECT c.question_id, c.stability, c.difficulty, c.last_review_ms, c.last_rating, c.reviews, c.lapses, c.last_answer_ms
     FROM cards c JOIN people p ON p.id = c.person_id WHERE p.handle = ? ORDER BY c.question_id`,
    handle,
  );
  const { body } = await learner.api("GET", "/api/me/topics");
  // How sure it is falls with every second that passes: in the eighth digit between two looks.
  const rounded = (_, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toFixed(5)) : value);
  const topics = JSON.parse(JSON.stringify(body, rounded));
  // Watched, answered and reached day by day: the streak, the goal.
  const { body: progress } = await learner.api("GET", "/api/me/progress?utc_offset_minutes=0");
  const days = await server.rows("SELECT d.day, d.watched_ms FROM watched_days d JOIN people p ON p.id = d.person_id WHERE p.handle = ? ORDER BY d.day", handle);
  return { answers, xp, cards, topics, progress, days };
}

const watched = (server, handle) =>
  server.rows("SELECT w.clip_id, w.from_ms, w.to_ms, w.finished, w.started_at_ms FROM watches w JOIN people p ON p.id = w.person_id WHERE p.handle = ? ORDER BY w.started_at_ms, w.id", handle);

/** Another learner, on a server of their own, watches and answers the same at the same times, online and in order. */
async function sameOnline(stage, answers, stretches) {
  const server = await open(stage, "online");
  const eve = await stage.learner(server, DESKTOP);
  await makeAccount(eve, { handle: "eve", name: "Eve", password: "another long password" });
  for (const [n, row] of stretches.entries()) {
    const stretch = { ...row, watch_id: id(500 + n), finished: Boolean(row.finished) };
    assert.equal((await eve.api("POST", "/api/watch", { stretches: [stretch], utc_offset_minutes: 0 })).status, 200);
  }
  for (const [n, row] of answers.entries()) {
    const { status } = await eve.api("POST", `/api/questions/${row.question_id}/answers`, {
      answer_id: id(900 + n),
      clip_id: row.clip_id,
      response: JSON.parse(row.response),
      certainty: row.certainty,
      answered_at_ms: row.answered_at_ms,
    });
    assert.equal(status, 200);
  }
  await eve.api("GET", "/api/me/reviews?utc_offset_minutes=0");
  return holdings(server, "eve", eve);
}

for (const order of [["phone", "tablet"], ["tablet", "phone"]]) {
  journey(`a week offline on two devices, the ${order[0]} back first`, async (stage) => {
    const server = await open(stage);
    const phone = await device(stage, server);
    const tablet = await device(stage, server, { ...PHONE, viewport: { width: 820, height: 1180 } });
    await makeAccount(phone, ADA);
    await signIn(tablet, ADA);
    for (const one of [phone, tablet]) {
      await keepNext(one);
      await one.page.context().setOffline(true);
    }
    const day = (learner, days, hours = 0) => moveClock(learner, -days * DAY_MS + hours * HOUR_MS);

    // Day 1: both answer the same question, the phone first and rightly.
    await day(phone, 7);
    let asked = await meet(phone, "A bar with a question");
    await asked.button(/It moves down/).click();
    await asked.button("Sure").click();
    await asked.heading("Right");
    await asked.place.getByText("Kept on this device. It is sent when you are online.").waitFor();
    assert.deepEqual(await violations(phone.page), [], "axe: answered without a network");
    await day(tablet, 7, 1);
    asked = await meet(tablet, "A bar with a question");
    await asked.button(/It stands still/).click();
    await asked.button("A guess").click();
    await asked.heading("Not yet");

    // Different settings, and one that both change.
    await day(phone, 6);
    await phone.page.goto("/settings");
    await phone.page.getByRole("switch", { name: /Captions/ }).first().click();
    await phone.page.getByRole("switch", { name: /Play by itself/ }).click();
    await day(tablet, 5);
    await tablet.page.goto("/settings");
    await tablet.page.getByRole("switch", { name: /Go on to the next clip/ }).click();
    await tablet.page.getByRole("switch", { name: /Captions/ }).first().click();
    await day(phone, 4.5);
    await phone.page.goto("/settings");
    await phone.page.getByRole("switch", { name: /Captions/ }).first().click();

    // Two tries with a hint; the tab is killed right after the second.
    await day(tablet, 4);
    asked = await meet(tablet, "Name the shape");
    await asked.place.getByLabel("Number").fill("9");
    await asked.button("Think so").click();
    await asked.place.getByText("Fewer than eight.").waitFor();
    await asked.place.getByLabel("Number").fill("7");
    await asked.button("Sure").click();
    await asked.heading("Right");
    const context = tablet.page.context();
    await tablet.page.close({ runBeforeUnload: false });
    tablet.page = await context.newPage();
    await tablet.page.goto("/offline");
    await tablet.page.getByText("3 answers wait to be sent").waitFor();
    assert.deepEqual(await violations(tablet.page), [], "axe: the page Offline, offline");

    // A review on the phone.
    await day(phone, 3);
    await phone.page.goto("/review");
    await phone.page.getByText("these are the reviews on this device").waitFor();
    await phone.button("Start recalling").click();
    await phone.page.getByText("Review: you saw this 4 days ago").waitFor();
    // Another form of the question than four days ago.
    await phone.page.getByText("Second question?").waitFor();
    await phone.button("False").click();
    await phone.button("Sure").click();
    await phone.verdict("Right").waitFor();
    await phone.button("Finish").click();
    await phone.heading("Goal reached. That was all for now").waitFor();

    // More kinds on the tablet.
    await day(tablet, 2);
    asked = await meet(tablet, "Second question");
    await asked.button("False").click();
    await asked.button("Sure").click();
    await asked.heading("Right");
    asked = await meet(tablet, "Third question");
    await asked.button("Move up: first").or(asked.button("Sure")).first().waitFor();
    await asked.button(/don.t know yet/i).click();
    await asked.heading("Not yet");

    // Back, one after the other.
    const devices = { phone: [phone, 2], tablet: [tablet, 5] };
    let expected = 0;
    for (const name of order) {
      const [one, answers] = devices[name];
      await moveClock(one, 0);
      await one.page.context().setOffline(false);
      await one.page.goto("/me");
      expected += answers;
      await until(`the ${name}'s answers are here`, async () => (await answered(server, "ada")).length >= expected, { timeout: 20_000 });
      await until(`nothing waits on the ${name}`, () => one.page.evaluate(async () => {
        const database = await new Promise((resolve) => (indexedDB.open("minnow").onsuccess = ({ target }) => resolve(target.result)));
        const all = database.transaction("outbox").objectStore("outbox").count();
        const count = await new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
        database.close();
        return count === 0 && localStorage.getItem("minnow.settings.unsent") === null;
      }), { timeout: 20_000 });
    }
    await phone.api("GET", "/api/me/reviews?utc_offset_minutes=0");
    const ada = await holdings(server, "ada", phone);
    assert.equal(ada.answers.length, 7, "nothing twice, nothing lost");
    assert.equal(ada.cards.length, 3, "two forms of one question are one card");
    assert.ok(ada.days.length >= 3 && ada.topics.topics.length > 0, "the week is there day by day");
    const [answers, stretches] = [await answered(server, "ada"), await watched(server, "ada")];
    const eve = await sameOnline(stage, answers, stretches);
    assert.deepEqual(ada, eve);
    const { body: settings } = await phone.api("GET", "/api/me/settings");
    const { captions, autoplay, auto_advance } = settings;
    assert.deepEqual({ captions, autoplay, auto_advance }, { captions: true, autoplay: false, auto_advance: true });
  }, { timeout: 240_000 });
}

journey("a pack comes though its page is left, is brought up to date, and goes without what others keep", async (stage) => {
  const server = await open(stage);
  const learner = await device(stage, server, DESKTOP);
  const { page } = learner;
  await makeAccount(learner, ADA);
  await page.goto("/offline");
  assert.deepEqual(await violations(page), [], "axe: nothing kept");
  await workerRuns(learner);
  await learner.button("Keep offline: Light & colour").click();
  await page.getByRole("heading", { name: "On this device" }).waitFor();
  await page.goto("/discover");
  await page.goto("/offline");
  await until("all of the pack is here", async () => (await page.getByRole("progressbar").count()) === 0 && (await page.locator(".packs > li").count()) === 1, { timeout: 60_000 });
  assert.match(await page.locator(".packs > li").innerText(), /4 clips\s*.*1 question/s);
  assert.deepEqual(await violations(page), [], "axe: with a pack");
  const films = () => page.evaluate(async () => (await (await caches.open("minnow-offline-v1")).keys()).filter(({ url }) => /\.mp4/.test(url)).length);
  assert.equal(await films(), 4);
  await keepNext(learner);
  const all = await films();
  assert.ok(all > 4);
  await learner.button("Remove from this device: Light & colour").click();
  await until("one pack is left", async () => (await page.locator(".packs > li").count()) === 1);
  assert.equal(await films(), all, "what the other pack has stays");
  await learner.button("Remove from this device: My next 20 minutes").click();
  await until("nothing is left", async () => (await films()) === 0);
});

journey("a seal that was changed is told, and the answer is kept and graded later", async (stage) => {
  const server = await open(stage);
  const learner = await device(stage, server);
  await makeAccount(learner, ADA);
  await keepNext(learner);
  await learner.page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("minnow").onsuccess = ({ target }) => resolve(target.result)));
    const table = database.transaction("asked", "readwrite").objectStore("asked");
    const keys = await new Promise((resolve) => { const all = table.getAllKeys(); all.onsuccess = () => resolve(all.result); });
    for (const key of keys) {
      const text = await new Promise((resolve) => { const one = table.get(key); one.onsuccess = () => resolve(one.result); });
      const row = JSON.parse(text);
      row.sealed = row.sealed.replace(/^..../, (four) => (four === "AAAA" ? "BBBB" : "AAAA"));
      table.put(JSON.stringify(row), key);
    }
    database.close();
  });
  await learner.page.context().setOffline(true);
  const asked = await meet(learner, "Second question");
  await asked.button("False").click();
  await asked.button("Sure").click();
  await asked.place.getByText("The right answer could not be opened here.").waitFor();
  assert.equal(await asked.place.getByRole("heading", { name: "Right" }).count(), 0);
  await learner.page.context().setOffline(false);
  await until("it is graded by the server", async () => (await answered(server, "ada"))[0]?.credit === 10_000_000, { timeout: 20_000 });
});
