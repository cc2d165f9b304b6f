// A person at a screen: what they see and what their fingers do, by roles and accessible names. When a word on the
// screen changes, it changes here. Knows no server but the address of its own; asserts nothing, journeys do.
import { until } from "./server.mjs";

/** In the page: the article in the middle of the window, with the state of the video that plays for it. */
function clipInView() {
  const middle = window.innerHeight / 2;
  const article = [...document.querySelectorAll("article")].find((one) => {
    const box = one.getBoundingClientRect();
    return box.height > 0 && box.top < middle && box.bottom > middle;
  });
  if (!article) return null;
  const video = document.querySelector("video[data-current]");
  const box = article.getBoundingClientRect();
  let scroller = article.parentElement;
  while (scroller && !/auto|scroll/.test(getComputedStyle(scroller).overflowY)) scroller = scroller.parentElement;
  return {
    title: article.querySelector("h1, h2")?.textContent.trim() ?? null,
    settled: Math.abs(box.top - (scroller?.getBoundingClientRect().top ?? 0)) < 2,
    clip: video?.dataset.clip ?? null,
    paused: video ? video.paused : null,
    muted: video ? video.muted || video.volume === 0 : null,
    at: video ? video.currentTime : null,
    duration: video && Number.isFinite(video.duration) ? video.duration : null,
    rate: video ? video.playbackRate : null,
    frames: video ? video.getVideoPlaybackQuality().totalVideoFrames : 0,
    shows: (video?.readyState ?? 0) >= 2 || [...article.querySelectorAll("img")].some((image) => image.complete && image.naturalWidth > 0),
  };
}

export class Learner {
  constructor(page, server) {
    this.page = page;
    this.server = server;
  }

  /** What is in the middle of the screen now, or null. */
  look() {
    return this.page.evaluate(clipInView);
  }

  /** Opens an address and waits until a clip is really moving. */
  async openFeed(path = "/") {
    await this.page.goto(path);
    return this.sees("a clip that plays", (clip) => clip.settled && !clip.paused && clip.at > 0 && clip.title);
  }

  /** Waits until the clip in view satisfies `test`, and returns it. */
  sees(what, test, options) {
    return until(
      what,
      async () => {
        const clip = await this.look();
        if (clip && (await test(clip))) return clip;
        throw new Error(JSON.stringify(clip));
      },
      options,
    );
  }

  /** Waits until another clip than `before` is in view and at rest. */
  nextAfter(before) {
    return this.sees(`a clip after "${before.title}"`, (clip) => clip.settled && clip.title && clip.title !== before.title);
  }

  // Fingers ---------------------------------------------------------------------------------------------------------

