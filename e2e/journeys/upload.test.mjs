// A creator brings a film: uploaded over a bad network, checked, encoded, captioned, given a question, published, found in
// the feed, changed and deleted. And the files that are refused, each with its reason and a way on.
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PHONE, assert, journey, until } from "../harness.mjs";
import { CONTENT, film, hasContent } from "../library.mjs";
import { makeAccount } from "../account.mjs";

/** A server without the demo library: the only clips on it are those of the journey. */
const open = async (stage, options = PHONE) => {
  const server = await stage.server({ args: ["--no-demo"] });
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
  const server = await stage.server({ args: ["--no-demo"] });
  const learner = await stage.learner(server);
  await learner.page.goto("/make");
  await learner.heading("Making clips needs an account").waitFor();
  await learner.link("Make an account").or(learner.button("Make an account")).first().waitFor();
  assert.equal(await learner.page.locator('input[type="file"]').filter({ visible: true }).count(), 0);
});

journey("from a file to a clip in the feed", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  const file = hasContent ? path.join(CONTENT, "video/flutter__bee.mp4") : path.join(stage.folder, "bee.mp4");
  if (!existsSync(file)) await film(file, { seconds: 4, short: 720, hue: 3 });
  const told = tellStates(page);
  await choose(learner, file);
  await playable(server);
  await learner.button(/use this frame/i).waitFor({ timeout: 20_000 });
  const states = await told();
  assert.ok(states.some((text) => /Uploading/.test(text)), `the upload was told: ${states}`);
  assert.ok(states.some((text) => /Checking|Preparing/.test(text)), `the work on it was told: ${states}`);

  await learner.field("Title").fill("A bee on a flower");
  await learner.field(/what the picture shows/i).fill("A bee climbs over a yellow flower and flies off.");
  await page.getByRole("group", { name: "Topics" }).getByRole("button").first().click();
  await learner.field("Licence").selectOption({ index: 1 });
  await page.getByText("Add captions: many watch without sound").filter({ visible: true }).first().waitFor();
  assert.equal(await learner.button("Publish").isEnabled(), false, "not without captions");

  const captions = path.join(stage.folder, "bee.srt");
  writeFileSync(captions, "1\n00:00:00,000 --> 00:00:01,500\nA bee looks for nectar.\n\n2\n00:00:03,000 --> 00:00:02,000\nThis cue ends before it begins.\n\n3\n00:00:02,000 --> 00:00:03,500\nIt takes pollen along.\n");
  await page.getByLabel("Load a file").setInputFiles(captions);
  await page.getByText(/^Line 6: it ends before it starts/).waitFor();
  await learner.field("Caption 1").fill("A bee drinks nectar.");
  assert.equal(await learner.field("Caption 2").inputValue(), "It takes pollen along.");
  await until("the server has the captions", async () => /drinks nectar/.test((await server.rows("SELECT captions FROM clips"))[0].captions), { timeout: 15_000 });

  // The same captions in a second language: begun from the first, written over, and each stays what it is.
  const tracks = async () => JSON.parse((await server.rows("SELECT captions FROM clips"))[0].captions);
  await learner.button("Add a language").click();
  await learner.field("Language of these captions").selectOption({ label: "Italian" });
  await learner.button(/^Begin with the captions in English/).click();
  await learner.field("Caption 1").fill("Un'ape beve nettare.");
  await until(
    "the server has both languages",
    async () => JSON.stringify((await tracks()).map((track) => [track.language, track.cues[0].text])) === JSON.stringify([["en", "A bee drinks nectar."], ["it", "Un'ape beve nettare."]]),
    { timeout: 15_000 },
  );
  await learner.button("English").click();
  assert.equal(await learner.field("Caption 1").inputValue(), "A bee drinks nectar.");

  // The maker goes to the second second, makes that frame the cover and asks there.
  const cover = async () => (await server.rows("SELECT cover_ms, poster_key FROM clips"))[0];
  const before = await cover();
  await page.locator("video").evaluate((video) => (video.currentTime = 2));
  await learner.button(/use this frame/i).click();
  await until("the cover is made of that frame", async () => {
    const now = await cover();
    return now.cover_ms === 2000 && now.poster_key !== before.poster_key;
  }, { timeout: 30_000 });
  await learner.button("Ask at the playhead").click();
  await learner.field("Question").fill("What does the bee drink?");
  await learner.field("Choice 1").fill("Nectar");
  await learner.field("Choice 2").fill("Dew");
  for (let spare = await learner.field(/^Choice \d$/).count(); spare > 2; spare -= 1) await learner.button(`Remove choice ${spare}`).click();
  await page.getByRole("radio", { name: "Choice 1 is right" }).check();
  await learner.field("Why this is right").fill("Bees drink nectar and make honey of it.");
  await until("the server has the question", async () => (await server.rows("SELECT content FROM questions")).some((row) => /Nectar/.test(row.content)), { timeout: 15_000 });
  await until("it can be published", () => learner.button("Publish").isEnabled());
  await learner.button("Publish").click();
  await until("it is published", async () => (await server.rows("SELECT 1 FROM clips WHERE published")).length === 1, { timeout: 15_000 });

  const [{ id }] = await server.rows("SELECT id FROM clips");
  const stranger = await stage.learner(server);
  const seen = await stranger.openFeed();
  assert.equal(seen.title, "A bee on a flower");
  await stranger.question.waitFor();
  await stranger.answer("Nectar");
  await stranger.verdict("Right").waitFor();

  await page.goto(`/make/${id}`);
  await learner.field("Title").fill("A bee at work");
  await until("the new title is kept", async () => (await server.rows("SELECT title FROM clips"))[0].title === "A bee at work", { timeout: 15_000 });
  await until("and shown", async () => (await (await fetch(`${server.url}/api/clips/${id}`)).json()).title === "A bee at work");

  await learner.button("Delete clip").click();
  await learner.page.getByRole("dialog").or(learner.page.getByRole("alertdialog")).getByRole("button", { name: /^delete/i }).click();
  await until("the clip is gone", async () => (await server.rows("SELECT 1 FROM clips")).length === 0);
  assert.equal((await fetch(`${server.url}/api/clips/${id}`)).status, 404);
}, { timeout: 300_000 });

