// The screens of what comes after a clip: playlists and gates, reviews, what is held, what a clip taught, banks, practice, packs.
// Days pass here by answers that say when they were given; nothing else is made up.
import { becomes } from "./account.mjs";
import { newId, writeLog } from "./log.mjs";
import { minnow, until } from "./server.mjs";

const DAY_MS = 86_400_000;

const go = (path) => async (learner) => {
  await learner.page.goto(path);
  await learner.page.locator("h1, main h2").first().waitFor({ state: "attached", timeout: 8000 });
  await loaded(learner);
};
const loaded = (learner) =>
  until("loading is over", () => learner.page.evaluate(() => ![...document.querySelectorAll("[aria-busy=true], .boot, .waits")].some((one) => one.checkVisibility())), { timeout: 8000 });

/** Work that a person does once, whatever screens want it. */
const once = (name, work) => (learner) => ((learner.done ??= {})[name] ??= work(learner));

async function ok(learner, method, path, body) {
  const answer = await learner.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const inClips = (learner) =>
  learner.server.rows("SELECT a.clip_id, a.moment_ms, q.id, q.kind, q.content, c.title, c.duration_ms FROM clip_questions a JOIN questions q ON q.id = a.question_id JOIN clips c ON c.id = a.clip_id WHERE c.published AND q.kind IN ('choices', 'typed') ORDER BY c.id");

/** What is answered to be right, or not. */
function response({ content }, isRight) {
  const { key } = JSON.parse(content);
  if (key.kind === "choices") {
    const choice = key.choices.find((one) => Boolean(one.is_right ?? one.weight > 0) === isRight);
    return { kind: "choice", choice_id: choice.id };
  }
  const word = (key.accepted?.[0]?.text ?? key.accepted?.[0] ?? "").toString();
  return { kind: "typed", text: isRight ? word : "something else" };
}

async function somebody(learner) {
  await learner.page.goto("/welcome");
  await learner.page.evaluate(() => fetch("/api/session/guest", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }));
}

/** Answers of these days ago to so many questions; every fourth is not right. */
const learnt = (daysAgo, most) => async (learner) => {
  await somebody(learner);
  for (const [place, question] of (await inClips(learner)).slice(0, most).entries()) {
    const answered_at_ms = Date.now() - Math.round(daysAgo * DAY_MS) + place * 60_000;
    await ok(learner, "POST", "/api/answers", { answer_id: newId(), clip_id: question.clip_id, question_id: question.id, response: response(question, place % 4 !== 3), certainty: "think_so", answered_at_ms });
  }
};
const aWeekAgo = once("learnt", learnt(9, 8));
const longAgo = once("backlog", async (learner) => {
  await learnt(40, 60)(learner);
  const settings = await ok(learner, "GET", "/api/me/settings");
  await ok(learner, "PUT", "/api/me/settings", { settings: { ...settings, daily_reviews: 10 } });
});

const then = (prepare, path, work) => async (learner) => {
  await prepare(learner);
  await go(path)(learner);
  await work?.(learner);
};

// Rounds of reviews -------------------------------------------------------------------------------------------------

const start = (learner) => learner.page.locator("main .btn--primary.btn--lg").first().click();
const asked = (learner) => learner.page.locator(".ask, .quiz").first().waitFor({ timeout: 8000 });
const dontKnow = async (learner) => {
  await asked(learner);
  const card = learner.page.locator("main .ask .quiz > .row > .btn--primary");
  if (await card.isVisible()) {
    await card.click();
    await learner.page.locator(".quiz__sure button").first().click();
  } else {
    await learner.page.locator("main button").filter({ hasText: /I don.t know yet|لا أعرف/ }).first().click();
  }
  await learner.page.locator("[role=status] h2").first().waitFor();
};

// Interests ---------------------------------------------------------------------------------------------------------

