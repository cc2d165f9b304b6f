// How a person keeps clips for the time without a network.
import { until } from "./server.mjs";

/** Opens each clip and keeps it on this phone by the switch under More; ends when the media are in the cache. */
export async function keepForOffline(learner, titles) {
  const { page, server } = learner;
  await until("a service worker in charge", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  for (const title of titles) {
    const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", title);
    await page.goto(`/clip/${id}`);
    await learner.sees(`"${title}"`, (clip) => clip.settled && clip.title === title && !clip.paused);
    // Paused, so that its question does not come in between.
    await page.keyboard.press("Space");
    await learner.more.click();
    const keep = learner.dialog(/^more/i).getByRole("switch", { name: /offline/i });
    await keep.click();
    await until(`"${title}" is kept`, () =>
      page.evaluate(async (id) => {
        const clip = await (await fetch(`/api/clips/${id}`)).json();
        const cache = await caches.open("minnow-offline-v1");
        const kept = await Promise.all(clip.renditions.map((one) => cache.match(one.url)));
        return kept.some(Boolean);
      }, id), { timeout: 30_000 });
  }
}
