// Chromium driven by the DevTools protocol over a pipe: nothing else runs in the pages that are measured. What a page
// is asked to do belongs to the files of the parts.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The phone of every browser part: 390x844 CSS pixels. */
export const PHONE = { width: 390, height: 844, deviceScaleFactor: 2, mobile: true };

/** Network conditions, in bytes a second and milliseconds of round trip. */
export const LINKS = {
  unthrottled: null,
  "9 Mbit/s, 85 ms": { down: 9e6 / 8, up: 3e6 / 8, latency: 85 },
  "slow 4G (1.6 Mbit/s, 150 ms)": { down: 1.6e6 / 8, up: 0.75e6 / 8, latency: 150 },
};

/** No answer of the browser may take longer than this, in milliseconds. */
const PATIENCE = 60_000;

export class Chromium {
  static async start(program) {
    const chromium = new Chromium(program);
    await chromium.send("Browser.getVersion").then((version) => (chromium.version = version.product));
    return chromium;
  }

  constructor(program) {
    this.profile = mkdtempSync(path.join(tmpdir(), "minnow-bench-"));
    const flags = [
      "--headless", "--remote-debugging-pipe", `--user-data-dir=${this.profile}`, "--no-first-run",
      "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--disable-default-apps", "--mute-audio", "--hide-scrollbars", "about:blank",
    ];
    if (process.getuid?.() === 0) flags.unshift("--no-sandbox");
    this.process = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.waiting = new Map();
    this.listeners = new Set();
    this.lastId = 0;
    this.gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.once("exit", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("Chromium ended"));
    });
    this.process.stdio[3].on("error", () => {});
    let rest = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      messages.forEach((message) => this.#receive(JSON.parse(message)));
    });
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), PATIENCE);
      const settle = (how) => (value) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        how(value);
      };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject), method });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #receive(message) {
    const waiting = this.waiting.get(message.id);
    if (waiting && message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else if (waiting) waiting.resolve(message.result);
    else for (const listener of this.listeners) listener(message);
  }

  /** A visitor: an own, empty HTTP cache, no service worker, no cookies. */
  async visitor(link, initScript) {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    return new Visitor(this, browserContextId, link, initScript);
  }

  async stop() {
    this.send("Browser.close").catch(() => {});
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
    await this.gone;
    clearTimeout(timer);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

class Visitor {
  constructor(chromium, contextId, link, initScript) {
    Object.assign(this, { chromium, contextId, link, initScript });
  }

  /** A tab on the phone, on this visitor's link, with the observer in every document. Still blank. */
  async tab() {
    const { targetId } = await this.chromium.send("Target.createTarget", {
      url: "about:blank",
      browserContextId: this.contextId,
    });
    const { sessionId } = await this.chromium.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, targetId, sessionId);
    await tab.prepare();
    return tab;
  }

  leave() {
    return this.chromium.send("Target.disposeBrowserContext", { browserContextId: this.contextId });
  }
}

class Tab {
  constructor(visitor, targetId, sessionId) {
    Object.assign(this, { visitor, targetId, sessionId, sessions: new Set([sessionId]) });
    /** Every request: address, bytes over the network, size of the file. By session and request id. */
    this.requests = new Map();
    this.errors = [];
    this.listener = (message) => this.#note(message);
    visitor.chromium.listeners.add(this.listener);
  }

  send(method, params, sessionId = this.sessionId) {
    return this.visitor.chromium.send(method, params, sessionId);
  }

  async prepare() {
    await this.send("Page.enable");
    await this.send("Runtime.enable");
    await this.#observeNetwork(this.sessionId);
    await this.send("Emulation.setDeviceMetricsOverride", PHONE);
    await this.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 1 });
    await this.send("Page.addScriptToEvaluateOnNewDocument", { source: this.visitor.initScript });
    // Service workers fetch on their own: they are throttled and counted like the page.
    await this.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
    await this.send("Page.bringToFront");
  }

  async #observeNetwork(session) {
    await this.send("Network.enable", {}, session);
    const link = this.visitor.link;
    await this.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: link?.latency ?? 0,
      downloadThroughput: link?.down ?? -1,
      uploadThroughput: link?.up ?? -1,
    }, session);
  }

  #note({ method, params, sessionId }) {
    if (!this.sessions.has(sessionId)) return;
    if (method === "Target.attachedToTarget") this.#adopt(params.sessionId);
    if (method === "Runtime.exceptionThrown") {
      this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    }
    if (!method.startsWith("Network.")) return;
    const key = `${sessionId} ${params.requestId}`;
    if (method === "Network.requestWillBeSent") {
      const { url, headers } = params.request;
      this.requests.set(key, { url, range: headers.Range, bytes: 0 });
    }
    const request = this.requests.get(key);
    if (!request) return;
    if (method === "Network.responseReceived") {
      const { status, headers } = params.response;
      const field = (name) => headers[name] ?? headers[name.replace(/(^|-)./g, (c) => c.toUpperCase())];
      // The whole file's size, for a part of it too.
      const size = Number(/\/(\d+)$/.exec(field("content-range") ?? "")?.[1] ?? field("content-length") ?? 0);
      Object.assign(request, { status, size, encoding: field("content-encoding") });
    }
    // As they come over the network, nothing of what a cache adds; a request that is cut off has no final length.
    if (method === "Network.dataReceived") request.bytes += params.encodedDataLength;
    if (method === "Network.loadingFinished") request.encoded = params.encodedDataLength;
  }

  async #adopt(session) {
    this.sessions.add(session);
    // A worker that is gone before it could be looked at is no failure.
    await this.#observeNetwork(session).catch(() => {});
    await this.send("Runtime.runIfWaitingForDebugger", {}, session).catch(() => {});
  }

  async go(url) {
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
  }

  /** What an expression says in the page; a promise is waited for. */
  async ask(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression is true in the page; an error names what was waited for. */
  async until(expression, what, patience = 30_000) {
    const end = performance.now() + patience;
    while (performance.now() < end) {
      const value = await this.ask(expression);
      if (value) return value;
      await sleep(20);
    }
    const seen = await this.ask("minnowBench.report()").catch(() => null);
    throw new Error(`waited ${patience / 1000} s for ${what}; the page says ${JSON.stringify(seen)}; ${this.errors.join("; ")}`);
  }

  /**
   * One swipe that moved the list to the slot: a finger that the machine was too slow to follow is put down again.
   */
  async swipeTo(slot) {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      // Already there where the page went on by itself.
      const there = () => this.ask(`minnowBench.report().slot >= ${slot}`);
      if (await there()) return;
      await this.swipe();
      const end = performance.now() + 2_500;
      while (performance.now() < end) {
        if (await there()) return;
        await sleep(20);
      }
    }
    const seen = JSON.stringify(await this.ask("minnowBench.report()"));
    throw new Error(`four swipes did not bring clip ${slot}; the page says ${seen}; ${this.errors.join("; ")}`);
  }

  /** One swipe up by a finger, 460 px (more than half a screen) in about 0.1 s; then the page's own fling and snap. */
  async swipe() {
    const steps = 8;
    const touch = (type, y) => {
      const touchPoints = y === undefined ? [] : [{ x: 150, y }];
      return this.send("Input.dispatchTouchEvent", { type, touchPoints });
    };
    await touch("touchStart", 640);
    for (let step = 1; step <= steps; step += 1) {
      await sleep(8);
      await touch("touchMove", 640 - (step * 460) / steps);
    }
    await touch("touchEnd");
  }

  async close() {
    await this.visitor.chromium.send("Target.closeTarget", { targetId: this.targetId });
    this.visitor.chromium.listeners.delete(this.listener);
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
