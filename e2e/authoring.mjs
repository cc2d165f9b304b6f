// A question of every kind as its author writes it in the bank, by the words on the screen, and as a learner answers it
// in a practice wholly right. Asserts nothing, journeys do.
import { crc32, deflateSync } from "node:zlib";

/** A picture of one colour. */
export function png(width, height, shade = 0x7a) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, shade)]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

const button = (learner, name) => learner.page.locator(".ask").getByRole("button", { name, exact: typeof name === "string" });
const put = async (learner, from, to) => {
  await button(learner, from).tap();
  await button(learner, to).tap();
};

/** Name of the kind to: what is asked, how it is written, how it is answered. The last tap is `sure`. */
export const KINDS = {
  Choices: {
    asks: "What scatters most?",
    write: async (author) => {
      await author.field("Choice 1").fill("Blue light");
      await author.field("Choice 2").fill("Red light");
      await author.field("Choice 3").fill("Sound");
    },
    answer: (learner) => button(learner, /Blue light/).tap(),
  },
  "True or false": {
    asks: "The sky is lit by the sun.",
    write: (author) => author.option("The sentence is", "True").click(),
    answer: (learner) => button(learner, "True").tap(),
  },
  "Typed answer": {
    asks: "What is the colour of a clear sky?",
    write: (author) => author.field("Answers that count").fill("blue\nazure"),
    answer: (learner) => learner.field("Your answer").fill("Blue"),
  },
  Number: {
    asks: "How long is a blue wave?",
    write: async (author) => {
      await author.field("Number").fill("450");
      await author.field("Give or take").fill("30");
      await author.field("Units").fill("nm");
    },
    answer: (learner) => learner.field("Number").fill("470"),
  },
  "Flash card": {
    asks: "The scattering by small particles",
    write: (author) => author.field("Back").fill("Rayleigh's"),
    answer: (learner) => button(learner, "Turn the card").tap(),
    sure: "Well",
  },
  "Text with gaps": {
    asks: "Fill the gaps.",
    write: async (author) => {
      await author.button("Add a gap").click();
      await author.field("Gap 1").fill("blue");
      await author.button("Add a gap").click();
      await author.field("How gap 2 is filled").selectOption({ label: "From a list" });
      await author.field("Gap 2").fill("*red\ngreen");
      await author.button("Add a gap").click();
      await author.field("How gap 3 is filled").selectOption({ label: "From a bank of words" });
      await author.field("Gap 3").fill("dust");
      await author.field("More words in the bank, wanted nowhere").fill("wind");
      await author.field("Text").fill("At noon it is [[1]], at dusk [[2]], by [[3]].");
    },
    answer: async (learner) => {
      await learner.field("Gap 1").fill("blue");
      await learner.field("Gap 2").selectOption({ label: "red" });
      await put(learner, "dust", "Gap 3: empty");
    },
  },
  Matching: {
    asks: "What belongs together?",
    write: async (author) => {
      await author.field("Left 1").fill("noon");
      await author.field("Right 1").fill("blue");
      await author.field("Left 2").fill("dusk");
      await author.field("Right 2").fill("red");
      await author.field("Right sides that belong to nothing").fill("green");
    },
    answer: async (learner) => {
      await put(learner, "blue", "noon: empty");
      await put(learner, "red", "dusk: empty");
    },
  },
  "Bring into order": {
    asks: "From short waves to long ones",
    write: (author) => author.field("Items in the right order").fill("violet\nred"),
    answer: async (learner) => {
      const first = await learner.page.locator(".ask__item .rich").first().textContent();
      if (first !== "violet") await button(learner, "Move up: violet").tap();
      else {
        // There and back: an order that was touched.
        await button(learner, "Move down: violet").tap();
        await button(learner, "Move up: violet").tap();
      }
    },
  },
  "Sort into groups": {
    asks: "Which is which?",
    write: async (author) => {
      await author.field("Group 1").fill("warm");
      await author.field("What belongs here").nth(0).fill("red");
      await author.field("Group 2").fill("cold");
      await author.field("What belongs here").nth(1).fill("blue");
    },
    answer: async (learner) => {
      await put(learner, "red", "warm");
      await put(learner, "blue", "cold");
    },
  },
  "Places on a picture": {
    asks: "Where is the sun?",
    write: async (author) => {
      await author.page.getByLabel("Choose or take a picture").setInputFiles({ name: "sky.png", mimeType: "image/png", buffer: png(300, 200) });
      await author.field("What is to be seen in the picture").fill("A plain sky");
      await author.button("Add a place").click();
    },
    answer: async (learner) => {
      const picture = learner.page.locator(".ask__picture");
      const { width, height } = await picture.boundingBox();
      await picture.tap({ position: { x: width / 2, y: height / 2 } });
    },
  },
  "Open answer": {
    asks: "Why is the sea blue?",
    write: async (author) => {
      await author.field("An answer as it might be").fill("Water takes red light away.");
      await author.field("Words at least").fill("2");
    },
    answer: (learner) => learner.page.locator(".ask").getByLabel("Your answer").fill("Water takes red light."),
    sure: "Check",
    told: "Handed in",
  },
};

/** Writes one in the bank and saves it. */
export async function write(author, kind, { tag = "" } = {}) {
  await author.button("New question").first().click();
  await author.field("Kind of question").selectOption({ label: kind });
  await author.field(kind === "Flash card" ? "Front" : "Question").fill(KINDS[kind].asks);
  await KINDS[kind].write(author);
  await author.field("Tags").fill(tag);
}

export async function save(author) {
  await author.button("Save").click();
  await author.page.getByText("The question is saved.").first().waitFor();
}

/** Answers what a practice asks now, as its kind is answered. */
export async function answer(learner, kind) {
  await KINDS[kind].answer(learner);
  await button(learner, KINDS[kind].sure ?? "Sure").tap();
}
