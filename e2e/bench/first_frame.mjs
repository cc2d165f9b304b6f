// Cold navigation and repeat visit on slow 4G, to the first moving frame, ours beside the plain page.

import { LINKS, sleep } from "./chromium.mjs";
import { demoCopy, minnow, nginx } from "./processes.mjs";
import { ratioRow } from "./table.mjs";
import { OBSERVER, load, servePlainPage, walk } from "./visit.mjs";

const COLD = { atMost: 1.8 };
const REPEAT = { atMost: 1.1 };
const LINK = "slow 4G (1.6 Mbit/s, 150 ms)";

/** How long a first visit lasts after its first moving frame, in milliseconds: before the clip's question stops it. */
const STAY = 6_000;

export async function firstFrame({ chromium, quick }) {
  const rounds = quick ? 1 : 7;
  const { dataDir, media } = demoCopy();
  const ours = await minnow(dataDir, { media });
  const files = await nginx(media);
  try {
    await Promise.all([ours.untilReady(), files.untilReady()]);
    const clips = await clipsOfTheFirstPage(chromium, `${ours.url}/`);
    const pages = {
      ours: `${ours.url}/`,
      plain: servePlainPage(files, "plain", clips),
      alone: servePlainPage(files, "alone", clips.slice(0, 1)),
    };
    const cold = { ours: [], plain: [], alone: [] };
    const repeat = { ours: [], plain: [], alone: [] };
    let byWorker = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, url] of Object.entries(pages)) {
        const visits = await twoVisits(chromium, url);
        cold[name].push(visits[0].at);
        repeat[name].push(visits[1].at);
        byWorker += visits[1].worker ? 1 : 0;
      }
    }
    const row = (what, samples, name, than, bound, note) =>
      ratioRow({ what, unit: "ms", ours: samples.ours, theirs: samples[name], than, bound, note });
    const alone = "the plain page with its first clip only: nothing competes for the link";
    return [
      row("cold visit to moving frame, slow 4G", cold, "plain", "plain page", COLD, `a plain page of ${clips.length} clips`),
      row("cold visit, stricter floor", cold, "alone", "one clip alone", COLD, alone),
      row("repeat visit to moving frame, slow 4G", repeat, "plain", "plain page", REPEAT, `a service worker was in charge of ${byWorker} of ${rounds}`),
      row("repeat visit, stricter floor", repeat, "alone", "one clip alone", REPEAT, alone),
    ];
  } finally {
    await Promise.all([ours.stop(), files.stop()]);
  }
}

async function clipsOfTheFirstPage(chromium, url) {
  const visitor = await chromium.visitor(LINKS[LINK], OBSERVER);
  try {
    return (await walk(visitor, url)).clips;
  } finally {
    await visitor.leave();
  }
}

async function twoVisits(chromium, url) {
  const visitor = await chromium.visitor(LINKS[LINK], OBSERVER);
  try {
    const visits = [];
    for (const stay of [STAY, 0]) {
      const tab = await visitor.tab();
      const { at } = await load(tab, url);
      visits.push({ at, worker: await tab.ask("Boolean(navigator.serviceWorker?.controller)") });
      await sleep(stay);
      await tab.close();
    }
    return visits;
  } finally {
    await visitor.leave();
  }
}
