// The list of screens and states that `./x shots` takes: how a person gets to each. States that a server cannot be brought
// into at will (a film half encoded, a fault) are the server's own answers with one value changed on the way.
import { LEARNING } from "./screens_learning.mjs";
import { until } from "./server.mjs";

const rowOf = async (learner, sql, ...binds) => (await learner.server.rows(sql, ...binds))[0];
const CHOICES = "SELECT a.clip_id AS id FROM clip_questions a JOIN questions q ON q.id = a.question_id WHERE q.kind = 'choices' ORDER BY q.id LIMIT 1";
const TYPED = "SELECT a.clip_id AS id FROM clip_questions a JOIN questions q ON q.id = a.question_id WHERE q.kind = 'typed' ORDER BY q.id LIMIT 1";

const go = (path) => async (learner) => {
  await learner.page.goto(path);
  await learner.page.locator("h1, main h2").first().waitFor({ state: "attached", timeout: 8000 });
};

async function playing(learner, path = "/") {
  await learner.page.goto(path);
  return learner.sees("a playing clip", (clip) => clip.settled && !clip.paused && clip.at > 1.2, { timeout: 12_000 });
}

async function paused(learner) {
  await learner.page.keyboard.press("Space");
  await learner.sees("paused", (clip) => clip.paused);
}

/** The clip of a question, taken to its moment. */
async function asked(learner, sql = CHOICES) {
  const { id } = await rowOf(learner, sql);
  const { moment_ms: moment } = await rowOf(learner, "SELECT moment_ms FROM clip_questions WHERE clip_id = ?", id);
  await learner.page.goto(`/clip/${id}`);
  await learner.sees("a playing clip", (clip) => clip.settled && !clip.paused && clip.at > 0, { timeout: 12_000 });
  await learner.page.evaluate((at) => (document.querySelector("video[data-current]").currentTime = at), Math.max(0, moment / 1000 - 0.4));
  await learner.dialog().first().waitFor({ timeout: 8000 });
  return rowOf(learner, "SELECT q.content FROM questions q JOIN clip_questions a ON a.question_id = q.id WHERE a.clip_id = ?", id).then((row) => JSON.parse(row.content).key);
}

async function answered(learner, right) {
  const key = await asked(learner);
  const choice = key.choices.find((one) => one.is_right === right);
  await learner.page.getByRole("dialog").getByRole("group").first().getByRole("button", { name: choice.text }).click();
  await learner.page.getByRole("dialog").getByRole("group").last().getByRole("button").last().click();
  await learner.page.locator("[role=status] h2").first().waitFor();
}

async function typed(learner, text) {
  await asked(learner, TYPED);
  if (text === null) return;
  await learner.page.getByRole("dialog").getByRole("textbox").fill(text);
  await learner.page.getByRole("dialog").getByRole("group").last().getByRole("button").last().click();
  await learner.page.locator("[role=status] h2").first().waitFor();
}

/** Opens the sheet "More" by the last button of the rail. */
async function more(learner) {
  await playing(learner);
  await learner.page.locator("article:not([inert]) [aria-haspopup=dialog]").last().click();
  await learner.dialog().first().waitFor();
}

const settingsPatch = (learner, change) =>
  learner.page.evaluate(async (change) => {
    await fetch("/api/session/guest", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    const settings = await (await fetch("/api/me/settings")).json();
    await fetch("/api/me/settings", { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ settings: { ...settings, ...change } }) });
  }, change);

const withSettings = (change, open) => async (learner) => {
  await learner.page.goto("/welcome");
  await settingsPatch(learner, change);
  await open(learner);
};

/** Minutes watched today, by the same call that the player makes. */
async function watched(learner, minutes) {
  const clips = await learner.server.rows("SELECT id, duration_ms FROM clips WHERE published ORDER BY id");
  await learner.page.evaluate(
    async ([clips, minutes]) => {
      const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
      const id = () => `0${digits[1]}${Array.from({ length: 24 }, () => digits[Math.floor(Math.random() * 32)]).join("")}`;
      const stretches = [];
      for (let left = minutes * 60_000, at = 0; left > 0; at += 1) {
        const clip = clips[at % clips.length];
        stretches.push({ watch_id: id(), clip_id: clip.id, from_ms: 0, to_ms: clip.duration_ms, started_at_ms: Date.now() - left, finished: true });
        left -= clip.duration_ms;
      }
      const body = JSON.stringify({ stretches: stretches.slice(0, 100), utc_offset_minutes: -new Date().getTimezoneOffset() });
      await fetch("/api/watch", { method: "POST", headers: { "content-type": "application/json" }, body });
    },
    [clips, minutes],
  );
}

