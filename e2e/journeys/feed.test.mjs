// A person swipes through clips: by finger, wheel, keys and buttons; what plays, what sounds, what is kept.
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { CLIPS, library } from "../library.mjs";

const open = async (stage, options, questions = false) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`, { questions }) });
  return { server, learner: await stage.learner(server, options) };
};

/** Opens the feed and walks to its fifth clip; the titles on the way. */
async function firstFive(learner) {
  const order = [await learner.openFeed()];
  for (let i = 0; i < 4; i += 1) {
    await learner.page.keyboard.press("j");
    order.push(await learner.nextAfter(order.at(-1)));
  }
  return order.map((clip) => clip.title);
}

journey("one swipe is exactly one clip, fast or slow, up or down", async (stage) => {
  const { learner } = await open(stage);
  const seen = [await learner.openFeed()];
  for (const ms of [60, 120, 300]) {
    await learner.swipeUp({ ms });
    seen.push(await learner.nextAfter(seen.at(-1)));
  }
  assert.equal(new Set(seen.map((clip) => clip.title)).size, 4, "four different clips");
  for (const expected of [seen[2], seen[1], seen[0]]) {
    await learner.swipeDown();
    await learner.sees(`"${expected.title}" again`, (clip) => clip.settled && clip.title === expected.title);
  }
  // Forward again gives the same clips in the same order: nothing was skipped on the way.
  for (const expected of [seen[1], seen[2], seen[3]]) {
    await learner.swipeUp({ ms: 40, share: 0.3 });
    await learner.sees(`"${expected.title}" next`, (clip) => clip.settled && clip.title === expected.title);
  }
});

journey("two swipes in a row, the second before the first has settled, are two clips", async (stage) => {
  const { learner } = await open(stage);
  const titles = await firstFive(learner);
  for (let i = 4; i > 0; i -= 1) {
    await learner.page.keyboard.press("k");
    await learner.sees(`"${titles[i - 1]}"`, (clip) => clip.settled && clip.title === titles[i - 1]);
  }
  for (const [from, to] of [[0, 2], [2, 4]]) {
    await learner.swipeUp({ ms: 60 });
    // The second finger comes down while the first clip is still on its way.
    await learner.sees("the first swipe half way", (clip) => !clip.settled || clip.title !== titles[from]);
    await learner.swipeUp({ ms: 60 });
    await learner.sees(`"${titles[to]}" after two swipes`, (clip) => clip.settled && clip.title === titles[to] && !clip.paused);
  }
});

journey("two swipes or two keys at once, without a look in between, are two clips", async (stage) => {
  const { learner } = await open(stage);
  const titles = await firstFive(learner);
  const at = (place) => learner.sees(`"${titles[place]}"`, (clip) => clip.settled && clip.title === titles[place] && !clip.paused);
  await at(4);
  for (const [wait, to] of [[0, 2], [70, 0]]) {
    await learner.page.keyboard.press("k");
    await learner.page.waitForTimeout(wait);
    await learner.page.keyboard.press("k");
    await at(to);
  }
  for (const [wait, to] of [[0, 2], [90, 4]]) {
    await learner.swipeUp({ ms: 60, share: 0.3 });
    await learner.page.waitForTimeout(wait);
    await learner.swipeUp({ ms: 60, share: 0.3 });
    await at(to);
  }
});

journey("a short or sideways pull is no swipe", async (stage) => {
  const { learner } = await open(stage);
  const first = await learner.openFeed();
  await learner.swipeUp({ ms: 700, share: 0.03 });
  const still = await learner.sees("the first clip, at rest", (clip) => clip.settled && clip.title === first.title);
  assert.equal(still.title, first.title);
});

journey("every key and every button moves as the finger does", async (stage) => {
  const { learner } = await open(stage, DESKTOP);
  const { page } = learner;
  const order = [await learner.openFeed()];
  for (const key of ["ArrowDown", "j", "PageDown"]) {
    await page.keyboard.press(key);
    order.push(await learner.nextAfter(order.at(-1)));
  }
  const titles = order.map((clip) => clip.title);
  assert.equal(new Set(titles).size, 4, `each key brings the next clip: ${titles}`);
  for (const [key, title] of [["ArrowUp", titles[2]], ["k", titles[1]], ["PageUp", titles[0]]]) {
    await page.keyboard.press(key);
    await learner.sees(`${key} brings back "${title}"`, (clip) => clip.settled && clip.title === title);
  }
  await learner.button(/^next clip/i).click();
  await learner.sees("the next clip by its button", (clip) => clip.settled && clip.title === titles[1]);
  await learner.button(/^previous clip/i).click();
  await learner.sees("the clip before by its button", (clip) => clip.settled && clip.title === titles[0]);

  await page.mouse.move(720, 450);
  await page.mouse.wheel(0, 120);
  await learner.sees("one notch of the wheel is one clip", (clip) => clip.settled && clip.title === titles[1]);
  // A trackpad sends a long tail of small steps: still one clip.
  for (const step of [40, 60, 40, 25, 12, 6, 3, 2, 1, 1]) await page.mouse.wheel(0, step);
  await learner.sees("one push of the trackpad is one clip", (clip) => clip.settled && clip.title === titles[2]);

  await page.keyboard.press("Space");
  await learner.sees("space pauses", (clip) => clip.paused);
  await page.keyboard.press("Space");
  await learner.sees("space plays", (clip) => !clip.paused);
  await page.keyboard.press("l");
  await until("l likes", async () => (await learner.like.getAttribute("aria-pressed")) === "true");
  await page.keyboard.press("b");
  await until("b saves", async () => (await learner.save.getAttribute("aria-pressed")) === "true");
  await page.keyboard.press("m");
  await learner.sees("m turns the sound on", (clip) => clip.muted === false);
  await page.keyboard.press("m");
  await learner.sees("m turns it off", (clip) => clip.muted === true);
  await page.keyboard.press("c");
  await until("c hides the captions", async () => !(await captionShown(learner)));
  await page.keyboard.press("c");
  await until("c shows them", () => captionShown(learner));
});

/** Whether a caption of the clip in view stands over the picture (the text twin beside it does not count). */
const captionShown = (learner) =>
  learner.page.evaluate(() => {
    const article = document.querySelector("article:not([inert])");
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, (node) =>
      /: second \d/.test(node.data) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP,
    );
    while (walker.nextNode()) if (walker.currentNode.parentElement.checkVisibility({ visibilityProperty: true })) return true;
    return false;
  });

journey("it starts muted, the wish for sound is remembered, and a hidden tab is silent", async (stage) => {
  const { learner } = await open(stage);
  const first = await learner.openFeed();
  assert.equal(first.muted, true, "autoplay begins muted");
  await learner.sound.tap();
  await learner.sees("sound", (clip) => clip.muted === false && !clip.paused);
  await learner.swipeUp();
  const second = await learner.nextAfter(first);
  await learner.sees("the next clip sounds too", (clip) => clip.title === second.title && !clip.muted && !clip.paused);

  const other = await learner.page.context().newPage();
  await other.goto("about:blank");
  await other.bringToFront();
  await setHidden(learner.page, true);
  await until("nothing sounds in a hidden tab", () =>
    learner.page.evaluate(() => [...document.querySelectorAll("video, audio")].every((one) => one.paused || one.muted)),
  );
  await other.close();
  await setHidden(learner.page, false);
  await learner.sees("it goes on when the tab comes back", (clip) => !clip.paused);

  await learner.page.reload();
  await learner.sees("after a reload something plays, muted if the browser insists", (clip) => !clip.paused);
  await learner.tapAt();
  await learner.tapAt();
  await learner.sees("sound is back after a tap", (clip) => clip.muted === false, { timeout: 5000 });
});

/** Headless Chromium has no window that could be covered: the page is told what a covered window is told. */
const setHidden = (page, hidden) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

journey("a tap pauses, a hold plays at double speed, two taps like", async (stage) => {
  const { server, learner } = await open(stage);
  const clip = await learner.openFeed();
  await learner.tapAt();
  await learner.sees("a tap pauses", (now) => now.paused);
  await learner.button("Play clip").waitFor();
  await learner.tapAt();
  await learner.sees("a tap plays", (now) => !now.paused);

  await learner.hold();
  await learner.sees("a held finger doubles the speed", (now) => now.rate === 2);
  await learner.lift();
  await learner.sees("a lifted finger ends it, still playing", (now) => now.rate === 1 && !now.paused);

  assert.match(await learner.like.textContent(), /0|like/i);
  await learner.doubleTapAt();
  await until("the heart is pressed", async () => (await learner.like.getAttribute("aria-pressed")) === "true");
  await until("it counts", async () => /\b1\b/.test(await learner.like.textContent()));
  assert.equal((await learner.look()).paused, false, "liking does not pause");
  await until("the server kept the like", async () => {
    const rows = await server.rows("SELECT c.title, c.like_count FROM likes l JOIN clips c ON c.id = l.clip_id");
    return rows.length === 1 && rows[0].title === clip.title && rows[0].like_count === 1;
  });
  // Two more taps like again, they never take the like back.
  await learner.doubleTapAt();
  await learner.sees("still playing", (now) => !now.paused);
  assert.equal(await learner.like.getAttribute("aria-pressed"), "true");
  await learner.like.tap();
  await until("the heart takes it back", async () => (await server.rows("SELECT 1 FROM likes")).length === 0);
});

journey("likes of others arrive while one looks", async (stage) => {
  const { server, learner } = await open(stage);
  const clip = await learner.openFeed();
  const other = await stage.learner(server);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", clip.title);
  await other.openFeed(`/clip/${id}`);
  await other.like.tap();
  await until("the like is kept", async () => (await server.rows("SELECT 1 FROM likes")).length === 1);
  await learner.swipeUp();
  await learner.nextAfter(clip);
  await learner.swipeDown();
  await learner.sees("the first clip again", (now) => now.settled && now.title === clip.title);
  // Counts are asked for every 15 seconds.
  await until("the count of the other's like", async () => /\b1\b/.test(await learner.like.textContent()), { timeout: 30_000 });
});

journey("the seek bar seeks by finger and by key, and tells the time", async (stage) => {
  const { server, learner } = await open(stage);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'Slow and steady'");
  await learner.openFeed(`/clip/${id}`);
  await learner.tapAt();
  await learner.sees("paused", (clip) => clip.paused);
  const box = await learner.seek.boundingBox();
  assert.ok(box.height >= 24, `the bar can be hit: ${box.height} px`);
  const y = box.y + box.height / 2;
  await learner.drag([box.x + box.width * 0.1, y], [box.x + box.width * 0.75, y], 200);
  const dragged = await learner.sees("three quarters in", (clip) => Math.abs(clip.at - 18) < 2 && clip.settled);
  assert.equal(dragged.title, "Slow and steady", "seeking is no swipe");
  await learner.seek.focus();
  await learner.page.keyboard.press("ArrowLeft");
  const back = await learner.sees("back by key", (clip) => clip.at < dragged.at - 2);
  assert.match(await learner.seek.getAttribute("aria-valuetext"), new RegExp(`${Math.floor(back.at)} .*24`));
  await learner.page.keyboard.press("Home");
  await learner.sees("at the start", (clip) => clip.at < 0.5);
  await learner.page.keyboard.press("End");
  await learner.sees("at the end", (clip) => clip.at > 22);
});

journey("speed, captions and their size and ground are the learner's, and stay", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  await learner.openFeed();
  await learner.more.tap();
  const more = learner.dialog(/^more/i);
  await learner.option("Speed", /^0[.,]5$/).tap();
  await learner.sees("half speed", (clip) => clip.rate === 0.5);
  await page.keyboard.press("Escape");
  await more.waitFor({ state: "hidden" });
  const before = await learner.look();
  await learner.swipeUp();
  await learner.nextAfter(before);
  await learner.sees("the speed stays for the next clip", (clip) => clip.rate === 0.5 && !clip.paused);

  await page.goto("/settings");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await learner.openFeed("/");
  const usual = await captionStyle(learner);
  await page.goto("/settings");
  await learner.option("Caption size", "Large").tap();
  await learner.option("Caption background", "Solid").tap();
  await until("the server keeps the settings", async () => {
    const kept = Object.fromEntries((await server.rows("SELECT field, value FROM settings_fields")).map(({ field, value }) => [field, JSON.parse(value)]));
    return kept.caption_size === "large" && kept.caption_background === "solid";
  });
  await learner.openFeed("/");
  const chosen = await captionStyle(learner);
  assert.ok(chosen.size >= usual.size * 1.15, `larger captions: ${usual.size} to ${chosen.size}`);
  assert.notEqual(chosen.ground, usual.ground, "another ground");
  assert.ok(usual.size >= 18, `captions are at least 18 px: ${usual.size}`);
});

const captionStyle = (learner) =>
  until("a caption", () =>
    learner.page.evaluate(() => {
      const article = document.querySelector("article:not([inert])");
      const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, (node) =>
        /: second \d/.test(node.data) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP,
      );
      const node = walker.nextNode();
      if (!node || !node.parentElement.checkVisibility({ visibilityProperty: true })) return null;
      const style = getComputedStyle(node.parentElement);
      return { size: parseFloat(style.fontSize), ground: style.backgroundColor };
    }),
  );

journey("the text twin says the same as the clip and plays from a line", async (stage) => {
  const { server, learner } = await open(stage);
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'Slow and steady'");
  await learner.openFeed(`/clip/${id}`);
  await learner.button("Text").tap();
  await learner.page.getByText("Slow and steady: second 1").filter({ visible: true }).first().waitFor();
  await learner.button(/^play from 0:1\d/i).first().tap();
  await learner.sees("it plays from there", (clip) => clip.at >= 9);
  await learner.button(/back to the clip|close/i).first().tap();
  await learner.sees("the clip is back", (clip) => clip.settled && clip.title === "Slow and steady");
  await learner.swipeLeft();
  await learner.page.getByText("Slow and steady: second 1").filter({ visible: true }).first().waitFor();
});

journey("with auto-advance the next clip comes by itself, but never over an open question", async (stage) => {
  const { server, learner } = await open(stage, PHONE, true);
  const { page } = learner;
  await page.goto("/settings");
  await page.getByRole("switch", { name: /go on to the next clip/i }).tap();
  // Nobody is signed in yet, not even a guest: the browser keeps it.
  await until("it is kept", () => page.evaluate(() => Object.values(localStorage).some((kept) => /"auto_advance":true/.test(kept))));
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = 'A quiet one'");
  const quiet = await learner.openFeed(`/clip/${id}`);
  await learner.sees("the next clip without a finger", (clip) => clip.settled && clip.title && clip.title !== quiet.title, { timeout: 15_000 });

  const [asked] = await server.rows("SELECT c.id, c.title FROM clips c JOIN clip_questions q ON q.clip_id = c.id WHERE c.title = 'Third question'");
  await learner.openFeed(`/clip/${asked.id}`);
  await learner.question.waitFor();
  // Longer than the clip has left: time alone must change nothing.
  await page.waitForTimeout(6500);
  assert.equal(await learner.question.isVisible(), true, "the question waits");
  assert.equal((await learner.look()).title, asked.title);
});

journey("autoplay switched off: a clip waits for a tap", async (stage) => {
  const { learner } = await open(stage);
  const { page } = learner;
  await page.goto("/settings");
  await page.getByRole("switch", { name: /play by itself/i }).tap();
  await page.goto("/");
  await learner.button("Play clip").waitFor();
  assert.equal((await learner.look()).paused, true);
  await learner.tapAt();
  await learner.sees("it plays after a tap", (clip) => !clip.paused && clip.at > 0);
});

journey("a killed browser comes back to the same clip at the same second", async (stage) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`, { questions: false }) });
  const learner = await stage.learnerWithProfile(server, "profile");
  await learner.openFeed();
  for (let i = 0; i < 20 && (await learner.look()).title !== "Slow and steady"; i += 1) {
    const before = await learner.look();
    await learner.page.keyboard.press("j");
    await learner.nextAfter(before);
  }
  const left = await learner.sees("eight seconds in", (clip) => clip.title === "Slow and steady" && clip.at > 8, { timeout: 20_000 });
  await learner.page.context().close();
  const again = await stage.learnerWithProfile(server, "profile");
  await again.page.goto("/");
  const back = await again.sees("a playing clip", (clip) => clip.settled && !clip.paused && clip.at > 0);
  assert.equal(back.title, left.title);
  assert.ok(back.at > left.at - 2.5 && back.at < left.at + 4, `left at ${left.at}, back at ${back.at}`);
});

