// A question of every kind, asked by a clip in the feed and answered by mouse, by keyboard alone and by touch: the feed
// loads the program of what opens over a clip for the kinds it does not know itself. Each is put where a clip's own question was.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, copyFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey } from "../harness.mjs";
import { library } from "../library.mjs";

const run = promisify(execFile);
const TITLE = "A bar with a question";

/** Ids as the app makes them: 26 of Crockford's letters. */
let made = 0;
const id = () => `01HZY8K6T0000000000000${(made += 1).toString().padStart(4, "0")}`;
const part = (text) => ({ id: id(), text });
const typed = (...accepted) => ({ accepted });

const CHOICES = ["It glows", "It rusts", "It floats"].map((text, place) => ({
  id: id(),
  text: place === 0 ? { html: `<b>${text}</b> as <code>E = hf</code>` } : text,
  is_right: place !== 2,
  reason: place === 2 ? "Iron is denser than water." : "",
}));
const MATH = {
  html: '<p>What is <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> of <code>2 x</code>?</p><p><script>alert(1)</script><img src="https://elsewhere.example/x.png" alt=""></p>',
};

/** Kind to question, and how it is answered: `act(hand)` answers wholly right. `hand` is a mouse, a finger, or the keys. */
const kinds = (picture) => ({
  several: {
    stem: MATH,
    key: { kind: "choices", multiple: true, keep_order: true, choices: CHOICES },
    act: async (hand) => {
      await hand.press(hand.button(/It glows/));
      await hand.press(hand.button(/It rusts/));
    },
  },
  true_false: {
    key: { kind: "true_false", is_true: false },
    act: (hand) => hand.press(hand.button("False")),
  },
  numeric: {
    key: {
      kind: "numeric",
      accepted: [{ range: { within: "tolerance", value: 2.5, tolerance: 0.1 } }],
      units: [{ text: "m", per_first: 1 }, { text: "cm", per_first: 100 }],
      unit_required: true,
    },
    act: async (hand) => {
      await hand.type(hand.place.getByLabel("Number"), "250");
      await hand.select(hand.place.getByLabel("Unit"), "cm");
    },
  },
  matching: {
    key: {
      kind: "matching",
      keep_order: true,
      pairs: [["sun", "star"], ["moon", "rock"], ["sea", "water"]].map(([left, right]) => ({ id: id(), left, right_id: id(), right })),
      extra: [part("wood")],
    },
    act: async (hand) => {
      for (const [left, right] of [["sun", "star"], ["moon", "rock"], ["sea", "water"]]) {
        await hand.put(hand.button(right), hand.button(`${left}: empty`));
      }
    },
  },
  ordering: {
    key: { kind: "ordering", items: ["first", "second"].map(part) },
    act: (hand) => hand.press(hand.button("Move up: first")),
  },
  categorising: {
    key: {
      kind: "categorising",
      keep_order: true,
      categories: ["animals", "plants"].map(part),
      items: [["cat", 0], ["moss", 1]].map(([text, home]) => ({ ...part(text), categories: [home] })),
    },
    act: async (hand) => {
      await hand.put(hand.button("cat"), hand.button("animals"));
      await hand.put(hand.button("moss"), hand.button("plants"));
    },
  },
  cloze: {
    key: {
      kind: "cloze",
      body: "Water is [[1]], boils at [[2]] degrees and is [[3]] when it is [[4]].",
      gaps: [
        { fill: { by: "typing", ...typed("wet") } },
        { fill: { by: "number", accepted: [{ range: { within: "tolerance", value: 100, tolerance: 0 } }] } },
        { fill: { by: "choosing", choices: [["ice", true], ["steam", false]].map(([text, is_right]) => ({ id: id(), text, is_right })) } },
        { fill: { by: "dragging", right: [0] } },
      ],
      bank: ["cold", "hot"].map(part),
    },
    act: async (hand) => {
      await hand.type(hand.place.getByLabel("Gap 1"), "wet");
      await hand.type(hand.place.getByLabel("Gap 2"), "100");
      await hand.select(hand.place.getByLabel("Gap 3"), "ice");
      await hand.put(hand.button("cold"), hand.button("Gap 4: empty"));
    },
  },
  hotspot: {
    key: {
      kind: "hotspot",
      picture: { source: `media:${picture}`, alt: "A plain square", width: 200, height: 200 },
      spots: [{ shape: { shape: "rectangle", left: 6000, top: 1000, right: 9000, bottom: 4000 }, is_right: true, reason: "Up there." }],
      places: 1,
    },
    act: (hand) => hand.point(hand.place.getByRole("img", { name: "A plain square" }), 0.75, 0.25),
  },
  flash_card: {
    key: { kind: "flash_card", back: { html: "<p>Its <b>back</b></p>" } },
    act: (hand) => hand.press(hand.button("Turn the card")),
    sure: "Well",
  },
  open: {
    key: { kind: "open", sample: "It could be this.", words_min: 3, words_max: 50 },
    act: (hand) => hand.type(hand.place.getByLabel("Your answer"), "in my own words"),
    sure: "Check",
    verdict: "Handed in",
  },
});

