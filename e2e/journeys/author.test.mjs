// Questions of every kind written on a phone and practised by somebody else; banks of other systems brought in and
// played; two questions of a bank made forms of one.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { makeAccount } from "../account.mjs";
import { KINDS, answer, png, save, write } from "../authoring.mjs";
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";

const open = async (stage, options = PHONE) => {
  const server = await stage.server({ args: ["--no-demo"] });
  const author = await stage.learner(server, options);
  await makeAccount(author, { handle: "mara", name: "Mara Lind", password: "a quiet river bend" });
  await author.page.goto("/bank");
  return { server, author };
};

/** Opens the practice of the whole bank; resolves with its path. */
async function practiceOf(author) {
  await author.button("Practise").click();
  await author.button("Practise: All questions").click();
  await author.page.waitForURL(/\/practice\//);
  return new URL(author.page.url()).pathname;
}

/** What a practice asks now, in plain words. */
const asked = (learner) => learner.page.locator("#ask-stem").textContent();

/** What axe finds when all of a long page is in sight: nothing lies half under a bar then. */
async function violationsOfAll(page) {
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: 3600 });
  const found = await violations(page);
  await page.setViewportSize({ width, height });
  return found;
}

journey("a question of every kind is written on a phone and answered by a visitor with a finger", async (stage) => {
  const { server, author } = await open(stage);
  const found = [];
  for (const kind of Object.keys(KINDS)) {
    const failed = (error) => {
      throw new Error(`${kind}: ${error.message}`);
    };
    await write(author, kind, { tag: "light" }).catch(failed);
    for (const problem of await violationsOfAll(author.page)) found.push(`${kind}: ${problem}`);
    await save(author).catch(failed);
    await author.page.goto("/bank");
  }
  assert.deepEqual(found, [], "axe finds nothing in any editor");
  const rows = await server.rows("SELECT kind FROM questions ORDER BY kind");
  assert.equal(new Set(rows.map((row) => row.kind)).size, Object.keys(KINDS).length, JSON.stringify(rows));

  const practice = await practiceOf(author);
  const visitor = await stage.learner(server, PHONE);
  await visitor.page.goto(practice);
  await visitor.page.getByRole("button", { name: /^Start a round of 11$/ }).tap();
  for (let left = Object.keys(KINDS).length; left > 0; left -= 1) {
    await visitor.page.locator("#ask-stem").waitFor();
    const words = (await asked(visitor)).trim();
    const kind = Object.keys(KINDS).find((one) => KINDS[one].asks === words);
    const failed = (error) => {
      throw new Error(`${kind}: ${error.message}`);
    };
    await answer(visitor, kind).catch(failed);
    await visitor.page.locator(".ask").getByRole("heading", { name: KINDS[kind].told ?? "Right", exact: true }).waitFor().catch(failed);
    await visitor.button(left === 1 ? "Finish the round" : "Next question").tap();
  }
  await visitor.heading("That was the round").waitFor();
  const answers = await server.rows("SELECT is_right FROM answers");
  assert.equal(answers.filter((row) => row.is_right).length, Object.keys(KINDS).length - 1, "all but the open one are right");
}, { timeout: 200_000 });

/** Brings a file in and opens its practice. */
async function bringIn(author, file, count) {
  await author.button("Bring in").click();
  await author.page.getByLabel("Choose a file").setInputFiles(file);
  await author.page.getByText(new RegExp(`^${count} questions? found`)).waitFor();
}

async function keep(author) {
  await author.page.getByRole("button", { name: /^Bring in \d+ questions?$/ }).click();
  await author.page.getByText(/new questions? (is|are) in your bank/).waitFor();
}