journey("a clip looks right at once: poster first, never black", async (stage) => {
  const { learner } = await open(stage);
  const { page } = learner;
  const html = await (await page.request.get("/")).text();
  assert.match(html, /<video[^>]+poster="\/media\//, "the first clip and its poster are in the page the server sends");
  await learner.openFeed();
  for (let i = 0; i < 3; i += 1) {
    const before = await learner.look();
    await learner.swipeUp({ ms: 60 });
    const next = await learner.nextAfter(before);
    assert.ok(next.shows, `"${next.title}" shows its poster or a frame as it arrives`);
  }
});

journey("topics narrow the feed and the author has a page", async (stage) => {
  const { server, learner } = await open(stage);
  const clip = await learner.openFeed();
  const author = (await server.rows("SELECT display_name, handle FROM people WHERE id = (SELECT author_id FROM clips LIMIT 1)"))[0];
  await learner.link(new RegExp(author.display_name)).first().tap();
  await learner.heading(author.display_name).waitFor();
  assert.equal(new URL(learner.page.url()).pathname, `/@${author.handle}`);
  await learner.page.goBack();
  await learner.sees("back at the same clip", (now) => now.settled && now.title === clip.title);

  const [{ topic_id: topic, n }] = await server.rows("SELECT topic_id, COUNT(*) AS n FROM clip_topics GROUP BY topic_id ORDER BY topic_id LIMIT 1");
  const other = await stage.learner(server);
  let last = await other.openFeed(`/topic/${topic}`);
  const seen = new Set([last.title]);
  for (let i = 1; i < n; i += 1) {
    await other.swipeUp({ ms: 60 });
    last = await other.nextAfter(last);
    seen.add(last.title);
  }
  assert.equal(seen.size, n, "every clip on the topic, each once");
  const expected = await server.rows("SELECT c.title FROM clips c JOIN clip_topics t ON t.clip_id = c.id WHERE t.topic_id = ?", topic);
  for (const title of seen) assert.ok(expected.some((row) => row.title === title), `"${title}" is on ${topic}`);
});

journey("phone and desktop find the same actions", async (stage) => {
  const { server, learner } = await open(stage, PHONE);
  await learner.openFeed();
  const wide = await stage.learner(server, DESKTOP);
  await wide.openFeed();
  for (const one of [learner, wide]) {
    for (const part of [one.like, one.save, one.more, one.seek, one.button("Pause clip")]) {
      await part.first().waitFor();
    }
  }
});

journey("nothing repeats over a whole session, and the end is said", async (stage) => {
  const { server, learner } = await open(stage);
  const seen = [(await learner.openFeed()).title];
  for (let i = 1; i < CLIPS.length; i += 1) {
    await learner.swipeUp({ ms: 60 });
    seen.push((await learner.nextAfter({ title: seen.at(-1) })).title);
  }
  assert.deepEqual([...seen].sort(), CLIPS.map((clip) => clip.title).sort(), "every clip once");
  await learner.swipeUp();
  await learner.heading(/seen every clip/i).first().waitFor();
  // What was watched is gathered for some seconds before it is sent.
  await until("the server knows what was seen", async () => (await server.rows("SELECT DISTINCT clip_id FROM watches")).length === CLIPS.length, { timeout: 30_000 });
  await learner.page.reload();
  await learner.heading(/seen every clip/i).first().waitFor();
});

journey("a sheet is pulled down to close; a short pull lets it spring back", async (stage) => {
  const { learner } = await open(stage);
  await learner.openFeed();
  await learner.more.tap();
  const sheet = learner.dialog("More");
  await sheet.waitFor();
  const pull = async (by, ms) => {
    // Where the sheet is at rest: it comes in moving.
    const box = await until("the sheet at rest", async () => {
      const [one, two] = [await sheet.locator("h2").boundingBox(), await sheet.locator("h2").boundingBox()];
      return one.y === two.y && one;
    });
    await learner.drag([box.x + 20, box.y + 8], [box.x + 20, box.y + 8 + by], ms);
  };
  await pull(50, 600);
  await until("back where it was", async () => (await sheet.locator(".sheet").evaluate((one) => getComputedStyle(one).transform)) === "none");
  assert.ok(await sheet.isVisible(), "a short pull does not close it");
  await pull(240, 300);
  await sheet.waitFor({ state: "hidden" });
});

journey("the text over a phone's clip: the clip stands while one reads, and goes on after", async (stage) => {
  const { learner } = await open(stage);
  await learner.openFeed();
  await learner.swipeLeft();
  await learner.sees("the clip stands", (clip) => clip.paused);
  const back = learner.button("Back to the clip");
  // Chromium takes a touch right after a drag for the end of that drag.
  await until("the text is closed", async () => {
    if ((await back.count()) > 0) await back.tap({ timeout: 1000 });
    return (await back.count()) === 0;
  }, { every: 500 });
  await learner.sees("the clip goes on", (clip) => !clip.paused);
});

journey("the day's goal stops the feed between two clips, once a day", async (stage) => {
  const { server, learner } = await open(stage);
  await learner.page.goto("/welcome");
  await learner.api("POST", "/api/session/guest", {});
  const { body: settings } = await learner.api("GET", "/api/me/settings");
  await learner.api("PUT", "/api/me/settings", { settings: { ...settings, daily_goal_minutes: 3 } });
  // Watched on another device today.
  const [{ id: clip_id }] = await server.rows("SELECT id FROM clips WHERE title = 'Slow and steady'");
  const stretches = Array.from({ length: 10 }, (_, at) => ({
    watch_id: `01ARZ3NDEKTSV4RRFFQ69G5F${String(at).padStart(2, "0")}`,
    clip_id,
    from_ms: 0,
    to_ms: 20_000,
    started_at_ms: Date.now() - 25_000 * (11 - at),
    finished: false,
  }));
  const { status } = await learner.api("POST", "/api/watch", { stretches, utc_offset_minutes: 0 });
  assert.equal(status, 200);
  const first = await learner.openFeed();
  await until("the ring knows", async () => /^[1-9]/.test(await learner.page.locator(".stage__goal .num").textContent()));
  assert.equal(await learner.dialog().count(), 0, "nothing stops inside a clip");
  await learner.swipeUp();
  await learner.heading(/your 3 minutes/i).waitFor();
  await learner.button("Stop for today").tap();
  await learner.page.waitForURL(/\/me$/);
  await learner.heading("Me").waitFor();
  await learner.openFeed();
  const second = await learner.look();
  assert.ok(second.title, `the feed is open to who comes back, after "${first.title}"`);
  await learner.swipeUp();
  await learner.nextAfter(second);
  assert.equal(await learner.dialog().count(), 0, "once a day is enough");
});

journey("a topic watched to its end says so, and leads on", async (stage) => {
  const { server, learner } = await open(stage);
  const [{ topic_id: topic, n }] = await server.rows("SELECT topic_id, COUNT(*) AS n FROM clip_topics GROUP BY topic_id ORDER BY n LIMIT 1");
  let clip = await learner.openFeed(`/topic/${topic}`);
  for (let i = 1; i < n; i += 1) {
    await learner.page.keyboard.press("j");
    clip = await learner.nextAfter(clip);
  }
  await learner.page.keyboard.press("j");
  await learner.heading("That’s all on this topic").waitFor();
  assert.equal(await learner.sound.count(), 0, "no sound button where nothing sounds");
  await learner.link("Go to the feed").tap();
  await learner.sees("the feed", (clip) => clip.settled && clip.title);
});
