// What axe-core finds on a page: the rules of WCAG that a machine can check.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Whether nothing is on its way in: half faded in, a word has too little contrast for a moment. Run in the page. */
function settled() {
  return document.getAnimations().every((one) => one.playState !== "running" || one.effect.getComputedTiming().endTime > 5_000);
}

/** What axe finds on the page, one line a rule. Injected past the page's policy, as an extension would be. */
export async function violations(page) {
  await page.waitForFunction(settled);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Runtime.evaluate", { expression: `${AXE};0` });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  await cdp.detach();
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${node.any.concat(node.all, node.none).map((check) => check.message).join("; ").slice(0, 200)})`));
}