  async #touch() {
    this.cdp ??= await this.page.context().newCDPSession(this.page);
    return this.cdp;
  }

  async #fingers(type, points, timestamp) {
    await (await this.#touch()).send("Input.dispatchTouchEvent", { type, timestamp, touchPoints: points.map(([x, y]) => ({ x, y })) });
  }

  /**
   * One finger from one point to another in about `ms` milliseconds. The events are sent at the finger's pace without
   * waiting for the page's answers, and carry the finger's own times: a finger does not slow down because a page is busy.
   */
  async drag([fromX, fromY], [toX, toY], ms = 120) {
    const steps = Math.max(4, Math.round(ms / 12));
    await this.#touch();
    const start = Date.now();
    const at = (share) => (start + ms * share) / 1000;
    const sent = [this.#fingers("touchStart", [[fromX, fromY]], at(0))];
    for (let step = 1; step <= steps; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, ms / steps));
      const share = step / steps;
      sent.push(this.#fingers("touchMove", [[fromX + (toX - fromX) * share, fromY + (toY - fromY) * share]], at(share)));
    }
    sent.push(this.#fingers("touchEnd", [], at(1)));
    await Promise.all(sent);
  }

  #size() {
    return this.page.viewportSize();
  }

  swipeUp({ ms = 120, share = 0.45 } = {}) {
    const { width, height } = this.#size();
    return this.drag([width / 2 - 40, height * 0.7], [width / 2 - 40, height * (0.7 - share)], ms);
  }

  swipeDown({ ms = 120, share = 0.45 } = {}) {
    const { width, height } = this.#size();
    return this.drag([width / 2 - 40, height * 0.3], [width / 2 - 40, height * (0.3 + share)], ms);
  }

  swipeLeft({ ms = 120 } = {}) {
    const { width, height } = this.#size();
    return this.drag([width * 0.8, height * 0.45], [width * 0.2, height * 0.45], ms);
  }

  swipeRight({ ms = 120 } = {}) {
    const { width, height } = this.#size();
    return this.drag([width * 0.2, height * 0.45], [width * 0.8, height * 0.45], ms);
  }

  /** The middle of the picture, left of the rail. */
  middle() {
    const { width, height } = this.#size();
    return [width / 2 - 30, height * 0.4];
  }

  async tapAt([x, y] = this.middle()) {
    await this.#fingers("touchStart", [[x, y]]);
    await this.#fingers("touchEnd", []);
  }

  async doubleTapAt(point = this.middle()) {
    await this.tapAt(point);
    await this.tapAt(point);
  }

  /** Puts a finger down and leaves it there; `lift` ends it. */
  hold(point = this.middle()) {
    return this.#fingers("touchStart", [point]);
  }

  lift() {
    return this.#fingers("touchEnd", []);
  }

  // What is on the screen -------------------------------------------------------------------------------------------

  /** Only what can be reached: not the clips above and below, which are inert. */
  #reachable(locator) {
    return locator.and(this.page.locator(":not([inert], [inert] *)")).filter({ visible: true });
  }

  // A name given as a string is the whole name; a pattern may be a part of it.

  button(name) {
    return this.#reachable(this.page.getByRole("button", { name, exact: true }));
  }

  link(name) {
    return this.#reachable(this.page.getByRole("link", { name, exact: true }));
  }

  dialog(name) {
    return this.#reachable(this.page.getByRole("dialog", name ? { name } : undefined));
  }

  heading(name) {
    return this.#reachable(this.page.getByRole("heading", { name, exact: true }));
  }

  field(name) {
    const controls = this.page.locator("input, textarea, select");
    return this.#reachable(this.page.getByLabel(name, { exact: true }).and(controls));
  }

  /** One of a group of options, by the words that a finger hits. */
  option(group, name) {
    return this.#reachable(this.page.getByRole("radiogroup", { name: group }).locator("label").filter({ hasText: name }));
  }

  get like() {
    return this.button(/^like/i);
  }

  get save() {
    return this.button(/^saved?\b/i);
  }

  get more() {
    return this.button(/^more$/i);
  }

  get sound() {
    return this.button(/^turn sound/i);
  }

  get seek() {
    return this.#reachable(this.page.getByRole("slider", { name: "Seek" }));
  }

  /** The open question, as a dialog. */
  get question() {
    return this.page.getByRole("dialog").filter({ visible: true, has: this.page.getByRole("button", { name: /don.t know yet/i }) });
  }

  choice(text) {
    return this.page.getByRole("group", { name: "Answers" }).getByRole("button", { name: text });
  }

  certainty(word) {
    return this.page.getByRole("group", { name: "How sure are you?" }).getByRole("button", { name: word, exact: true });
  }

  /** Picks a choice and says how sure: that gives the answer. */
  async answer(text, sure = "Sure") {
    await this.choice(text).click();
    await this.certainty(sure).click();
  }

  /** What came of the answer: "Right" or "Not yet". */
  verdict(name = /Right|Not yet/) {
    return this.page.getByRole("status").filter({ visible: true, has: this.page.getByRole("heading", { name }) });
  }

  // The server's side of this person --------------------------------------------------------------------------------

  /** A call to the API as this person, from their own page: status and body. */
  async api(method, path, body) {
    return this.page.evaluate(
      async ([method, path, body]) => {
        const options = { method, headers: body === null ? {} : { "content-type": "application/json" } };
        if (body !== null) options.body = JSON.stringify(body);
        const answer = await fetch(path, options);
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : null };
      },
      [method, path, body ?? null],
    );
  }

  async answersKept() {
    const { status, body } = await this.api("GET", "/api/me/answers");
    if (status === 401) return [];
    if (status !== 200) throw new Error(`answers: ${status} ${JSON.stringify(body)}`);
    return body.answers;
  }
}

/** In the page: a guess that a clip asks for first is skipped, as a learner would who only wants the clip. */
export function skipGuesses() {
  const words = ["Skip", "Salta", "تخطَّ"];
  const skip = () => [...document.querySelectorAll(".feed__sheet .btn--quiet")].find((one) => words.includes(one.textContent.trim()))?.click();
  new MutationObserver(skip).observe(document, { childList: true, subtree: true });
}