/** Watches what the page says of the film on its way; the function returned gives all that was said. */
function tellStates(page) {
  const said = new Set();
  const watch = setInterval(async () => {
    const text = await page.evaluate(() => document.querySelector("main")?.innerText ?? "").catch(() => "");
    for (const line of text.match(/(Uploading|Checking the video|Preparing it for every screen)[^\n]*/g) ?? []) said.add(line);
  }, 60);
  return async () => {
    clearInterval(watch);
    return [...said];
  };
}

journey("a network that breaks in the middle: the upload goes on where it was, also after a reload", async (stage) => {
  stage.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|Failed to fetch|net::ERR/);
  const { server, learner } = await open(stage);
  const { page } = learner;
  const file = path.join(stage.folder, "long.mp4");
  await film(file, { seconds: 20, short: 720, hue: 5 });
  // Padded so that it does not arrive in one breath: players skip a free box at the end.
  const { appendFileSync } = await import("node:fs");
  const padding = Buffer.alloc(24 << 20);
  padding.writeUInt32BE(padding.length, 0);
  padding.write("free", 4);
  appendFileSync(file, padding);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 20, downloadThroughput: 4e6, uploadThroughput: 4e6 });
  await choose(learner, file);
  const received = async () => (await server.rows("SELECT received_bytes FROM uploads"))[0]?.received_bytes ?? 0;
  await until("a part has arrived", async () => (await received()) > 1 << 20, { timeout: 30_000 });
  await cdp.send("Network.emulateNetworkConditions", { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 });
  await page.getByText(/waiting for the network/i).filter({ visible: true }).first().waitFor({ timeout: 15_000 });
  const before = await received();
  assert.ok(before < 24 << 20, "it is not complete");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.reload();
  const patches = [];
  page.on("request", (request) => request.method() === "PATCH" && /\/api\/uploads\//.test(request.url()) && patches.push(Number(request.headers()["upload-offset"])));
  const again = page.locator('input[type="file"]');
  // Browsers forget a chosen file at a reload, unless the app kept it: choosing the same file again is a fair request.
  await until("it goes on", async () => {
    if (await page.getByText(/choose the (same )?file again/i).filter({ visible: true }).count()) await again.first().setInputFiles(file);
    return patches.length > 0;
  }, { timeout: 20_000, every: 300 });
  await playable(server);
  assert.ok(patches[0] >= before, `it went on at ${patches[0]} of ${before}, not from the start`);
  assert.equal((await server.rows("SELECT 1 FROM clips")).length, 1, "one clip, not two");
}, { timeout: 300_000 });

journey("files that are no clip are refused with a reason and a way on", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  const made = (name, bytes) => {
    const file = path.join(stage.folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  const files = [
    [made("empty.mp4", ""), ["empty"]],
    [made("letter.mp4", "Dear reader, this is no film."), ["not_video"]],
    [made("list.m3u8", "#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"), ["playlist", "not_video"]],
  ];
  if (hasContent) {
    const odd = (name) => path.join(CONTENT, "odd", name);
    files.push(
      [odd("pillow__hopper_orientation_6.jpg"), ["still_image", "not_video"]],
      [odd("ax__mp4_long_edit_list_audioonly.mp4"), ["no_picture"]],
      [odd("patt__read_passwd.avi"), ["playlist", "not_video", "broken", "no_picture"]],
      [odd("ax__drm_sample_fragmented_clearkey.mp4"), ["encrypted"]],
    );
  } else {
    console.log(`   ${CONTENT} is not there: its odd files were not tried`);
  }
  for (const [file, reasons] of files) {
    await choose(learner, file);
    const latest = () => server.rows("SELECT id, media_state, refusal, file_name FROM clips ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    const shown = page.getByRole("alert").or(page.getByText(/empty/i)).filter({ visible: true }).first();
    await shown.waitFor({ timeout: 30_000 });
    const [row] = await latest();
    // An empty file may be told before anything is sent.
    if (row && row.file_name === path.basename(file)) {
      await until(`${path.basename(file)} is refused`, async () => (await latest())[0].media_state === "refused", { timeout: 30_000 });
      assert.ok(reasons.includes((await latest())[0].refusal), `${path.basename(file)}: ${(await latest())[0].refusal}`);
    }
    assert.ok(await page.getByText(/choose (another|a) video/i).filter({ visible: true }).count(), `${path.basename(file)}: a way on`);
  }
}, { timeout: 300_000 });
