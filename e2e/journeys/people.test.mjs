// A guest becomes an account without losing anything; the ways to sign in and out; what a person sets.
import { createServer } from "node:net";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { makeAccount, makeAccountByPasskey, signIn, trySignIn } from "../account.mjs";
import { library } from "../library.mjs";
import { freePort, minnow } from "../server.mjs";

const open = async (stage, { env, device = PHONE } = {}) => {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`), env });
  return { server, learner: await stage.learner(server, device) };
};

async function answerOne(learner) {
  const [{ id }] = await learner.server.rows("SELECT id FROM clips WHERE title = 'A bar with a question'");
  await learner.page.goto(`/clip/${id}`);
  await learner.question.waitFor({ timeout: 20_000 });
  await learner.answer("It moves down");
  await until("the answer is kept", async () => (await learner.server.rows("SELECT 1 FROM answers")).length === 1);
}

/** The browser's own virtual authenticator: a phone's fingerprint, as far as the page can tell. */
async function authenticator(learner) {
  const cdp = await learner.page.context().newCDPSession(learner.page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

journey("a guest answers, becomes an account by passkey, and finds everything again", async (stage) => {
  const { server, learner } = await open(stage);
  const { page } = learner;
  await authenticator(learner);
  await answerOne(learner);
  const guest = (await learner.api("GET", "/api/session")).body.person;
  assert.equal(guest.is_guest, true);
  const xp = (await learner.api("GET", "/api/me/progress?utc_offset_minutes=0")).body.xp;
  assert.ok(xp > 0);

  await makeAccountByPasskey(learner, { handle: "noor", name: "Noor" });
  const account = (await learner.api("GET", "/api/session")).body.person;
  assert.equal(account.id, guest.id, "the same person");
  assert.equal((await server.rows("SELECT 1 FROM passkeys")).length, 1);
  assert.equal((await learner.api("GET", "/api/me/progress?utc_offset_minutes=0")).body.xp, xp);

  await page.goto("/settings");
  await learner.button(/^sign out(?! there)/i).click();
  await until("signed out", async () => (await learner.api("GET", "/api/session")).body.person === null || (await learner.api("GET", "/api/session")).body.person.is_guest);

  await page.goto("/welcome");
  await learner.button("Use a passkey").click();
  await until("signed in by passkey", async () => (await learner.api("GET", "/api/session")).body.person?.id === account.id);
  assert.equal((await learner.answersKept()).length, 1, "the answer is still theirs");
});

journey("name and password: made, signed out, wrong once, right again", async (stage) => {
  stage.allow(/status of 401|status of 409|status of 422/);
  const { server, learner } = await open(stage);
  await answerOne(learner);
  const before = (await learner.api("GET", "/api/session")).body.person;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  const after = (await learner.api("GET", "/api/session")).body.person;
  assert.equal(after.id, before.id, "the guest became the account");
  const [{ hash }] = await server.rows("SELECT hash FROM passwords");
  assert.match(hash, /^\$argon2id\$/);

  const other = await stage.learner(server, DESKTOP);
  await trySignIn(other, { handle: "mara", password: "not the password" });
  await other.page.getByRole("alert").or(other.page.getByText(/not right|do not match|don.t match/i)).filter({ visible: true }).first().waitFor();
  await signIn(other, { handle: "mara", password: "a quiet river bend" });
  assert.equal((await other.answersKept()).length, 1);
});

journey("where am I signed in: listed, and ended from afar", async (stage) => {
  const { server, learner } = await open(stage);
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  const other = await stage.learner(server, DESKTOP);
  await signIn(other, { handle: "mara", password: "a quiet river bend" });
  assert.equal((await server.rows("SELECT 1 FROM sessions")).length, 2);
  await learner.page.goto("/settings");
  await learner.page.getByText("This device").waitFor();
  await learner.button(/sign out there/i).click();
  await until("one session is left", async () => (await server.rows("SELECT 1 FROM sessions")).length === 1);
  assert.equal((await learner.api("GET", "/api/session")).body.person?.handle, "mara", "this one stands");
  const far = (await other.api("GET", "/api/session")).body.person;
  assert.ok(far === null || far.is_guest, "the other is out");
});

journey("two guests on one phone: signing in joins the guest's progress to the account", async (stage) => {
  const { server, learner } = await open(stage);
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  const phone = await stage.learner(server);
  await answerOne(phone);
  await signIn(phone, { handle: "mara", password: "a quiet river bend" });
  assert.equal((await phone.answersKept()).length, 1);
  const rows = await server.rows("SELECT p.handle FROM answers a JOIN people p ON p.id = a.person_id");
  assert.deepEqual(rows.map((row) => row.handle), ["mara"]);
});

journey("the operator makes an operator at the command line, who signs in", async (stage) => {
  const { server, learner } = await open(stage, { device: DESKTOP });
  const made = await minnow(["admin", "create", "--handle", "chief", "--password-stdin", "--data-dir", server.options.dataDir], { input: "a lake at first light\n" });
  assert.equal(made.code, 0, made.stderr);
  const [row] = await server.rows("SELECT role FROM people WHERE handle = 'chief'");
  assert.equal(row.role, "operator");
  await signIn(learner, { handle: "chief", password: "a lake at first light" });
  assert.equal((await learner.api("GET", "/api/session")).body.person.role, "operator");
});

journey("language, theme and goal are the learner's own, on every device of theirs", async (stage) => {
  const { server, learner } = await open(stage, { device: DESKTOP });
  const { page } = learner;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await page.goto("/settings");
  await learner.option("Theme", "Dark").click();
  await until("dark", () => page.evaluate(() => document.documentElement.dataset.theme === "dark"));
  const goal = page.getByRole("slider", { name: /daily goal/i });
  await goal.focus();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowRight");
  const language = (name) => page.locator("select", { has: page.getByRole("option", { name: "Italiano" }) }).selectOption({ label: name });
  await language("Italiano");
  await until("Italian", () => page.evaluate(() => document.documentElement.lang === "it" && document.documentElement.dir !== "rtl"));
  await learner.link(/^(scopri|esplora)$/i).first().waitFor();
  await language("العربية");
  await until("Arabic, right to left", () => page.evaluate(() => document.documentElement.lang === "ar" && document.documentElement.dir === "rtl"));
  await until("the server keeps it", async () => {
    const kept = Object.fromEntries((await server.rows("SELECT field, value FROM settings_fields")).map(({ field, value }) => [field, JSON.parse(value)]));
    return kept.language === "ar" && kept.theme === "dark" && kept.daily_goal_minutes > 12;
  });
  const phone = await stage.learner(server, PHONE);
  await phone.page.goto("/welcome");
  await signInQuietly(phone, "mara", "a quiet river bend");
  await phone.page.goto("/");
  await until("Arabic here too", () => phone.page.evaluate(() => document.documentElement.lang === "ar" && document.documentElement.dir === "rtl"));
  const first = await (await phone.page.request.get("/")).text();
  assert.match(first, /<html lang="ar" dir="rtl"/, "in the page the server sends");
});

/** Signs in by the API: how the form does it is another journey's matter. */
async function signInQuietly(learner, handle, password) {
  const { status } = await learner.api("POST", "/api/session/password", { handle, password });
  assert.equal(status, 200);
}

/** A mail server that takes everything and keeps it. */
async function postOffice(port) {
  const letters = [];
  const office = createServer((socket) => {
    let body = null;
    let rest = "";
    socket.write("220 post office\r\n");
    socket.on("data", (chunk) => {
      rest += chunk;
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (body !== null) {
          if (line === ".") {
            letters.push(body.join("\n"));
            body = null;
            socket.write("250 kept\r\n");
          } else body.push(line);
          continue;
        }
        const word = line.slice(0, 4).toUpperCase();
        if (word === "EHLO" || word === "HELO") socket.write("250 post office\r\n");
        else if (word === "DATA") {
          body = [];
          socket.write("354 go on\r\n");
        } else if (word === "QUIT") socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
    socket.on("error", () => {});
  });
  await new Promise((resolve) => office.listen(port, "127.0.0.1", resolve));
  return { letters, close: () => new Promise((resolve) => office.close(resolve)) };
}

journey("a sign-in link by mail works once", async (stage) => {
  stage.allow(/status of 410/);
  const port = await freePort();
  const office = await postOffice(port);
  stage.closing.add(office.close);
  const { learner } = await open(stage, { device: DESKTOP, env: { MINNOW_SMTP_URL: `smtp://127.0.0.1:${port}`, MINNOW_MAIL_FROM: "Minnow <minnow@school.example>" } });
  const { page, server } = learner;
  await answerOne(learner);
  const guest = (await learner.api("GET", "/api/session")).body.person;
  await page.goto("/welcome");
  await learner.field("Email").fill("mara@school.example");
  await learner.button("Send me a sign-in link").click();
  await page.getByText(/check your mail/i).filter({ visible: true }).first().waitFor();
  const letter = await until("a letter", () => office.letters[0]);
  assert.match(letter, /^To: .*mara@school\.example/m);
  const plain = letter.replace(/=\n/g, "").replace(/=3D/g, "=");
  const link = plain.match(/https?:\/\/localhost:\d+\/sign-in\/[\w-]+/)[0];
  assert.ok(link.startsWith(server.url));
  await page.goto(link);
  // Mail scanners open links: only a press uses it.
  await learner.button("Sign in").click();
  await until("signed in", async () => (await learner.api("GET", "/api/session")).body.person?.email === "mara@school.example");
  assert.equal((await learner.api("GET", "/api/session")).body.person.id, guest.id, "the guest became the account");
  const other = await stage.learner(server, DESKTOP);
  await other.page.goto(link);
  await other.button("Sign in").click();
  await other.page.getByText(/over|expired|used|another link|new link/i).filter({ visible: true }).first().waitFor();
  const person = (await other.api("GET", "/api/session")).body.person;
  assert.ok(person === null || person.is_guest);
});