/** Anki's package of some cards, as Anki writes the older of its two. */
function apkg(folder, cards) {
  const script = `
import json, sqlite3, sys, zipfile
cards = json.loads(sys.argv[2])
db = sqlite3.connect(sys.argv[1] + "/collection.anki2")
db.executescript("""
CREATE TABLE col (id INTEGER PRIMARY KEY, crt INTEGER, mod INTEGER, scm INTEGER, ver INTEGER, dty INTEGER, usn INTEGER, ls INTEGER, conf TEXT, models TEXT, decks TEXT, dconf TEXT, tags TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, guid TEXT, mid INTEGER, mod INTEGER, usn INTEGER, tags TEXT, flds TEXT, sfld TEXT, csum INTEGER, flags INTEGER, data TEXT);
CREATE TABLE cards (id INTEGER PRIMARY KEY, nid INTEGER, did INTEGER, ord INTEGER, mod INTEGER, usn INTEGER, type INTEGER, queue INTEGER, due INTEGER, ivl INTEGER, factor INTEGER, reps INTEGER, lapses INTEGER, left INTEGER, odue INTEGER, odid INTEGER, flags INTEGER, data TEXT);
""")
field = lambda name, ord: {"name": name, "ord": ord}
models = {"1": {"id": 1, "name": "Basic", "type": 0, "flds": [field("Front", 0), field("Back", 1)], "tmpls": [{"name": "Card 1", "ord": 0, "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"}], "css": ""}}
db.execute("INSERT INTO col VALUES (1,0,0,0,11,0,0,0,'{}',?,?,'{}','{}')", (json.dumps(models), json.dumps({"1": {"id": 1, "name": "Sky"}})))
for n, (front, back) in enumerate(cards):
    db.execute("INSERT INTO notes VALUES (?,?,1,0,0,' sky ',?,?,0,0,'')", (n + 1, "g%d" % n, front + "\\x1f" + back, front))
    db.execute("INSERT INTO cards VALUES (?,?,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,'')", (n + 1, n + 1))
db.commit(); db.close()
with zipfile.ZipFile(sys.argv[1] + "/sky.apkg", "w") as out:
    out.write(sys.argv[1] + "/collection.anki2", "collection.anki2")
    out.writestr("media", json.dumps({"0": "sky.png"}))
    out.write(sys.argv[1] + "/sky.png", "0")
`;
  writeFileSync(path.join(folder, "sky.png"), png(60, 40));
  execFileSync("python3", ["-c", script, folder, JSON.stringify(cards)]);
  return path.join(folder, "sky.apkg");
}

const item = (id, inside) => `<?xml version="1.0" encoding="UTF-8"?>
<q:qti-assessment-item xmlns:q="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="${id}" title="${id}" adaptive="false" time-dependent="false">${inside}</q:qti-assessment-item>`;

/** A QTI 3 package with its manifest, prefixes and a picture. */
function qti(folder) {
  const files = {
    "imsmanifest.xml": `<?xml version="1.0"?><manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M"><organizations/><resources>
      <resource identifier="r1" type="imsqti_item_xmlv3p0" href="items/choice.xml"><file href="items/choice.xml"/><file href="img/sky.png"/></resource>
      <resource identifier="r2" type="imsqti_item_xmlv3p0" href="items/entry.xml"><file href="items/entry.xml"/></resource></resources></manifest>`,
    "items/choice.xml": item("choice", `
      <q:qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><q:qti-correct-response><q:qti-value>A</q:qti-value></q:qti-correct-response></q:qti-response-declaration>
      <q:qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
      <q:qti-item-body><q:p>Which colour is it?</q:p><q:p><q:img src="../img/sky.png" alt="A grey field"/></q:p><q:qti-choice-interaction response-identifier="RESPONSE" max-choices="1">
        <q:qti-simple-choice identifier="A">Grey</q:qti-simple-choice><q:qti-simple-choice identifier="B">Green</q:qti-simple-choice></q:qti-choice-interaction></q:qti-item-body>
      <q:qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>`),
    "items/entry.xml": item("entry", `
      <q:qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"><q:qti-correct-response><q:qti-value>blue</q:qti-value></q:qti-correct-response></q:qti-response-declaration>
      <q:qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
      <q:qti-item-body><q:p>The sky is <q:qti-text-entry-interaction response-identifier="RESPONSE" expected-length="8"/>.</q:p></q:qti-item-body>
      <q:qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>`),
  };
  writeFileSync(path.join(folder, "pack.png"), png(60, 40));
  const script = "import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1]+'/pack.zip','w')\nfor name,text in json.loads(sys.argv[2]).items(): z.writestr(name,text)\nz.write(sys.argv[1]+'/pack.png','img/sky.png')\nz.close()";
  execFileSync("python3", ["-c", script, folder, JSON.stringify(files)]);
  return path.join(folder, "pack.zip");
}

