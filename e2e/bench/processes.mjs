// The servers that are measured, on free ports of loopback, each for as long as its part runs: ours, nginx, the bare
// peers. Everything started here is stopped here.

import { spawn, execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { sleep } from "./chromium.mjs";

const run = promisify(execFile);
const running = new Set();

/** Where things are: given by `./x bench`, or the checkout's own places. */
const root = path.resolve(import.meta.dirname, "../..");
const target = process.env.MINNOW_TARGET_DIR ?? path.join(root, "target");
export const PLACES = {
  root,
  work: path.join(target, "bench"),
  demo: process.env.MINNOW_DEMO_DIR ?? path.join(target, "demo-data"),
  server: process.env.MINNOW_BIN ?? path.join(target, "release/minnow"),
  peers: process.env.MINNOW_BENCH_BIN ?? path.join(target, "release/examples/bench"),
  banks: process.env.MINNOW_BANKS_BIN ?? path.join(target, "release/examples/banks"),
  pace: process.env.MINNOW_PACE_BIN ?? path.join(target, "release/examples/pace"),
  folds: process.env.MINNOW_FOLDS_BIN ?? path.join(target, "release/examples/folds"),
  site: process.env.MINNOW_SITE_DIR ?? path.join(root, "dist"),
  chromium: process.env.CHROMIUM ?? "/usr/bin/chromium",
};

export async function freePort() {
  const listener = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** A program that serves on loopback. Its output goes to a log in the work folder. */
export class Serving {
  constructor(name, program, args, { ready, env = {}, cwd }) {
    this.name = name;
    this.ready = ready;
    mkdirSync(PLACES.work, { recursive: true });
    this.log = path.join(PLACES.work, `${name}.log`);
    const log = openSync(this.log, "w");
    this.startedAt = performance.now();
    this.process = spawn(program, args, { stdio: ["ignore", log, log], env: { ...process.env, ...env }, cwd });
    closeSync(log);
    running.add(this);
    this.gone = new Promise((resolve) => {
      this.process.once("exit", (code, signal) => resolve(`ended with ${code ?? signal}`));
      this.process.once("error", (error) => resolve(error.message));
    });
    this.gone.then((how) => {
      this.ended = how;
      running.delete(this);
    });
  }

  /** Waits until it answers 200; returns the milliseconds since it was started. */
  async untilReady(patience = 20_000, pause = 20) {
    while (performance.now() - this.startedAt < patience) {
      if (this.ended) throw new Error(`${this.name} ${this.ended}: ${readFileSync(this.log, "utf8").slice(-2000)}`);
      if (await answers(this.ready)) return performance.now() - this.startedAt;
      await sleep(pause);
    }
    throw new Error(`${this.name} did not answer ${this.ready} within ${patience / 1000} s, see ${this.log}`);
  }

  /** Resident memory in bytes. */
  residentBytes() {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
  }

  async stop() {
    if (this.ended) return;
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
    await this.gone;
    clearTimeout(timer);
  }
}

/** Stops whatever is still running. */
export const stopAll = () => Promise.all([...running].map((serving) => serving.stop()));

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: "close" } });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Our server on a data folder, waited for. `media`: a media folder elsewhere. */
export async function minnow(dataDir, { media, name = "minnow" } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["serve", "--addr", `127.0.0.1:${port}`, "--data-dir", dataDir, "--site", PLACES.site];
  if (media) args.push("--media-url", `file:${media}`);
  // A load test is one caller: limits by caller would be what is measured.
  args.push("--rate-limits", "off");
  const serving = new Serving(name, PLACES.server, args, { ready: `${url}/readyz` });
  serving.url = url;
  return serving;
}

/** nginx as Debian ships it, on a folder of files. `pages`: texts served beside them, by path. */
export async function nginx(files, pages = {}) {
  const port = await freePort();
  const place = path.join(PLACES.work, "nginx");
  rmSync(place, { recursive: true, force: true });
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(path.dirname(path.join(place, "pages", name)), { recursive: true });
    writeFileSync(path.join(place, "pages", name), text);
  }
  mkdirSync(path.join(place, "pages"), { recursive: true });
  writeFileSync(path.join(place, "nginx.conf"), nginxConfig(port, place, files));
  const args = ["-p", place, "-c", path.join(place, "nginx.conf"), "-e", "stderr"];
  const serving = new Serving("nginx", "/usr/sbin/nginx", args, { ready: `http://127.0.0.1:${port}/ready` });
  serving.url = `http://127.0.0.1:${port}`;
  serving.place = (name, text) => writeFileSync(path.join(place, "pages", name), text);
  return serving;
}

/** Media as any nginx would serve files that never change; pages are asked for anew each time, as ours are. */
function nginxConfig(port, place, files) {
  return `daemon off;
worker_processes auto;
pid ${place}/nginx.pid;
error_log stderr warn;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  keepalive_timeout 60;
  keepalive_requests 1000000;
  open_file_cache max=1000;
  types { text/html html; video/mp4 mp4; image/jpeg jpg; }
  default_type video/mp4;
  client_body_temp_path ${place}/body;
  proxy_temp_path ${place}/proxy;
  fastcgi_temp_path ${place}/fastcgi;
  uwsgi_temp_path ${place}/uwsgi;
  scgi_temp_path ${place}/scgi;
  server {
    listen 127.0.0.1:${port};
    location = /ready { return 200; }
    location / { root ${place}/pages; add_header Cache-Control no-cache; }
    location /media/ { alias ${files}/; add_header Cache-Control "public, max-age=31536000, immutable"; }
  }
}
`;
}

/** Runs one of the bench's own server programs to its end; its standard output. */
export async function peer(...args) {
  const { stdout } = await run(PLACES.peers, args, { maxBuffer: 1 << 24, timeout: 1_200_000 });
  return stdout;
}

/** wrk for some seconds; requests a second. Anything but 2xx answers is an error. */
export async function wrk(url, { seconds, connections, script, headers = {} }) {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`];
  for (const [name, value] of Object.entries(headers)) args.push("-H", `${name}: ${value}`);
  if (script) args.push("-s", script);
  const { stdout } = await run("wrk", [...args, url], { timeout: (seconds + 30) * 1000 });
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout) ?? /Socket errors: (.*)/.exec(stdout);
  if (bad) throw new Error(`wrk ${url}: ${bad[0]}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}

/** A copy of the demo library's database to write into; its media stay where they are. */
export function demoCopy() {
  const copy = path.join(PLACES.work, "demo");
  if (!existsSync(path.join(PLACES.demo, "minnow.sqlite"))) throw new Error(`no demo library in ${PLACES.demo}`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const end of ["", "-wal"]) {
    const from = path.join(PLACES.demo, `minnow.sqlite${end}`);
    if (existsSync(from)) cpSync(from, path.join(copy, `minnow.sqlite${end}`));
  }
  return { dataDir: copy, media: path.join(PLACES.demo, "media") };
}

/** A data folder with 10,000 clips; kept, and made anew when it does not fit this version. */
export async function manyClips() {
  const dataDir = path.join(PLACES.work, "many");
  const seed = () => peer("seed", "--data-dir", dataDir, "--clips", "10000");
  await seed().catch(() => {
    rmSync(dataDir, { recursive: true, force: true });
    return seed();
  });
  return dataDir;
}
