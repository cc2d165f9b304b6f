// Two servers on one PostgreSQL and one S3 bucket serve the same people: who asked which of them makes no difference.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { assert, journey, until } from "../harness.mjs";
import { film, importClips, writeFilms, CLIPS } from "../library.mjs";
import { makeAccount } from "../account.mjs";
import { Program, TARGET, freePort } from "../server.mjs";

const run = promisify(execFile);
const POSTGRES = process.env.MINNOW_TEST_POSTGRES_URL;
const S3 = process.env.MINNOW_S3_SERVER ?? path.join(TARGET, "debug/examples/s3_server");

/** A database of this journey's own, and rows from it. */
async function database(stage) {
  if (!POSTGRES) throw new Error("MINNOW_TEST_POSTGRES_URL is not set: ./x test --only journeys starts a PostgreSQL");
  const name = `journey_${randomBytes(6).toString("hex")}`;
  await run("psql", [POSTGRES, "-qc", `CREATE DATABASE ${name}`]);
  stage.closing.add(() => run("psql", [POSTGRES, "-qc", `DROP DATABASE ${name} WITH (FORCE)`]));
  const url = new URL(POSTGRES);
  url.pathname = `/${name}`;
  const rows = async (sql) => {
    const { stdout } = await run("psql", [url.href, "-qAt", "-c", `SELECT COALESCE(json_agg(t), '[]') FROM (${sql}) t`]);
    return JSON.parse(stdout);
  };
  return { url: url.href, rows };
}

async function bucket(stage) {
  if (!existsSync(S3)) throw new Error(`no S3 server at ${S3}: cargo build -p minnow --example s3_server`);
  const port = await freePort();
  mkdirSync(stage.folder, { recursive: true });
  const program = new Program(S3, [`127.0.0.1:${port}`, path.join(stage.folder, "s3"), "clips"], { log: path.join(stage.folder, "s3.log") });
  stage.closing.add(() => program.end());
  await until("the S3 server", async () => {
    if (program.exited !== null) throw new Error(readFileSync(program.log, "utf8"));
    return (await fetch(`http://127.0.0.1:${port}/clips`)).status < 500;
  });
  return `s3://clips?endpoint=http://127.0.0.1:${port}`;
}

journey("two servers, one database, one bucket: the same people, clips, answers and uploads", async (stage) => {
  const { url: databaseUrl, rows } = await database(stage);
  const mediaUrl = await bucket(stage);
  const films = path.join(stage.folder, "films");
  await writeFilms(films, CLIPS.slice(0, 4));
  const flags = ["--data-dir", path.join(stage.folder, "import"), "--database-url", databaseUrl, "--media-url", mediaUrl];
  const { code, lines, stderr } = await importClips(films, flags);
  assert.equal(code, 0, `${JSON.stringify(lines)}\n${stderr}`);

  const node = async (name, publicUrl) => {
    const server = await stage.server({
      dataDir: path.join(stage.folder, name),
      databaseUrl,
      mediaUrl,
      env: publicUrl ? { MINNOW_PUBLIC_URL: publicUrl } : {},
    });
    server.rows = rows;
    return server;
  };
  const a = await node("a");
  const b = await node("b");

  // A session made on A works on B: cookies do not know ports.
  const learner = await stage.learner(a);
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  const { page } = learner;
  const on = (server) => {
    learner.server = server;
    return `${server.url}`;
  };
  await page.goto(on(b));
  await learner.sees("a clip from the other server", (clip) => clip.settled && !clip.paused && clip.at > 0);
  assert.equal((await learner.api("GET", "/api/session")).body.person.handle, "mara");

  // A like on B is seen on A by somebody else, soon.
  const [{ id }] = await rows("SELECT id FROM clips WHERE title = 'Counting to seven'");
  await page.goto(`${on(b)}/clip/${id}`);
  await learner.sees("the clip", (clip) => clip.settled && clip.at > 0);
  await learner.like.tap();
  await until("kept", async () => (await rows("SELECT 1 AS one FROM likes")).length === 1);
  const stranger = await stage.learner(a);
  await stranger.openFeed(`/clip/${id}`);
  await until("the like is counted on A", async () => /\b1\b/.test(await stranger.like.textContent()), { timeout: 15_000 });

  // An answer given on A is known on B: not asked again.
  const [asked] = await rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await page.goto(`${on(a)}/clip/${asked.id}`);
  await learner.question.waitFor();
  await learner.answer("It moves down");
  await until("kept", async () => (await rows("SELECT 1 AS one FROM answers")).length === 1);
  await page.goto(`${on(b)}/clip/${asked.id}`);
  await learner.sees("it plays past the question", (clip) => !clip.paused && clip.at > 2.2);

  // An upload begun on A goes on through B, whichever then encodes it.
  const file = path.join(stage.folder, "long.mp4");
  await film(file, { seconds: 8, short: 540, hue: 2 });
  const bytes = readFileSync(file);
  const half = Math.floor(bytes.length / 2);
  const clip = newId();
  await page.goto(on(a));
  const made = await learner.api("POST", "/api/drafts", { clip_id: clip, language: "en" });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const upload = await tus(page, "POST", "/api/uploads", {
    "upload-length": String(bytes.length),
    "upload-metadata": `clip_id ${btoa(clip)},filename ${btoa("long.mp4")}`,
  });
  assert.equal(upload.status, 201);
  const place = new URL(upload.location, a.url).pathname;
  assert.equal((await tus(page, "PATCH", place, { "upload-offset": "0" }, bytes.subarray(0, half))).offset, String(half));
  await page.goto(on(b));
  assert.equal((await tus(page, "HEAD", place)).offset, String(half), "B knows how far it came");
  assert.equal((await tus(page, "PATCH", place, { "upload-offset": String(half) }, bytes.subarray(half))).offset, String(bytes.length));
  await until("playable", async () => (await rows(`SELECT media_state FROM clips WHERE id = '${clip}'`))[0].media_state === "playable", { timeout: 90_000 });

  // One of them dies: the other serves on.
  await b.kill();
  await page.goto(on(a));
  await learner.sees("A serves on", (now) => now.settled && !now.paused);
}, { timeout: 240_000 });

/** A clip's id as clients make it: 48 bits of milliseconds, 80 of chance, in Crockford's base32. */
function newId() {
  const bits = (BigInt(Date.now()) << 80n) | BigInt(`0x${randomBytes(10).toString("hex")}`);
  return Array.from({ length: 26 }, (_, place) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number((bits >> BigInt(5 * (25 - place))) & 31n)]).join("");
}

/** One tus request from the page of the person whose upload it is. */
function tus(page, method, address, headers = {}, bytes = null) {
  return page.evaluate(
    async ([method, address, headers, encoded]) => {
      const body = encoded === null ? undefined : Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const kind = body ? { "content-type": "application/offset+octet-stream" } : {};
      const answer = await fetch(address, { method, headers: { "tus-resumable": "1.0.0", ...kind, ...headers }, body });
      return { status: answer.status, location: answer.headers.get("location"), offset: answer.headers.get("upload-offset") };
    },
    [method, address, headers, bytes ? bytes.toString("base64") : null],
  );
}
