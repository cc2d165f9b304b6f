// How a person keeps clips for the time without a network.
import { until } from "./server.mjs";

/** Saves the clips and keeps what is saved on this phone, as the Saved page offers it. */
export async function keepForOffline(learner, titles) {
  const { page, server } = learner;
  for (const title of titles) {
    const [{ id }] = await server.rows("SELECT id FROM clips WHERE title = ?", title);
    await learner.openFeed(`/clip/${id}`);
    await learner.save.tap();
    await until(`"${title}" is saved`, async () => (await learner.save.getAttribute("aria-pressed")) === "true");
  }
  await until("the service worker is in charge", () => page.evaluate(() => navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready.then(() => true)));
  await page.goto("/saved");
  await page.getByRole("switch", { name: /offline/i }).or(page.getByRole("button", { name: /offline/i })).first().tap();
  await until("the clips are in the cache", async () =>
    page.evaluate(async (wanted) => {
      if (!(await caches.has("minnow-offline-v1"))) return false;
      const keys = await (await caches.open("minnow-offline-v1")).keys();
      return keys.filter((request) => request.url.includes(".mp4") || /\/media\//.test(request.url)).length >= wanted;
    }, titles.length), { timeout: 30_000 });
}