/** What all three have: the place of the program of what opens over a clip. */
class Hand {
  constructor(learner) {
    this.learner = learner;
    this.page = learner.page;
    this.place = learner.page.locator("#question-place");
  }
  button(name) {
    return this.place.getByRole("button", { name, exact: typeof name === "string" });
  }
}

class Mouse extends Hand {
  press(target) {
    return target.click();
  }
  type(field, text) {
    return field.fill(text);
  }
  select(field, label) {
    return field.selectOption({ label });
  }
  /** Dragged. */
  put(from, to) {
    return from.dragTo(to);
  }
  async point(picture, across, down) {
    const { width, height } = await picture.boundingBox();
    await picture.click({ position: { x: width * across, y: height * down } });
  }
}

class Finger extends Mouse {
  press(target) {
    return target.tap();
  }
  /** Dragged where both are in sight, else two taps: the non-drag way. */
  async put(from, to) {
    await from.tap();
    await to.tap();
  }
  async point(picture, across, down) {
    const { width, height } = await picture.boundingBox();
    await picture.tap({ position: { x: width * across, y: height * down } });
  }
}

/** Nothing but keys: Tab until the control has the focus. */
class Keys extends Hand {
  async reach(target) {
    await target.waitFor();
    for (let step = 0; step < 80; step += 1) {
      if (await target.evaluate((one) => one === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`Tab never reaches ${target}`);
  }
  async press(target) {
    await this.reach(target);
    await this.page.keyboard.press("Enter");
  }
  async type(field, text) {
    await this.reach(field);
    await this.page.keyboard.type(text);
  }
  async select(field, label) {
    await this.reach(field);
    await this.page.keyboard.type(label);
  }
  async put(from, to) {
    await this.press(from);
    await this.press(to);
  }
  async point(_picture, across, down) {
    await this.press(this.place.locator("summary"));
    await this.type(this.place.getByLabel("From the left, in per cent"), String(across * 100));
    await this.type(this.place.getByLabel("From the top, in per cent"), String(down * 100));
    await this.press(this.button("Mark this place"));
  }
}

/** Writes a question in the place of the clip's own, as if nobody had answered it. */
async function ask(server, { stem = "What is it?", key, behaviour = {}, reason = "So it is." }) {
  const script =
    "import json,sqlite3,sys\n" +
    "db=sqlite3.connect(sys.argv[1],timeout=20)\n" +
    "found=db.execute('SELECT q.question_id, q.clip_id FROM clip_questions q JOIN clips c ON c.id=q.clip_id WHERE c.title=?',(sys.argv[2],)).fetchone()\n" +
    "db.execute('DELETE FROM answers WHERE question_id=?',(found[0],))\n" +
    "db.execute('UPDATE questions SET kind=?, content=? WHERE id=?',(sys.argv[3],sys.argv[4],found[0]))\n" +
    "db.commit()\n" +
    "print(found[1])";
  const content = JSON.stringify({ stem, key, reason, behaviour });
  const file = path.join(server.options.dataDir, "minnow.sqlite");
  const { stdout } = await run("python3", ["-c", script, file, TITLE, key.kind, content]);
  return stdout.trim();
}

/** A picture in the media store; resolves with its name. */
async function keepPicture(folder, dataDir) {
  const file = path.join(folder, "square.png");
  await run("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=0x0b6e75:s=200x200:d=1", "-frames:v", "1", file]);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  mkdirSync(path.join(dataDir, "media", hash.slice(0, 2)), { recursive: true });
  copyFileSync(file, path.join(dataDir, "media", hash.slice(0, 2), `${hash}.png`));
  return `${hash}.png`;
}

async function open(stage, device) {
  const dataDir = await library(`${stage.folder}/data`);
  const picture = await keepPicture(stage.folder, dataDir);
  const server = await stage.server({ dataDir });
  return { server, learner: await stage.learner(server, device), all: kinds(picture) };
}

async function meet(server, learner, question) {
  const clip = await ask(server, question);
  await learner.page.goto(`/clip/${clip}`);
  await learner.page.locator("#question-place .ask").waitFor({ timeout: 20_000 });
}

async function answerEach(stage, device, Way) {
  const { server, learner: first, all } = await open(stage, device);
  let learner = first;
  for (const [name, question] of Object.entries(all)) {
    const hand = new Way(learner);
    await meet(server, learner, question);
    const failed = (error) => {
      throw new Error(`${name}: ${error.message}`);
    };
    await question.act(hand).catch(failed);
    await hand.press(hand.button(question.sure ?? "Sure")).catch(failed);
    const verdict = hand.place.getByRole("heading", { name: question.verdict ?? "Right", exact: true });
    await verdict.waitFor({ timeout: 10_000 }).catch(failed);
    const rows = await server.rows("SELECT response, is_right FROM answers");
    assert.equal(rows.length, 1, `${name}: one answer is kept`);
    assert.equal(Boolean(rows[0].is_right), name !== "open", `${name}: ${rows[0].response}`);
    await hand.press(hand.button("Keep watching"));
    await learner.page.locator("#question-place").waitFor({ state: "detached" });
    // The next one has not been in the middle of this clip before.
    await learner.page.goto("about:blank");
    learner = await stage.learner(server, device);
  }
}

journey("every kind of question is answered by mouse", (stage) => answerEach(stage, DESKTOP, Mouse), { timeout: 300_000 });
journey("every kind of question is answered by keyboard alone", (stage) => answerEach(stage, DESKTOP, Keys), { timeout: 300_000 });
journey("every kind of question is answered by touch", (stage) => answerEach(stage, PHONE, Finger), { timeout: 300_000 });

journey("partly right says how much, with the right parts beside the own; the key comes with the answer only", async (stage) => {
  const { server, learner, all } = await open(stage, DESKTOP);
  const bodies = [];
  learner.page.on("response", async (response) => bodies.push(await response.text().catch(() => "")));
  const hand = new Mouse(learner);
  await meet(server, learner, all.matching);
  await hand.put(hand.button("star"), hand.button("sun: empty"));
  await hand.put(hand.button("wood"), hand.button("moon: empty"));
  await hand.put(hand.button("water"), hand.button("sea: empty"));
  assert.ok(!bodies.join("\n").includes("So it is."), "the reason has not come yet");
  await hand.press(hand.button("A guess"));
  await hand.place.getByRole("heading", { name: "2 of 3 right" }).waitFor();
  await hand.place.getByText("Right: rock").waitFor();
  await hand.place.getByText("So it is.").waitFor();
});

journey("several tries: a hint after the first, the answer kept back until the last", async (stage) => {
  const { server, learner, all } = await open(stage, PHONE);
  const hand = new Finger(learner);
  const behaviour = { tries: 2, hints: ["Think of water."], certainty: false };
  await meet(server, learner, { ...all.true_false, behaviour });
  await hand.place.getByText("2 tries left").waitFor();
  await hand.press(hand.button("True"));
  await hand.press(hand.button("Check"));
  await hand.place.getByText("Think of water.").waitFor();
  await hand.place.getByText("1 try left").waitFor();
  assert.equal(await hand.place.getByText("So it is.").count(), 0);
  await hand.press(hand.button("False"));
  await hand.press(hand.button("Check"));
  await hand.place.getByRole("heading", { name: "Right", exact: true }).waitFor();
  await hand.place.getByText("So it is.").waitFor();
});

journey("marked-up words become elements of the subset: formulas and code, no script, no stranger's picture", async (stage) => {
  const { server, learner, all } = await open(stage, PHONE);
  await meet(server, learner, all.several);
  const stem = learner.page.locator("#ask-stem");
  assert.equal(await stem.locator("mfrac").evaluate((one) => one.namespaceURI), "http://www.w3.org/1998/Math/MathML");
  assert.equal(await stem.locator("code").textContent(), "2 x");
  assert.equal(await stem.locator("script, img").count(), 0);
});

for (const [name, device] of [
  ["light", PHONE],
  ["dark, in Arabic", { ...PHONE, colorScheme: "dark", locale: "ar" }],
]) {
  journey(`axe finds nothing in any kind, asked and answered: ${name}`, async (stage) => {
    const { server, learner: first, all } = await open(stage, device);
    let learner = first;
    const found = [];
    for (const [kind, question] of Object.entries(all)) {
      await meet(server, learner, question);
      for (const problem of await violations(learner.page)) found.push(`${kind}: ${problem}`);
      const unknown = learner.page.locator("#question-place .btn--quiet");
      if ((await unknown.count()) > 0) {
        await unknown.last().tap();
        await learner.page.locator("#question-place .verdict").waitFor();
        for (const problem of await violations(learner.page)) found.push(`${kind}, answered: ${problem}`);
      }
      await learner.page.goto("about:blank");
      learner = await stage.learner(server, device);
    }
    assert.deepEqual(found, []);
  }, { timeout: 200_000 });
}
