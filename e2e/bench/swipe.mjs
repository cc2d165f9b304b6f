// Swipe: from 60 % of the next clip visible to its first moving frame, ours beside the plain page.

import { LINKS } from "./chromium.mjs";
import { demoCopy, minnow, nginx } from "./processes.mjs";
import { ratioRow } from "./table.mjs";
import { OBSERVER, servePlainPage, walk } from "./visit.mjs";

const BOUND = { atMost: 1.15 };

export async function swipe({ chromium, quick }) {
  const rounds = quick ? 1 : 5;
  const { dataDir, media } = demoCopy();
  const ours = await minnow(dataDir, { media });
  const files = await nginx(media);
  try {
    await Promise.all([ours.untilReady(), files.untilReady()]);
    const rows = [];
    for (const link of ["unthrottled", "9 Mbit/s, 85 ms"]) {
      rows.push(await onLink({ chromium, ours, files, link, rounds }));
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), files.stop()]);
  }
}

async function onLink({ chromium, ours, files, link, rounds }) {
  const samples = { ours: [], theirs: [] };
  const visit = async (url) => {
    const visitor = await chromium.visitor(LINKS[link], OBSERVER);
    try {
      return await walk(visitor, url);
    } finally {
      await visitor.leave();
    }
  };
  for (let round = 0; round < rounds; round += 1) {
    const app = await visit(`${ours.url}/`);
    const plain = await visit(servePlainPage(files, "plain", app.clips));
    samples.ours.push(...app.swipes);
    samples.theirs.push(...plain.swipes);
  }
  return ratioRow({
    what: `swipe, ${link}`,
    unit: "ms",
    ...samples,
    than: "plain page",
    bound: BOUND,
    note: `${samples.ours.length} swipes each; a plain page of the same files, all with preload="auto"`,
  });
}