journey("banks from GIFT, Anki and QTI are looked at, brought in and played", async (stage) => {
  const { server, author } = await open(stage);
  const { page } = author;
  const gift = path.join(stage.folder, "bank.gift");
  writeFileSync(gift, "\ufeff$CATEGORY: sky/day\r\n\r\n::Blue:: What scatters most? {\r\n=Blue light#Short waves do.\r\n~Red light\r\n}\r\n\r\nHow many? {#7:1}\r\n");
  await bringIn(author, gift, 2);
  await keep(author);

  await author.button("Another file").click();
  await page.getByLabel("Choose a file").setInputFiles(apkg(stage.folder, [['What is this? <img src="sky.png">', "A <b>grey</b> field"]]));
  await page.getByText(/^1 question found \(Anki/).waitFor();
  await page.getByText("The first of them").click();
  const shown = page.locator("details img");
  await shown.waitFor();
  await until("the picture is seen before it is kept", () => shown.evaluate((image) => image.complete && image.naturalWidth === 60));
  assert.deepEqual(await violationsOfAll(page), [], "the first of them");
  await keep(author);

  await author.button("Another file").click();
  await page.getByLabel("Choose a file").setInputFiles(qti(stage.folder));
  await page.getByText(/^2 questions found \(QTI 3/).waitFor();
  await keep(author);
  const kinds = (await server.rows("SELECT kind FROM questions ORDER BY kind")).map((row) => row.kind);
  assert.equal(kinds.length, 5, JSON.stringify(kinds));

  await page.goto("/bank");
  const practice = await practiceOf(author);
  const visitor = await stage.learner(server, PHONE);
  await visitor.page.goto(practice);
  await visitor.page.getByRole("button", { name: /^Start a round of 5$/ }).tap();
  const ask = visitor.page.locator(".ask");
  const plays = [
    [/What scatters most/, () => ask.getByRole("button", { name: /Blue light/ }).tap(), "Sure"],
    [/How many/, () => visitor.field("Number").fill("8"), "Sure"],
    [/What is this/, () => ask.getByRole("button", { name: "Turn the card" }).tap(), "Well"],
    [/Which colour/, () => ask.getByRole("button", { name: /Grey/ }).tap(), "Sure"],
    [/The sky is|.*/, () => ask.getByRole("textbox").first().fill("blue"), "Sure"],
  ];
  for (let left = plays.length; left > 0; left -= 1) {
    await visitor.page.locator("#ask-stem").waitFor();
    const words = await asked(visitor);
    const [, act, sure] = plays.find(([pattern]) => pattern.test(words));
    for (const image of await ask.locator("img").all()) {
      await until("its picture is seen", () => image.evaluate((one) => one.complete && one.naturalWidth === 60));
    }
    await act();
    await ask.getByRole("button", { name: sure, exact: true }).tap();
    await ask.getByRole("heading", { name: "Right", exact: true }).waitFor().catch((error) => {
      throw new Error(`${words}: ${error.message}`);
    });
    await visitor.button(left === 1 ? "Finish the round" : "Next question").tap();
  }
  await visitor.heading("That was the round").waitFor();
}, { timeout: 200_000 });

journey("two questions of a bank become forms of one, and stand alone again", async (stage) => {
  const { server, author } = await open(stage, DESKTOP);
  const { page } = author;
  for (const kind of ["True or false", "Typed answer"]) {
    await write(author, kind);
    await save(author);
    await page.goto("/bank");
  }
  await author.link(/The sky is lit by the sun/).click();
  await author.button("Take one of mine").click();
  await author.field("Search my questions").fill("colour");
  await author.button(/Make it another form: What is the colour/).click();
  await page.getByText("They are forms of one question now.").waitFor();
  const forms = page.locator("section").filter({ has: page.getByRole("heading", { name: "Other forms" }) });
  await forms.getByRole("link", { name: /What is the colour of a clear sky/ }).waitFor();
  assert.deepEqual(await violationsOfAll(page), [], "the forms of a question");
  assert.equal((await server.rows("SELECT 1 FROM questions WHERE form_of IS NOT NULL")).length, 1);
  await forms.getByRole("link", { name: /What is the colour/ }).click();
  await author.field("Question").and(page.locator("textarea")).waitFor();
  await forms.getByRole("link", { name: /The sky is lit/ }).waitFor();
  await author.button("Let it stand alone").click();
  await until("each stands alone", async () => (await server.rows("SELECT 1 FROM questions WHERE form_of IS NOT NULL")).length === 0);

  await author.button("Write another form").click();
  await page.getByText("Copied. Change the words now.").waitFor();
  assert.equal((await server.rows("SELECT 1 FROM questions")).length, 3);
});
