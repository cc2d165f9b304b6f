// Questions of every kind as the journeys ask them, and the three ways to answer each: by mouse, by touch, by keys alone.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

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

/** The two kinds that the feed asks by itself while there is a network. */
export const plain = () => ({
  single: {
    key: { kind: "choices", keep_order: true, choices: CHOICES.map(({ ...choice }, place) => ({ ...choice, id: id(), is_right: place === 2 })) },
    act: (hand) => hand.press(hand.button(/It floats/)),
  },
  typed: {
    key: { kind: "typed", ...typed("photosynthesis"), rule: {} },
    act: (hand) => hand.type(hand.place.getByRole("textbox"), "Photosynthesis"),
  },
});

/** Kind to question, and how it is answered: `act(hand)` answers wholly right. `hand` is a mouse, a finger, or the keys. */
export const kinds = (picture) => ({
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

/** What all three have: the place of the program that asks. */
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

export class Mouse extends Hand {
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

export class Finger extends Mouse {
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
export class Keys extends Hand {
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

/** A picture in the media store; resolves with its name. */
export async function keepPicture(folder, dataDir) {
  const file = path.join(folder, "square.png");
  await run("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=0x0b6e75:s=200x200:d=1", "-frames:v", "1", file]);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  mkdirSync(path.join(dataDir, "media", hash.slice(0, 2)), { recursive: true });
  copyFileSync(file, path.join(dataDir, "media", hash.slice(0, 2), `${hash}.png`));
  return `${hash}.png`;
}
