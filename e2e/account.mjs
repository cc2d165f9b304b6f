// How a person makes an account and signs in, by the forms on the screen.
import { until } from "./server.mjs";

/** From the welcome page, by name and password; ends signed in. */
export async function makeAccount(learner, { handle, name, password }) {
  const { page } = learner;
  await page.goto("/welcome");
  await learner.button(/name and password|password/i).or(learner.link(/name and password|password/i)).first().click();
  await learner.field(/^(handle|user ?name|name in the address|short name)/i).fill(handle);
  await learner.field(/^(name|display name|your name)/i).fill(name);
  await learner.field(/^password/i).fill(password);
  await learner.button(/make (an|the|my) account|create account|keep what you learn/i).click();
  await signedInAs(learner, handle);
}

export async function signIn(learner, { handle, password }) {
  const { page } = learner;
  await page.goto("/welcome");
  await learner.button(/sign in/i).or(learner.link(/sign in/i)).first().click();
  await learner.field(/^(handle|user ?name|name in the address|short name)/i).fill(handle);
  await learner.field(/^password/i).fill(password);
  await learner.button(/^sign in/i).last().click();
  await signedInAs(learner, handle);
}

export function signedInAs(learner, handle) {
  return until(`signed in as ${handle}`, async () => (await learner.api("GET", "/api/session")).body.person?.handle === handle);
}