/** Somebody who has picked, watched and refused, with something set. */
const interested = once("interested", async (learner) => {
  await somebody(learner);
  const clips = (await inClips(learner)).slice(0, 7);
  const topics = [...new Set((await learner.server.rows("SELECT topic_id FROM clip_topics ORDER BY clip_id")).map((row) => row.topic_id))];
  await ok(learner, "PUT", "/api/me/interest-picks", { leaning_id: newId(), picked: topics.slice(0, 2), skipped: topics.slice(2, 3) });
  const stretch = (clip, place) => ({ watch_id: newId(), clip_id: clip.clip_id, from_ms: 0, to_ms: Math.round(clip.duration_ms * (place % 3 === 2 ? 0.3 : 1)), started_at_ms: Date.now() - place * DAY_MS - 90_000, finished: place % 3 !== 2 });
  await ok(learner, "POST", "/api/watch", { stretches: clips.map(stretch), utc_offset_minutes: 0 });
  await ok(learner, "PUT", `/api/clips/${clips[0].clip_id}/like`, { on: true });
  await ok(learner, "PUT", `/api/clips/${clips[1].clip_id}/refusal`, { on: true });
  await ok(learner, "PUT", `/api/me/interests/${topics[0]}`, { level: 80, is_pinned: true });
  await ok(learner, "PUT", `/api/me/interests/${topics[2]}`, { is_muted: true });
  await ok(learner, "PATCH", "/api/me/interests", { muted_words: ["snake", "black holes"] });
});
const why = async (learner) => {
  await interested(learner);
  await learner.page.goto("/");
  await learner.sees("the feed", (clip) => clip.settled && clip.title && clip.at > 0);
  await learner.page.keyboard.press("w");
  await learner.page.locator("dialog .hbar, dialog .sheet li").first().waitFor({ timeout: 8000 });
  await learner.page.waitForTimeout(500);
};

// Playlists ---------------------------------------------------------------------------------------------------------

const rtl = async (learner) => (await learner.page.evaluate(() => document.dir)) === "rtl";

/** A path of six clips with two gates, and its address. */
const path = once("path", async (learner) => {
  const id = newId();
  const clips = (await inClips(learner)).slice(0, 6);
  await ok(learner, "POST", "/api/playlists", { playlist_id: id, title: (await rtl(learner)) ? "الضوء والبحر" : "Light and the sea", about: (await rtl(learner)) ? "مسار قصير من ستة مقاطع." : "A short path: why the sky is blue, and what that has to do with waves.", visibility: "public" });
  for (const [place, clip] of clips.entries()) {
    await ok(learner, "POST", `/api/playlists/${id}/steps`, { step_id: newId(), clip_id: clip.clip_id, is_gate: place === 1 || place === 4 });
  }
  return { id, clips };
});

/** The first clip watched, and the first gate answered. */
const onTheWay = once("on the way", async (learner) => {
  const { id, clips } = await path(learner);
  const stretch = (clip) => ({ watch_id: newId(), clip_id: clip.clip_id, from_ms: 0, to_ms: clip.duration_ms, started_at_ms: Date.now() - 60_000, finished: true });
  await ok(learner, "POST", "/api/watch", { stretches: clips.slice(0, 2).map(stretch), utc_offset_minutes: 0 });
  await ok(learner, "POST", "/api/answers", { answer_id: newId(), clip_id: clips[1].clip_id, question_id: clips[1].id, response: response(clips[1], true), answered_at_ms: Date.now() - 30_000 });
  return id;
});

/** Assigned to three others, who are on it each in their own way. */
const assigned = once("assigned", async (learner) => {
  const { id, clips } = await path(learner);
  const handles = [];
  for (const [n, name] of ["Amara Obi", "نور حداد", "Li Wei"].entries()) {
    const call = await guest(learner.server);
    const handle = `as${newId().slice(-8).toLowerCase()}`;
    await call("POST", "/api/account", { handle, display_name: name, password: "a quiet river bend" });
    handles.push({ call, handle, n });
  }
  const { assignment } = await ok(learner, "POST", `/api/playlists/${id}/assignments`, { assignment_id: newId(), name: (await rtl(learner)) ? "الصف ٣" : "Class 3B", due_at_ms: Date.now() + 9 * DAY_MS, handles: handles.map((one) => one.handle), by_link: true });
  for (const { call, n } of handles) {
    const stretches = clips.slice(0, n * 2 + 1).map((clip) => ({ watch_id: newId(), clip_id: clip.clip_id, from_ms: 0, to_ms: clip.duration_ms, started_at_ms: Date.now() - 60_000, finished: true }));
    await call("POST", "/api/watch", { stretches, utc_offset_minutes: 0 });
    for (const isRight of n > 0 ? [false, true] : [false]) {
      await call("POST", "/api/answers", { answer_id: newId(), clip_id: clips[1].clip_id, question_id: clips[1].id, response: response(clips[1], isRight), answered_at_ms: Date.now() - 20_000 + (isRight ? 9_000 : 0) });
    }
  }
  return assignment;
});

