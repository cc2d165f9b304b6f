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

const playable = (server, timeout = 60_000) =>
  until("the film is playable", async () => (await mediaState(server)).media_state === "playable", { timeout });

journey("from a file to a clip in the feed", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  const file = hasContent ? path.join(CONTENT, "video/flutter__bee.mp4") : path.join(stage.folder, "bee.mp4");
  if (!existsSync(file)) await film(file, { seconds: 4, short: 720, hue: 3 });
  await choose(learner, file);
  const states = new Set();
  await until("the film is playable, by the words on the screen", async () => {
    for (const word of ["Uploading", "Checking", "Preparing", "Transcoding", "Encoding", "Ready", "Playable"]) {
      if (await page.getByText(new RegExp(word, "i")).filter({ visible: true }).count()) states.add(word);
    }
    const { media_state: state } = await mediaState(server);
    return state === "playable" && (states.has("Ready") || states.has("Playable") || states.size > 1);
  }, { timeout: 60_000 });
  assert.ok(states.size >= 2, `the stages were told: ${[...states]}`);

  await learner.field(/^title/i).fill("A bee on a flower");
  await learner.field(/^(alt|what the picture shows|describe)/i).fill("A bee climbs over a yellow flower and flies off.");
  await learner.button(/publish/i).tap();
  await page.getByText(/captions/i).filter({ visible: true }).first().waitFor();
  assert.equal((await server.rows("SELECT 1 FROM clips WHERE published")).length, 0, "not without captions");

  const captions = path.join(stage.folder, "bee.srt");
  writeFileSync(captions, "1\n00:00:00,000 --> 00:00:01,500\nA bee looks for nectar.\n\n2\n00:00:03,000 --> 00:00:02,000\nThis cue ends before it begins.\n\n3\n00:00:02,000 --> 00:00:03,500\nIt takes pollen along.\n");
  await page.locator('input[type="file"][accept*="vtt"], input[type="file"][accept*="srt"]').first().setInputFiles(captions);
  await page.getByText(/line 6/i).filter({ visible: true }).first().waitFor();
  await page.getByDisplayValue?.("A bee looks for nectar.");
  await until("both good cues are there to be edited", async () =>
    page.evaluate(() => [...document.querySelectorAll("input, textarea")].filter((field) => /nectar|pollen/.test(field.value)).length === 2));
  const cue = page.locator("input, textarea").filter({ visible: true });
  await until("a cue is corrected", async () => {
    for (const field of await cue.all()) {
      if (/nectar/.test(await field.inputValue().catch(() => ""))) {
        await field.fill("A bee drinks nectar.");
        return true;
      }
    }
    return false;
  });
  await until("the server has the captions", async () => /drinks nectar/.test((await server.rows("SELECT captions FROM clips"))[0].captions), { timeout: 15_000 });

  await page.getByRole("group", { name: /topics/i }).getByRole("button").or(page.getByRole("group", { name: /topics/i }).getByRole("checkbox")).first().tap();
  await addQuestion(learner);
  await learner.button(/^publish/i).tap();
  await until("it is published", async () => (await server.rows("SELECT 1 FROM clips WHERE published")).length === 1, { timeout: 15_000 });

  const [{ id }] = await server.rows("SELECT id FROM clips");
  const stranger = await stage.learner(server);
  const seen = await stranger.openFeed();
  assert.equal(seen.title, "A bee on a flower");
  await stranger.question.waitFor();
  await stranger.answer("Nectar");
  await stranger.heading("Right").waitFor();

  await page.goto(`/make/${id}`);
  await learner.field(/^title/i).fill("A bee at work");
  await until("the new title is kept", async () => (await server.rows("SELECT title FROM clips"))[0].title === "A bee at work", { timeout: 15_000 });
  assert.equal((await (await fetch(`${server.url}/api/clips/${id}`)).json()).title, "A bee at work");

  await learner.button(/delete/i).first().tap();
  const sure = learner.page.getByRole("alertdialog").or(learner.page.getByRole("dialog")).filter({ visible: true });
  await sure.getByRole("button", { name: /^delete/i }).tap();
  await until("the clip is gone", async () => (await server.rows("SELECT 1 FROM clips")).length === 0);
  assert.equal((await fetch(`${server.url}/api/clips/${id}`)).status, 404);
}, { timeout: 180_000 });

