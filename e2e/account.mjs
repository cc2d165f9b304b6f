// How a person makes an account and signs in, by the forms of the welcome page.
import { minnow, until } from "./server.mjs";

const way = (learner, name) => learner.option("Sign in or make an account", name).click();

/** By name and password; ends signed in. */
export async function makeAccount(learner, { handle, name, password }) {
  await learner.page.goto("/welcome");
  await way(learner, "Make an account");
  await learner.field("Your name").fill(name);
  await learner.field("Sign-in name").fill(handle);
  await learner.field("Password").fill(password);
  await learner.button("Make it with a password").click();
  await signedInAs(learner, handle);
}

/** Fills the form and presses the button; what comes of it is the journey's matter. */
export async function trySignIn(learner, { handle, password }) {
  await learner.page.goto("/welcome");
  await way(learner, "Sign in");
  await learner.field("Sign-in name").fill(handle);
  await learner.field("Password").fill(password);
  await learner.button("Sign in").click();
}

export async function signIn(learner, { handle, password }) {
  await trySignIn(learner, { handle, password });
  await signedInAs(learner, handle);
}

export async function makeAccountByPasskey(learner, { handle, name }) {
  await learner.page.goto("/welcome");
  await way(learner, "Make an account");
  await learner.field("Your name").fill(name);
  await learner.field("Sign-in name").fill(handle);
  await learner.button("Make it with a passkey").click();
  await signedInAs(learner, handle);
}

function signedInAs(learner, handle) {
  return until(`signed in as ${handle}`, async () => (await learner.api("GET", "/api/session")).body.person?.handle === handle);
}

/** Gives an account another role, as whoever runs the server does it. */
export async function becomes(server, handle, role) {
  const { code, stderr } = await minnow(["admin", "create", "--handle", handle, "--role", role, "--data-dir", server.options.dataDir]);
  if (code !== 0) throw new Error(stderr);
}