/** Somebody without a screen. */
async function guest(server) {
  let cookie = "";
  const call = async (method, address, body) => {
    const answer = await fetch(server.url + address, { method, headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...(cookie && { cookie }) }, ...(body && { body: JSON.stringify(body) }) });
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await call("POST", "/api/session/guest", {});
  return call;
}

/** A person to whom somebody else's path was given. */
const given = once("given", async (learner) => {
  await somebody(learner);
  const mara = await guest(learner.server);
  const handle = `m${newId().slice(-8).toLowerCase()}`;
  await mara("POST", "/api/account", { handle, display_name: "Mara Lind", password: "a quiet river bend" });
  await becomes(learner.server, handle, "organizer");
  const id = newId();
  await mara("POST", "/api/playlists", { playlist_id: id, title: (await rtl(learner)) ? "الضوء والبحر" : "Light and the sea", about: "", visibility: "private" });
  for (const [place, clip] of (await inClips(learner)).slice(0, 5).entries()) await mara("POST", `/api/playlists/${id}/steps`, { step_id: newId(), clip_id: clip.clip_id, is_gate: place === 1 });
  const { assignment } = await mara("POST", `/api/playlists/${id}/assignments`, { assignment_id: newId(), name: "Class 3B", due_at_ms: Date.now() + 9 * DAY_MS, by_link: true });
  return { id, invite: assignment.invite };
});
const joined = once("joined", async (learner) => {
  const { id, invite } = await given(learner);
  await go(`/join/${invite}`)(learner);
  await learner.page.locator("main .btn--primary").first().click();
  await until("joined", () => learner.page.url().includes("/playlist/"));
  return id;
});

// Topics and what a clip taught ---------------------------------------------------------------------------------------

const graph = async (learner) => {
  for (const [from, kind, to] of [["light", "prerequisite", "ocean"], ["maths", "prerequisite", "light"], ["maths", "prerequisite", "code"], ["body", "part_of", "language"]]) {
    await learner.api("POST", `/api/topics/${from}/edges`, { kind, to });
  }
};

/** So many learners guess before, answer in, and answer long after the first clip with choices. */
const taught = (n) =>
  once(`taught ${n}`, async (learner) => {
    const place = n > 20 ? 2 : 3;
    const question = (await inClips(learner)).filter((one) => one.kind === "choices").at(-place);
    const known = await learner.server.rows("SELECT COUNT(DISTINCT person_id) AS n FROM answers WHERE question_id = ?", question.id);
    for (let i = known[0].n; i < n; i += 1) {
      const call = await guest(learner.server);
      const at = Date.now() - 6 * DAY_MS + i * 60_000;
      const answer = (isRight, answered_at_ms, before = false) => call("POST", "/api/answers", { answer_id: newId(), clip_id: question.clip_id, question_id: question.id, response: response(question, isRight), answered_at_ms, before });
      await answer(i % 3 === 0, at, true);
      await call("POST", "/api/watch", { stretches: [{ watch_id: newId(), clip_id: question.clip_id, from_ms: 0, to_ms: Math.round(question.duration_ms * (i % 4 === 0 ? 0.5 : 1)), finished: i % 4 !== 0, started_at_ms: at + 1_000 }], utc_offset_minutes: 0 });
      await answer(i % 5 !== 1, at + 3_000);
      await answer(i % 3 !== 1, at + 4 * DAY_MS);
    }
    return question.clip_id;
  });

// Banks -------------------------------------------------------------------------------------------------------------

