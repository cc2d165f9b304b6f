// Opening a screen and waiting until it is there. No journeys here.
import { until } from "./harness.mjs";

/** Opens a screen and waits until it shows what it has to show. */
export async function show(learner, path) {
  const { page } = learner;
  await page.goto(path);
  await page.getByRole("heading").first().waitFor({ state: "attached" });
  await until("loading is over", () => page.evaluate(() => {
    const waiting = [...document.querySelectorAll("[aria-busy=true], .boot")].filter((one) => one.checkVisibility());
    return waiting.length === 0 && document.fonts.status === "loaded";
  }));
}
