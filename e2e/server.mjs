// A real server for a journey: the binary people run, on a folder of its own, on a port that stays the same when it
// is killed and started again. Nothing of browsers here.
import { spawn, execFile } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
export const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
export const BIN = process.env.MINNOW_BIN ?? path.join(TARGET, "release/minnow");
export const SITE = process.env.MINNOW_SITE_DIR ?? path.join(ROOT, "dist");
export const SCRATCH = path.join(TARGET, "e2e");

/** Resolves with the first truthy value of `probe`; an error names what never came. `probe` may throw until then. */
export async function until(what, probe, { timeout = 10_000, every = 40 } = {}) {
  const end = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      last = `last: ${JSON.stringify(value)}`;
    } catch (error) {
      last = String(error?.message ?? error).split("\n")[0];
    }
    if (Date.now() > end) throw new Error(`after ${timeout} ms still not: ${what} (${last})`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A process with its output in a file, ended by its own id only. */
export class Program {
  constructor(command, args, { log, env = {}, cwd = ROOT } = {}) {
    const out = createWriteStream(log, { flags: "a" });
    this.log = log;
    this.exited = null;
    this.child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.child.stdout.pipe(out);
    this.child.stderr.pipe(out);
    this.gone = new Promise((resolve) => {
      this.child.on("error", (error) => resolve((this.exited = error.message)));
      this.child.on("exit", (code, signal) => resolve((this.exited = signal ?? `exit code ${code}`)));
    });
  }

  async end(signal = "SIGTERM") {
    if (this.exited === null) this.child.kill(signal);
    return this.gone;
  }
}

export class Server {
  /** `options`: dataDir (required), databaseUrl, mediaUrl, env, args. */
  static async start(options) {
    const server = new Server();
    server.options = options;
    server.port = options.port ?? (await freePort());
    server.url = `http://localhost:${server.port}`;
    mkdirSync(options.dataDir, { recursive: true });
    await server.boot();
    return server;
  }

  async boot() {
    const { dataDir, databaseUrl, mediaUrl, env = {}, args = [] } = this.options;
    if (!existsSync(BIN)) throw new Error(`no server at ${BIN}: build it, or set MINNOW_BIN`);
    if (!existsSync(path.join(SITE, "index.html"))) throw new Error(`no site in ${SITE}: ./x site, or set MINNOW_SITE_DIR`);
    const flags = ["serve", "--addr", `127.0.0.1:${this.port}`, "--data-dir", dataDir, "--site", this.options.site ?? SITE];
    if (databaseUrl) flags.push("--database-url", databaseUrl);
    if (mediaUrl) flags.push("--media-url", mediaUrl);
    this.program = new Program(BIN, [...flags, ...args], {
      log: path.join(dataDir, "server.log"),
      // No clip comes by chance where a journey counts on the order.
      env: { MINNOW_LOG_FORMAT: "json", MINNOW_CHANCE_PER_MILLE: "0", ...env },
    });
    await until(
      `the server to be ready (its log: ${this.program.log})`,
      async () => {
        if (this.program.exited !== null) throw new Error(`it ended: ${this.program.exited}`);
        return (await fetch(`${this.url}/readyz`)).ok;
      },
      { timeout: 30_000, every: 20 },
    );
  }

  /** As a power cut does it: no time to say goodbye. */
  kill() {
    return this.program.end("SIGKILL");
  }

  async stop() {
    const ended = await this.program.end("SIGTERM");
    if (ended !== "exit code 0" && ended !== "SIGKILL") throw new Error(`the server stopped with ${ended}: ${this.program.log}`);
  }

  /** Lines of its log at level ERROR. */
  errors() {
    return readFileSync(this.program.log, "utf8")
      .split("\n")
      .filter((line) => line.includes('"level":"ERROR"') || line.includes("panicked at"));
  }

  /** Rows of the database as objects, read beside the running server (SQLite only). */
  async rows(sql, ...binds) {
    const script =
      "import json,sqlite3,sys\n" +
      "db=sqlite3.connect('file:'+sys.argv[1]+'?mode=ro',uri=True,timeout=10)\n" +
      "db.row_factory=sqlite3.Row\n" +
      "print(json.dumps([dict(r) for r in db.execute(sys.argv[2],json.loads(sys.argv[3]))]))";
    const file = path.join(this.options.dataDir, "minnow.sqlite");
    const { stdout } = await run("python3", ["-c", script, file, sql, JSON.stringify(binds)]);
    return JSON.parse(stdout);
  }
}

/** Runs a command of the server's binary to its end; resolves with { code, stdout, stderr }. */
export async function minnow(args, { input = "", timeout = 300_000 } = {}) {
  try {
    const running = run(BIN, args, { timeout, maxBuffer: 64 << 20, cwd: ROOT });
    // A command that wants no input may have ended by now.
    running.child.stdin.on("error", () => {});
    running.child.stdin.end(input);
    const { stdout, stderr } = await running;
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}