const part = (text) => ({ id: newId(), text });
const TAG = "shots";
const KINDS = {
  several: { stem: "Which of these scatter in air?", key: { kind: "choices", multiple: true, keep_order: true, choices: [["Blue light", true], ["Violet light", true], ["Sound", false]].map(([text, is_right]) => ({ ...part(text), is_right, reason: is_right ? "" : "Sound is no light." })) } },
  true_false: { stem: "The sky of the Moon is blue.", key: { kind: "true_false", is_true: false } },
  numeric: { stem: { html: "<p>How long is half of \\(5\\) metres?</p>" }, key: { kind: "numeric", accepted: [{ range: { within: "tolerance", value: 2.5, tolerance: 0.1 } }], units: [{ text: "m", per_first: 1 }, { text: "cm", per_first: 100 }], unit_required: true } },
  matching: { stem: "What is what?", key: { kind: "matching", keep_order: true, pairs: [["Sun", "star"], ["Moon", "rock"], ["Sea", "water"]].map(([left, right]) => ({ id: newId(), left, right_id: newId(), right })), extra: [part("wood")] } },
  ordering: { stem: "From short waves to long ones", key: { kind: "ordering", items: ["Blue", "Green", "Yellow", "Red"].map(part) } },
  categorising: { stem: "Animal or plant?", key: { kind: "categorising", keep_order: true, categories: ["Animals", "Plants"].map(part), items: [["Cat", 0], ["Moss", 1], ["Coral", 0]].map(([text, home]) => ({ ...part(text), categories: [home] })) } },
  cloze: { stem: "Fill the gaps", key: { kind: "cloze", body: "Water is [[1]], boils at [[2]] degrees and is [[3]] when it is [[4]].", gaps: [{ fill: { by: "typing", accepted: ["wet"] } }, { fill: { by: "number", accepted: [{ range: { within: "tolerance", value: 100, tolerance: 0 } }] } }, { fill: { by: "choosing", choices: [["ice", true], ["steam", false]].map(([text, is_right]) => ({ ...part(text), is_right })) } }, { fill: { by: "dragging", right: [0] } }], bank: ["cold", "hot"].map(part) } },
  flash_card: { stem: "Rayleigh scattering", key: { kind: "flash_card", back: "Light meets things far smaller than its waves: short waves are thrown aside most." } },
  open: { stem: "Explain to a child why evenings are red.", key: { kind: "open", sample: "The light comes a longer way, and blue is lost on it.", words_min: 5, words_max: 60 } },
};

const bank = once("bank", async (learner) => {
  const ids = {};
  for (const [name, one] of Object.entries(KINDS)) {
    ids[name] = newId();
    await ok(learner, "POST", "/api/bank/questions", { question_id: ids[name], question: { ...one, reason: "Short waves are scattered most.", tags: [TAG, name], category: "Physics/Light" } });
  }
  return ids;
});
const practice = (tag) =>
  once(`practice ${tag}`, async (learner) => {
    await bank(learner);
    const id = newId();
    return (await ok(learner, "POST", "/api/practices", { practice_id: id, title: tag === TAG ? "Light, in nine questions" : tag, tag })).id;
  });
const practising = (tag) => async (learner) => {
  const id = await practice(tag)(learner);
  await go(`/practice/${id}`)(learner);
  // A round that was begun goes on where it was.
  if ((await learner.page.locator(".ask").count()) === 0) await start(learner);
  await asked(learner);
};

const GIFT = "::Sky:: What scatters most? {=Blue ~Red}\n\n::Odd:: This one { =never ends\n\n::True:: Water is wet. {T}\n\n::Pic:: <img src=\"a.png\"> What is this? {=A ~B}\n";

/** A person who may change topics and assign. */
const organizer = once("organizer", (learner) => becomes(learner.server, learner.handle, "operator"));

const MODELS = "**/api/interests/models";
const health = (learner) => ok(learner, "GET", "/api/interests/models");
let unfitted = null;

/** Who runs a site that has no model yet; once it has one, with what it answered before. */
const beforeModels = async (learner) => {
  await organizer(learner);
  const now = await health(learner);
  if (now.versions.length === 0) unfitted = now;
  else await learner.page.route(MODELS, (route) => route.fulfill({ json: unfitted }));
};

