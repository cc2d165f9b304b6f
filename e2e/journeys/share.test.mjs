// A clip's address, given to somebody without an account: what a chat shows of it, what they see, and what happens to an
// address with nothing behind it. Also what every answer of the server carries for safety.
import { assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";

const open = async (stage) => stage.server({ dataDir: await library(`${stage.folder}/data`) });

/** The content of a meta tag. */
const meta = (html, property) =>
  html.match(new RegExp(`<meta[^>]+(?:property|name)="${property}"[^>]*content="([^"]*)"`))?.[1] ??
  html.match(new RegExp(`<meta[^>]+content="([^"]*)"[^>]*(?:property|name)="${property}"`))?.[1];

journey("a clip's address unfurls in a chat, with absolute addresses that work", async (stage) => {
  const server = await open(stage);
  const [{ id, title, alt }] = await server.rows("SELECT id, title, alt FROM clips WHERE title = 'A bar with a question'");
  const answer = await fetch(`${server.url}/clip/${id}`);
  assert.equal(answer.status, 200);
  const html = await answer.text();
  assert.equal(meta(html, "og:title"), title);
  assert.match(meta(html, "og:type"), /^video/);
  assert.equal(meta(html, "og:url"), `${server.url}/clip/${id}`);
  assert.equal(meta(html, "og:site_name"), "Minnow");
  assert.ok(meta(html, "og:description")?.length > 0);
  assert.match(meta(html, "twitter:card") ?? "", /summary_large_image|player/);
  const image = meta(html, "og:image");
  assert.ok(image.startsWith(`${server.url}/media/`), `an absolute picture: ${image}`);
  const picture = await fetch(image);
  assert.equal(picture.status, 200);
  assert.equal(picture.headers.get("content-type"), "image/jpeg");
  assert.equal(meta(html, "og:image:alt"), alt);
  const film = meta(html, "og:video");
  if (film) assert.equal((await fetch(film, { method: "HEAD" })).status, 200, film);
  assert.match(html, new RegExp(`<title>[^<]*${title}`));
});

journey("what a stranger wrote in a title cannot become markup", async (stage) => {
  const server = await open(stage);
  const rows = await server.rows("SELECT id FROM clips ORDER BY id LIMIT 1");
  const html = await (await fetch(`${server.url}/clip/${rows[0].id}?x="><script>alert(1)</script>`)).text();
  assert.ok(!html.includes("<script>alert(1)"), "nothing of the address is echoed");
});

journey("a stranger opens a shared clip, watches it, and swipes on", async (stage) => {
  const server = await open(stage);
  const [{ id, title }] = await server.rows("SELECT id, title FROM clips WHERE title = 'Counting to seven'");
  const learner = await stage.learner(server);
  const clip = await learner.openFeed(`/clip/${id}`);
  assert.equal(clip.title, title);
  await learner.swipeUp();
  await learner.nextAfter(clip);
});

journey("the learner shares a clip: its address is on the clipboard", async (stage) => {
  const server = await open(stage);
  const learner = await stage.learner(server);
  await learner.page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  const clip = await learner.openFeed();
  await learner.page.evaluate(() => Object.defineProperty(navigator, "share", { configurable: true, value: undefined }));
  await learner.more.tap();
  await learner.dialog(/^more/i).getByRole("button", { name: /share|copy/i }).tap();
  const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", clip.title);
  await until("the address is copied", async () => (await learner.page.evaluate(() => navigator.clipboard.readText())) === `${server.url}/clip/${id}`);
});

journey("every answer carries its safety headers", async (stage) => {
  const server = await open(stage);
  const [{ id }] = await server.rows("SELECT id FROM clips LIMIT 1");
  const { body: clip } = await (async () => ({ body: await (await fetch(`${server.url}/api/clips/${id}`)).json() }))();
  for (const path of ["/", `/clip/${id}`, "/settings", "/nowhere", "/sw.js", "/manifest.webmanifest", "/api/session", "/api/none", clip.poster_url, clip.renditions[0].url]) {
    const answer = await fetch(server.url + path);
    await answer.arrayBuffer();
    const header = (name) => answer.headers.get(name) ?? "";
    assert.equal(header("x-content-type-options"), "nosniff", path);
    assert.match(header("referrer-policy"), /same-origin|strict-origin|no-referrer/, path);
    assert.ok(header("x-request-id").length > 0, `${path} has a request id`);
    if (!header("content-type").startsWith("text/html")) continue;
    const policy = header("content-security-policy");
    for (const part of ["default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "require-trusted-types-for 'script'", "trusted-types sw", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
      // What is not named falls back to default-src, and 'none' is stricter than 'self'.
      const covered = /^(default|object)-src/.test(part) && policy.includes("default-src 'none'") && !/object-src(?! 'none')/.test(policy);
      assert.ok(policy.includes(part) || covered, `${path}: ${part} in ${policy}`);
    }
    assert.ok(!/unsafe-inline|unsafe-eval'/.test(policy.replace("'wasm-unsafe-eval'", "")), policy);
    assert.match(header("permissions-policy"), /camera/, path);
    assert.match(header("cross-origin-opener-policy"), /same-origin/, path);
  }
  const range = await fetch(server.url + clip.renditions[0].url, { headers: { range: "bytes=0-99" } });
  assert.equal(range.status, 206);
  assert.equal((await range.arrayBuffer()).byteLength, 100);
  assert.match(range.headers.get("content-range"), /^bytes 0-99\/\d+$/);
  assert.match(range.headers.get("cache-control"), /immutable/);
  assert.ok(range.headers.get("etag"));
});

journey("the session cookie is out of scripts' and other sites' reach, and other sites' requests are refused", async (stage) => {
  const server = await open(stage);
  const learner = await stage.learner(server);
  await learner.openFeed();
  await learner.like.tap();
  await until("a guest's session", async () => (await server.rows("SELECT 1 FROM sessions")).length === 1);
  const cookies = await learner.page.context().cookies();
  const session = cookies.find((cookie) => cookie.name.startsWith("__Host-"));
  assert.ok(session, `a __Host- cookie among ${cookies.map((cookie) => cookie.name)}`);
  assert.ok(session.httpOnly && session.secure && ["Lax", "Strict"].includes(session.sameSite));
  const forged = await fetch(`${server.url}/api/session`, {
    method: "DELETE",
    headers: { cookie: `${session.name}=${session.value}`, origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  });
  assert.equal(forged.status, 403);
  assert.equal((await forged.json()).code, "cross_site");
  assert.equal((await server.rows("SELECT 1 FROM sessions")).length, 1, "the session stands");
});

journey("health, readiness, metrics and the API's description answer", async (stage) => {
  const server = await open(stage);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /^# TYPE \w+ (counter|histogram|gauge)/m);
  const description = await (await fetch(`${server.url}/api/openapi.json`)).json();
  assert.match(description.openapi, /^3\.1/);
  assert.ok(Object.keys(description.paths).length > 20);
});

journey("an address with nothing behind it says so and leads on", async (stage) => {
  stage.allow(/status of 404/);
  const server = await open(stage);
  const learner = await stage.learner(server);
  for (const path of ["/clip/01HZZZZZZZZZZZZZZZZZZZZZZZ", "/clip/not-an-id", "/nowhere", "/@nobody-here", "/topic/no-such-topic"]) {
    const answer = await fetch(server.url + path);
    assert.equal(answer.status, 404, `${path} is a 404 for machines`);
    await learner.page.goto(path);
    await learner.page.getByRole("main").getByRole("heading").filter({ visible: true }).first().waitFor();
    const way = learner.link(/go to the feed/i).or(learner.button(/go to the feed/i)).first();
    await way.tap();
    await learner.sees("the feed", (clip) => clip.settled && clip.title);
  }
});
