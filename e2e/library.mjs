// Clips for the journeys: small films made on the spot by ffmpeg, with captions, topics and questions, brought in the way
// an operator does it (`minnow import clips`). Made once for one build of the server and then copied for each journey.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { BIN, ROOT, SCRATCH, minnow } from "./server.mjs";

const run = promisify(execFile);

/** Real files of other people, beside the checkout; a journey that wants them says so when they are not there. */
export const CONTENT = process.env.MINNOW_CONTENT ?? path.resolve(ROOT, "../shared/content");
export const hasContent = existsSync(path.join(CONTENT, "video"));

const TOPICS = ["light", "sound", "numbers"];
const COLOURS = ["0x0b6e75", "0x7a3b69", "0x2f5d34", "0x8a5a12", "0x1f4e8c", "0x6b2d2d", "0x3d3d7a", "0x0f6b4f"];

const CHOICE = {
  stem: "What does the bar do in this clip?",
  choices: [
    { text: "It stands still", right: false, reason: "At the very start it seems so, but look again." },
    { text: "It moves down", right: true, reason: "" },
    { text: "It turns round", right: false, reason: "" },
  ],
  reason: "The bar moves down at a steady pace from the first second to the last.",
};
const TYPED = { stem: "Which word names the shape that moves?", accepted: ["bar", "a bar"], reason: "A bar is a long, thin rectangle." };

/** The clips, newest last. `question.at` in milliseconds. */
export const CLIPS = [
  clip("How bars move", 7, { short: 540 }),
  clip("A bar with a question", 6, { question: { at: 1500, ...CHOICE } }),
  clip("Counting to seven", 7),
  clip("Name the shape", 6, { question: { at: 1500, ...TYPED } }),
  clip("A tone of 440 hertz", 6),
  clip("Wide as a river", 6, { wide: true }),
  clip("Slow and steady", 24),
  clip("Second question", 6, { question: { at: 1200, ...CHOICE } }),
  clip("A quiet one", 5, { silent: true }),
  clip("Two lines of text", 6),
  clip("Third question", 6, { question: { at: 1200, ...CHOICE } }),
  clip("The last bar", 5),
];

function clip(title, seconds, options = {}) {
  return { title, seconds, ...options };
}

export const slug = (title) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** A film of a bar that moves over a plain colour, with a tone: calm, small, quick to encode. */
export async function film(file, { seconds, wide = false, short = 360, silent = false, hue = 0 }) {
  const long = Math.round((short * 16) / 9 / 2) * 2;
  const [width, height] = wide ? [long, short] : [short, long];
  const colour = COLOURS[hue % COLOURS.length];
  const picture = `color=c=${colour}:s=${width}x${height}:r=30:d=${seconds}[back];color=c=0xf2e9d8:s=${Math.round(width / 2)}x${Math.round(height / 12)}:r=30:d=${seconds}[bar];[back][bar]overlay=x=(W-w)/2:y=(H-h)*t/${seconds}:shortest=1`;
  const sound = silent ? [] : ["-f", "lavfi", "-i", `sine=frequency=${330 + 40 * hue}:duration=${seconds}`, "-c:a", "aac", "-shortest"];
  const encode = ["-map", "[out]", ...(silent ? [] : ["-map", "0:a"]), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
  const inputs = sound.slice(0, 4);
  await run("ffmpeg", ["-v", "error", "-y", ...inputs, "-filter_complex", `${picture}[out]`, ...encode, ...sound.slice(4), "-t", String(seconds), file]);
}

/** WebVTT with a cue every second. */
export function captionsOf({ title, seconds }) {
  const stamp = (at) => `00:00:${String(at).padStart(2, "0")}.000`;
  const cues = Array.from({ length: seconds }, (_, at) => `${stamp(at)} --> ${stamp(at + 1)}\n${title}: second ${at + 1}.\n`);
  return `WEBVTT\n\n${cues.join("\n")}`;
}

/** The sidecar `FILM.mp4.json` that `minnow import clips` reads beside a film. */
export function sidecarOf(entry, index) {
  const { title, question } = entry;
  const asked = question && {
    moment_ms: question.at,
    stem: question.stem,
    reason: question.reason,
    key: question.choices
      ? { kind: "choices", choices: question.choices.map(({ text, right, reason }) => ({ text, is_right: right, reason })) }
      : { kind: "typed", accepted: question.accepted },
  };
  return {
    title,
    topics: [TOPICS[index % TOPICS.length]],
    language: "en",
    licence: "CC0-1.0",
    alt: `A pale bar moves down over a plain colour. ${title}.`,
    captions: `${slug(title)}.vtt`,
    ...(asked && { question: asked }),
  };
}

/** A folder of films and sidecars as an operator would bring it. */
export async function writeFilms(folder, clips = CLIPS) {
  mkdirSync(folder, { recursive: true });
  for (const [index, entry] of clips.entries()) {
    const base = path.join(folder, `${String(index).padStart(2, "0")}-${slug(entry.title)}`);
    await film(`${base}.mp4`, { ...entry, hue: index });
    writeFileSync(path.join(folder, `${slug(entry.title)}.vtt`), captionsOf(entry));
    writeFileSync(`${base}.mp4.json`, JSON.stringify(sidecarOf(entry, index), null, 2));
  }
}

/** Imports a folder into a data folder; resolves with the lines of its report. */
export async function importClips(folder, flags) {
  const { code, stdout, stderr } = await minnow(["import", "clips", folder, "--json", ...flags]);
  const lines = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { code, lines, stderr };
}

/**
 * A data folder with all of CLIPS, copied to `destination` from one made for this build of the server. Without
 * `questions` no clip asks anything, for journeys that swipe and must not be stopped.
 */
export async function library(destination, { questions = true } = {}) {
  const made = await madeLibrary();
  copyData(made, destination);
  if (!questions) {
    const script = "import sqlite3,sys; db=sqlite3.connect(sys.argv[1]); db.execute('DELETE FROM questions'); db.commit()";
    await run("python3", ["-c", script, path.join(destination, "minnow.sqlite")]);
  }
  return destination;
}

async function madeLibrary() {
  const { size, mtimeMs } = statSync(BIN);
  const key = createHash("sha256").update(JSON.stringify([size, mtimeMs, CLIPS, CLIPS.map(captionsOf)])).digest("hex").slice(0, 16);
  const folder = path.join(SCRATCH, "library", key);
  if (existsSync(folder)) return folder;
  const parent = path.dirname(folder);
  rmSync(parent, { recursive: true, force: true });
  const films = path.join(parent, "films");
  await writeFilms(films);
  const data = path.join(parent, "data");
  const { code, lines, stderr } = await importClips(films, ["--data-dir", data]);
  const refused = lines.filter((line) => line.outcome !== "playable");
  if (code !== 0 || refused.length > 0 || lines.length !== CLIPS.length) {
    throw new Error(`the library could not be imported (exit ${code}): ${JSON.stringify(refused)}\n${stderr}`);
  }
  renameSync(data, folder);
  return folder;
}

/** Copies a stopped server's data folder, or those parts of it; media never changes in place, so it is linked. */
export function copyData(from, to, wanted = () => true) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.name === "media") linkTree(source, target);
    else cpSync(source, target, { recursive: true });
  }
}

function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else linkSync(source, target);
  }
}