/** Who runs a site whose log is long enough for a model, of which there is one. */
const healthy = once("healthy", async (learner) => {
  await organizer(learner);
  await writeLog(learner.server, { learners: 40, each: 12 });
  await learner.page.unroute(MODELS);
  await until("the log is read", async () => (await health(learner)).taken >= 480, { timeout: 30_000 });
  await ok(learner, "POST", "/api/interests/models/fit", {});
  await until("a model serves", async () => (await health(learner)).serving, { timeout: 120_000 });
});

export const LEARNING = [
  { name: "review-none", open: go("/review") },
  { name: "review-due", as: "week", open: then(aWeekAgo, "/review"), full: true },
  { name: "review-question", as: "week", open: then(aWeekAgo, "/review", async (learner) => (await start(learner), asked(learner))) },
  { name: "review-not-yet", as: "week", open: then(aWeekAgo, "/review", async (learner) => (await start(learner), dontKnow(learner))), full: true },
  { name: "feed-review", as: "week", open: async (learner) => {
    await aWeekAgo(learner);
    await learner.page.goto("/");
    await learner.sees("the feed", (clip) => clip.settled && clip.title);
    for (let i = 0; i < 4 && (await learner.page.locator("article:not([inert]) .chip--review").count()) === 0; i += 1) {
      const before = await learner.look();
      await learner.page.keyboard.press("Escape");
      await learner.page.keyboard.press("j");
      await learner.nextAfter(before);
    }
    await learner.page.waitForTimeout(600);
  } },
  { name: "review-backlog", as: "late", open: then(longAgo, "/review"), full: true },
  { name: "review-over", as: "late", open: then(longAgo, "/review", async (learner) => {
    const light = learner.page.locator("main .card .btn--quiet").first();
    await ((await light.isVisible()) ? light.click() : start(learner));
    for (let i = 0; i < 16 && (await learner.page.locator(".rest").count()) === 0; i += 1) {
      await dontKnow(learner);
      await learner.page.locator("main .card .btn--primary").last().click();
      await learner.page.waitForTimeout(150);
    }
    await learner.page.locator(".rest").waitFor();
  }), full: true },
  { name: "interests-none", open: then(somebody, "/me/interests", (learner) => learner.page.locator(".picker__card").waitFor()), full: true },
  { name: "interests", as: "interested", open: then(interested, "/me/interests", async (learner) => {
    await learner.page.locator(".interest .slider").first().waitFor();
    await learner.page.locator(".interest [aria-expanded]").first().click();
  }), full: true },
  { name: "feed-why", as: "interested", open: why },
  { name: "feed-why-numbers", as: "interested", open: async (learner) => {
    await why(learner);
    await learner.page.locator("dialog summary").click();
  } },
  { name: "me-learnt", as: "week", open: then(aWeekAgo, "/me"), full: true },
  { name: "my-topics-none", open: go("/me/topics") },
  { name: "my-topics", as: "week", open: then(aWeekAgo, "/me/topics"), full: true },
  { name: "my-topic", as: "week", open: then(aWeekAgo, "/me/topics", async (learner) => {
    await learner.page.locator("main a[href^='/me/topics/']").first().click();
    await until("the topic", () => /topics\/./.test(learner.page.url()));
    await learner.page.locator("main table, main .card").first().waitFor();
    await loaded(learner);
  }), full: true },
  { name: "topics", as: "organizer", open: then(async (learner) => (await organizer(learner), graph(learner)), "/topics"), full: true },
  { name: "topic-place", as: "organizer", open: then(async (learner) => (await organizer(learner), graph(learner)), "/topics/light"), full: true },
  { name: "insights-few", as: "organizer", open: async (learner) => (await organizer(learner), go(`/clip/${await taught(6)(learner)}/insights`)(learner)), full: true },
  { name: "insights", as: "organizer", open: async (learner) => (await organizer(learner), go(`/clip/${await taught(24)(learner)}/insights`)(learner)), full: true },
  { name: "feed-health-none", as: "organizer", open: then(beforeModels, "/studio/feed", (learner) => learner.page.locator("main .banner").first().waitFor()), full: true },
  { name: "feed-health", as: "organizer", open: then(healthy, "/studio/feed", (learner) => learner.page.locator("main .hbar").first().waitFor({ timeout: 60_000 })), full: true },
  { name: "playlists-none", open: go("/playlists") },
  { name: "playlists", as: "organizer", open: then(assigned, "/playlists"), full: true },
  { name: "playlists-assigned", as: "given", open: async (learner) => (await joined(learner), go("/playlists")(learner)), full: true },
  { name: "join", as: "given-2", open: async (learner) => go(`/join/${(await given(learner)).invite}`)(learner), full: true },
  { name: "playlist-new", as: "organizer", open: then(path, "/playlists", async (learner) => (await learner.page.locator("main .btn--primary, main .btn--soft").first().click(), learner.page.locator("dialog input").first().waitFor(), learner.page.waitForTimeout(500))) },
  { name: "playlist", as: "organizer", open: async (learner) => go(`/playlist/${await onTheWay(learner)}`)(learner), full: true },
  { name: "playlist-edit", as: "organizer", open: async (learner) => go(`/playlist/${(await path(learner)).id}/edit`)(learner), full: true },
  { name: "playlist-assign", as: "organizer", open: async (learner) => go(`/playlist/${(await path(learner)).id}/assign`)(learner), full: true },
  { name: "assignment", as: "organizer", open: async (learner) => (await assigned(learner), go(`/assignment/${(await assigned(learner)).id}`)(learner)), full: true },
  { name: "playlist-playing", as: "given", open: async (learner) => {
    await learner.page.goto(`/play/${await joined(learner)}`);
    await learner.sees("a step", (clip) => clip.settled && !clip.paused && clip.at > 1);
  } },
  { name: "playlist-gate", as: "given", open: async (learner) => {
    const id = await joined(learner);
    const { clips } = await ok(learner, "GET", `/api/playlists/${id}/play`);
    await learner.page.goto(`/play/${id}/${clips.at(-1).id}`);
    await learner.sees("the gate", (clip) => clip.settled && !clip.paused && clip.at > 0);
    await learner.page.evaluate((at) => (document.querySelector("video[data-current]").currentTime = at), Math.max(0, clips.at(-1).questions[0].moment_ms / 1000 - 0.4));
    await learner.dialog().first().waitFor();
  } },
  { name: "playlist-gone", open: go(`/playlist/${newId()}`) },
  { name: "playlist-playing-gone", open: async (learner) => {
    await learner.page.goto(`/play/${newId()}`);
    await learner.page.locator("main h1, main h2").first().waitFor();
  } },
  { name: "settings-memory", as: "week", open: then(aWeekAgo, "/settings", async (learner) => {
    const slider = learner.page.locator("input[type=range]").last();
    await slider.scrollIntoViewIfNeeded();
    await slider.focus();
    for (let i = 0; i < 5; i += 1) await learner.page.keyboard.press("ArrowRight");
    await learner.page.waitForTimeout(900);
  }) },
  { name: "bank-none", as: "account", open: go("/bank") },
  { name: "bank", as: "organizer", open: then(bank, "/bank"), full: true },
  { name: "bank-report", as: "organizer", open: then(bank, "/bank", async (learner) => {
    await learner.page.locator("main .seg__opt, main [role=tab], main .btn").filter({ hasText: /Bring in|أحضر|إحضار|استيراد/ }).first().click();
    await learner.page.locator('input[type="file"]').first().setInputFiles({ name: "bank.gift", mimeType: "text/plain", buffer: Buffer.from(GIFT) });
    await learner.page.locator("ul.losses").waitFor();
  }), full: true },
  ...Object.keys(KINDS).flatMap((name) => [
    { name: `editor-${name}`, as: "organizer", open: async (learner) => go(`/bank/${(await bank(learner))[name]}`)(learner), full: true },
    { name: `ask-${name}`, as: "organizer", open: practising(name), full: true },
    { name: `told-${name}`, as: "organizer", open: async (learner) => (await practising(name)(learner), dontKnow(learner)), full: true },
  ]),
  { name: "practice", as: "organizer", open: async (learner) => go(`/practice/${await practice(TAG)(learner)}`)(learner), full: true },
  { name: "packs-none", open: go("/offline"), full: true },
  { name: "packs", as: "week", open: then(aWeekAgo, "/offline"), full: true },
];