journey("everything about a person can be taken along and deleted", async (stage) => {
  const { server, learner } = await open(stage, { device: DESKTOP });
  const { page } = learner;
  await makeAccount(learner, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await answerOne(learner);
  await page.goto("/settings");
  const [download] = await Promise.all([page.waitForEvent("download"), learner.button(/export everything/i).click()]);
  const text = await (await import("node:fs/promises")).readFile(await download.path(), "utf8");
  assert.match(text, /"mara"/);
  assert.match(text, /A bar|answers/);
  await learner.button(/delete everything/i).click();
  const sure = page.getByRole("alertdialog").or(page.getByRole("dialog")).filter({ visible: true });
  await sure.getByRole("button", { name: /delete/i }).click();
  await until("nothing is left", async () => (await server.rows("SELECT 1 FROM people WHERE handle = 'mara'")).length === 0);
  assert.equal((await server.rows("SELECT 1 FROM answers")).length, 0);
});

journey("on 127.0.0.1, the address of the README, everything but passkeys works the same", async (stage) => {
  const { server } = await open(stage);
  const learner = await stage.learner({ ...server, url: `http://127.0.0.1:${server.port}`, rows: server.rows.bind(server) });
  const clip = await learner.openFeed();
  await learner.like.tap();
  await until("the like is kept", async () => (await server.rows("SELECT 1 FROM likes")).length === 1);
  await learner.page.reload();
  await learner.sees("the same clip", (now) => now.title === clip.title);
  await until("still liked", async () => (await learner.like.getAttribute("aria-pressed")) === "true");
});