async function addQuestion(learner) {
  await learner.button(/add a question|question/i).first().tap();
  await learner.field(/^question/i).first().fill("What does the bee drink?");
  await learner.page.getByRole("textbox", { name: /^(choice|answer) (1|a)/i }).first().fill("Nectar");
  await learner.page.getByRole("textbox", { name: /^(choice|answer) (2|b)/i }).first().fill("Dew");
  await learner.page.getByRole("radio", { name: /right/i }).first().check();
  await learner.field(/why|reason|explanation/i).first().fill("Bees drink nectar and make honey of it.");
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
  await page.getByText(/waiting|offline|no connection|paused|interrupted/i).filter({ visible: true }).first().waitFor({ timeout: 15_000 });
  const before = await received();
  assert.ok(before < 24 << 20, "it is not complete");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.reload();
  const patches = [];
  page.on("request", (request) => request.method() === "PATCH" && /\/api\/uploads\//.test(request.url()) && patches.push(Number(request.headers()["upload-offset"])));
  const again = page.locator('input[type="file"]');
  // Browsers forget a chosen file at a reload, unless the app kept it: choosing the same file again is a fair request.
  await until("it goes on", async () => {
    if (await page.getByText(/choose (it|the file|the same file) again/i).filter({ visible: true }).count()) await again.first().setInputFiles(file);
    return patches.length > 0;
  }, { timeout: 20_000, every: 300 });
  await playable(server, 90_000);
  assert.ok(patches[0] >= before, `it went on at ${patches[0]} of ${before}, not from the start`);
  assert.equal((await server.rows("SELECT 1 FROM clips")).length, 1, "one clip, not two");
}, { timeout: 180_000 });

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
      [odd("patt__read_passwd.avi"), ["playlist", "not_video", "broken"]],
      [odd("ax__drm_sample_fragmented_clearkey.mp4"), ["encrypted"]],
    );
  } else {
    console.log(`   ${CONTENT} is not there: its odd files were not tried`);
  }
  for (const [file, reasons] of files) {
    await choose(learner, file);
    const latest = () => server.rows("SELECT id, media_state, refusal, file_name FROM clips ORDER BY created_at_ms DESC, id DESC LIMIT 1");
    const shown = page.getByRole("alert").or(page.getByText(/can.t use|isn.t a|is not a|empty|no picture|encrypted|playlist|still picture|broken/i)).filter({ visible: true }).first();
    await shown.waitFor({ timeout: 30_000 });
    const [row] = await latest();
    // An empty file may be told before anything is sent.
    if (row && row.file_name === path.basename(file)) {
      await until(`${path.basename(file)} is refused`, async () => (await latest())[0].media_state === "refused", { timeout: 30_000 });
      assert.ok(reasons.includes((await latest())[0].refusal), `${path.basename(file)}: ${(await latest())[0].refusal}`);
    }
    assert.ok(await page.getByRole("button", { name: /another|choose/i }).or(page.getByText(/choose another/i)).filter({ visible: true }).count(), `${path.basename(file)}: a way on`);
  }
}, { timeout: 180_000 });

journey("a guest who wants to make is led to an account and back", async (stage) => {
  const server = await stage.server();
  const learner = await stage.learner(server);
  await learner.page.goto("/make");
  await learner.page.getByRole("heading").filter({ visible: true }).first().waitFor();
  await learner.link(/account|sign in|keep what you/i).or(learner.button(/account|sign in/i)).first().waitFor();
  assert.equal(await learner.page.locator('input[type="file"]').filter({ visible: true }).count(), 0);
});