/** A draft of this person with a film, and the server's answers about it changed by `change`. */
async function draft(learner, change, then) {
  const { page } = learner;
  learner.draft ??= (async () => {
    await page.goto("/make");
    await page.locator('input[type="file"]').first().setInputFiles(learner.films);
    await until("a playable draft", async () => (await mine(learner))?.media.state === "playable", { timeout: 60_000, every: 300 });
    const { id } = await mine(learner);
    const topic = (await learner.server.rows("SELECT id FROM topics ORDER BY position LIMIT 1"))[0].id;
    await learner.api("PATCH", `/api/drafts/${id}`, {
      title: "Why a bar falls at a steady pace",
      topics: [topic],
      licence: "CC BY 4.0",
      alt: "A pale bar moves down over a plain blue-green ground.",
      captions: [{ language: "en", cues: [{ start_ms: 0, end_ms: 2000, text: "Watch the bar." }, { start_ms: 2000, end_ms: 4200, text: "It covers the same way each second." }, { start_ms: 4200, end_ms: 5900, text: "That is a steady pace." }] }],
      question: { moment_ms: 3000, stem: "How does the bar move?", reason: "It covers the same way each second.", key: { kind: "choices", choices: [{ text: "Faster and faster", is_right: false, reason: "Falling things do, this one does not." }, { text: "At a steady pace", is_right: true }, { text: "Slower and slower", is_right: false }] } },
    });
    return id;
  })();
  const id = await learner.draft;
  if (change) {
    await page.route(/\/api\/(drafts\/|me\/clips)/, async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      if (body.clips) body.clips = body.clips.map((clip) => ({ ...clip, ...change }));
      else Object.assign(body, change);
      await route.fulfill({ response: answer, json: body });
    });
  }
  await page.goto(`/make/${id}`);
  await page.locator("h1, main h2").first().waitFor({ timeout: 8000 });
  await then?.(learner);
}

const mine = async (learner) => (await learner.api("GET", "/api/me/clips")).body.clips[0];

const NO_MEDIA = { renditions: [], poster_url: null, poster_small_url: null, duration_ms: null, missing: ["media", "title", "topics", "captions", "alt", "licence"] };

/** Scrolls the first of these texts, or the nth section, to the top of the window. */
const scrolledTo = (selector) => async (learner) => {
  const one = learner.page.locator(selector).first();
  await one.waitFor({ state: "attached", timeout: 5000 });
  await one.evaluate((element) => element.scrollIntoView({ block: "start" }));
};

export const SCREENS = [
  { name: "feed", open: (learner) => playing(learner) },
  { name: "feed-paused", open: async (learner) => (await playing(learner), paused(learner)) },
  { name: "feed-sound", open: async (learner) => (await playing(learner), learner.page.keyboard.press("m"), learner.sees("sound", (clip) => !clip.muted)) },
  { name: "feed-liked", open: async (learner) => {
    await playing(learner);
    await learner.page.keyboard.press("l");
    await learner.page.keyboard.press("b");
    await until("liked and saved", async () => (await learner.page.locator("article:not([inert]) [aria-pressed=true]").count()) >= 2);
  } },
  { name: "captions-small-glass", open: withSettings({ caption_size: "small" }, (learner) => playing(learner)) },
  { name: "captions-large-solid", open: withSettings({ caption_size: "large", caption_background: "solid" }, (learner) => playing(learner)) },
  { name: "captions-none-ground", open: withSettings({ caption_background: "none" }, (learner) => playing(learner)) },
  { name: "feed-more", open: more },
  { name: "feed-keys", open: async (learner) => (await playing(learner), learner.page.keyboard.press("?"), learner.dialog().first().waitFor()) },
  { name: "text-twin", open: async (learner) => (await playing(learner), learner.page.keyboard.press("t"), learner.page.waitForTimeout(500)) },
  { name: "question", open: (learner) => asked(learner) },
  { name: "question-sure", open: async (learner) => {
    const key = await asked(learner);
    await learner.page.getByRole("dialog").getByRole("group").first().getByRole("button", { name: key.choices[0].text }).click();
    await learner.page.getByRole("dialog").getByRole("group").nth(1).waitFor();
  } },
  { name: "question-right", open: (learner) => answered(learner, true) },
  { name: "question-not-yet", open: (learner) => answered(learner, false) },
  { name: "question-typed", open: (learner) => typed(learner, null) },
  { name: "question-typed-not-yet", open: (learner) => typed(learner, "something else") },
  { name: "question-text-twin", open: async (learner) => (await asked(learner), learner.page.keyboard.press("t"), learner.page.waitForTimeout(500)) },
  { name: "stop-card", open: async (learner) => {
    await withSettings({ daily_goal_minutes: 3 }, async () => {})(learner);
    await watched(learner, 3.2);
    await learner.page.goto("/");
    await learner.sees("the feed", (clip) => clip.settled && !clip.paused);
    // What was watched elsewhere is known once the first clip plays; the goal stops the feed between two clips.
    await until("the ring is full", async () => /^[1-9]/.test(await learner.page.locator(".stage__goal .num").textContent()));
    await learner.page.keyboard.press("j");
    await learner.dialog().first().waitFor();
  } },
  { name: "feed-end", open: async (learner) => {
    const { topic_id: topic, n } = await rowOf(learner, "SELECT topic_id, COUNT(*) AS n FROM clip_topics GROUP BY topic_id ORDER BY n, topic_id LIMIT 1");
    await learner.page.goto(`/topic/${topic}`);
    await learner.sees("the topic", (clip) => clip.settled && clip.title);
    for (let i = 0; i < n; i += 1) {
      const before = await learner.look();
      await learner.page.keyboard.press("j");
      await until("moved", async () => (await learner.look())?.title !== before?.title, { timeout: 4000 }).catch(() => {});
    }
    await learner.page.waitForTimeout(800);
  } },
  { name: "clip-error", open: async (learner) => {
    await learner.page.route(/\/media\/.*\.mp4/, (route) => route.fulfill({ status: 503 }));
    await learner.page.goto("/");
    await learner.button(/try again|إعادة|حاول/i).first().waitFor({ timeout: 12_000 });
  } },
  { name: "page-error", open: async (learner) => {
    await learner.page.route(/\/api\/topics/, (route) => route.fulfill({ status: 503, json: { code: "unavailable", detail: "x", request_id: "01HZX3KQ7M" } }));
    await learner.page.goto("/discover");
    await learner.button(/try again|إعادة|حاول/i).first().waitFor({ timeout: 12_000 });
  } },
  { name: "offline", open: async (learner) => {
    await playing(learner);
    await until("a service worker", () => learner.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated"));
    await learner.page.context().setOffline(true);
    await learner.page.goto("/");
    await learner.page.locator("h1, main h2").first().waitFor({ timeout: 10_000 });
  } },
  { name: "update-ready", open: async (learner) => {
    await playing(learner);
    await learner.page.evaluate(() => window.dispatchEvent(new CustomEvent("minnow:update")));
    await learner.page.waitForTimeout(600);
  } },
  { name: "welcome", open: go("/welcome"), full: true },
  { name: "welcome-join", open: async (learner) => {
    await go("/welcome")(learner);
    await learner.page.getByRole("radiogroup").locator("label").nth(1).click();
    await learner.page.locator("#display_name").waitFor();
  }, full: true },
  { name: "me-guest", open: go("/me"), full: true },
  { name: "me-account", as: "account", open: async (learner) => {
    if (!learner.watchedSome) await watched(learner, 8);
    learner.watchedSome = true;
    await go("/me")(learner);
  }, full: true },
  { name: "settings", open: go("/settings"), full: true },
  { name: "settings-account", as: "account", open: go("/settings"), full: true },
  { name: "discover", open: go("/discover"), full: true },
  { name: "topic", open: async (learner) => {
    const { topic_id: topic } = await rowOf(learner, "SELECT topic_id FROM clip_topics ORDER BY topic_id LIMIT 1");
    await playing(learner, `/topic/${topic}`);
  } },
  { name: "author", open: async (learner) => {
    const { handle } = await rowOf(learner, "SELECT handle FROM people WHERE id = (SELECT author_id FROM clips GROUP BY author_id ORDER BY COUNT(*) DESC LIMIT 1)");
    await go(`/@${handle}`)(learner);
  }, full: true },
  { name: "saved-empty", open: go("/saved") },
  { name: "saved", as: "account", open: async (learner) => {
    for (const { id } of await learner.server.rows("SELECT id FROM clips WHERE published ORDER BY id LIMIT 7")) await learner.api("PUT", `/api/clips/${id}/save`, { on: true });
    await go("/saved")(learner);
  }, full: true },
  { name: "make-guest", open: go("/make") },
  { name: "make-empty", as: "account", open: go("/make") },
  { name: "make-uploading", as: "account", open: (learner) => draft(learner, { ...NO_MEDIA, media: { state: "uploading", upload_id: "01HZX3KQ7M0000000000000000", received_bytes: 6_300_000, total_bytes: 15_000_000 } }) },
  { name: "make-checking", as: "account", open: (learner) => draft(learner, { ...NO_MEDIA, media: { state: "checking" } }) },
  { name: "make-transcoding", as: "account", open: (learner) => draft(learner, { ...NO_MEDIA, missing: ["media"], media: { state: "transcoding", percent: 42 } }) },
  { name: "make-refused", as: "account", open: (learner) => draft(learner, { ...NO_MEDIA, media: { state: "refused", reason: "no_picture" } }) },
  { name: "make-ready", as: "account", open: (learner) => draft(learner, null), full: true },
  { name: "make-missing", as: "account", open: (learner) => draft(learner, { captions: [], alt: "", topics: [], missing: ["topics", "captions", "alt"] }), full: true },
  { name: "make-captions", as: "account", open: (learner) => draft(learner, null, scrolledTo("[aria-labelledby=captions-title]")) },
  { name: "make-question", as: "account", open: (learner) => draft(learner, null, scrolledTo("[aria-labelledby=question-title]")) },
  { name: "make-list", as: "account", open: go("/make"), full: true },
  { name: "not-found", open: go("/nowhere") },
  ...LEARNING,
];
