// A path: made on a phone, assigned to a second person, played up to its gate, answered wrong, then right, and on; who
// assigned it sees how far that person is. By keyboard alone too, and after a reload it goes on where it was.
import { violations } from "../axe.mjs";
import { makeAccount } from "../account.mjs";
import { DESKTOP, PHONE, assert, journey, until } from "../harness.mjs";
import { library } from "../library.mjs";
import { minnow } from "../server.mjs";
import { show } from "../show.mjs";

const PASSWORD = "a lake at first light";
const GATE = "A bar with a question";

const clean = async (learner, where) => assert.deepEqual(await violations(learner.page), [], `axe on ${where}`);

/** A server with clips, and an organizer's phone. */
async function open(stage, options = PHONE) {
  const server = await stage.server({ dataDir: await library(`${stage.folder}/data`) });
  const ada = await stage.learner(server, options);
  await makeAccount(ada, { handle: "ada", name: "Ada", password: PASSWORD });
  await minnow(["admin", "create", "--handle", "ada", "--role", "organizer", "--data-dir", server.options.dataDir]);
  return { server, ada };
}

/** A path of three clips by the server's own door; the second is a gate. */
async function path(ada, visibility = "public") {
  const id = (n) => `01ARZ3NDEKTSV4RRFFQ69G5F${n}`;
  const playlist = id("A1");
  await ada.api("POST", "/api/playlists", { playlist_id: playlist, title: "How bars move", about: "Three clips.", visibility });
  for (const [n, title] of ["How bars move", GATE, "Counting to seven"].entries()) {
    const [{ id: clip }] = await ada.server.rows("SELECT id FROM clips WHERE title = ?", title);
    const { status } = await ada.api("POST", `/api/playlists/${playlist}/steps`, { step_id: id(`B${n}`), clip_id: clip, is_gate: n === 1 });
    assert.equal(status, 200);
  }
  return playlist;
}

journey("a path is made on a phone: found, ordered, gated, taken out and back", async (stage) => {
  const { server, ada } = await open(stage);
  const { page } = ada;
  await show(ada, "/playlists");
  await clean(ada, "playlists without any");
  await ada.button("New playlist").click();
  await ada.field("Title").fill("How bars move");
  await ada.button("Make playlist").click();
  await ada.heading("Edit playlist").waitFor();
  await ada.button("Add clips").click();
  for (const title of ["Counting to seven", GATE, "How bars move"]) {
    await ada.field("Search clips").fill(title);
    await ada.button(`Add: ${title}`).click();
    await ada.dialog("Add clips").getByRole("listitem").filter({ hasText: title }).filter({ hasText: "Added" }).first().waitFor();
  }
  await clean(ada, "adding clips");
  await ada.button("Close").click();
  const titles = () => page.getByRole("list").first().locator(".item__title").allTextContents();
  assert.deepEqual(await titles(), ["Counting to seven", GATE, "How bars move"]);
  await ada.button("Move up: How bars move").click();
  await until("it moved up", async () => (await titles())[1] === "How bars move");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Move up: How bars move", "the focus goes along");
  await ada.button("Move down: Counting to seven").click();
  await until("the other moved down", async () => (await titles())[0] === "How bars move");
  await ada.button("Remove: Counting to seven").click();
  await ada.button("Undo").click();
  await until("it is back in its place", async () => (await titles())[1] === "Counting to seven");
  await page.getByRole("switch").first().click();
  await until("it is a gate", async () => (await server.rows("SELECT 1 FROM playlist_steps WHERE is_gate")).length === 1);
  await ada.option("Who may see it", "Everybody").click();
  await ada.field("About").fill("What bars do.");
  await until("it is kept", async () => (await server.rows("SELECT about, visibility FROM playlists"))[0].about === "What bars do.");
  await clean(ada, "editing");
  await ada.link("Done").click();
  await ada.heading("How bars move").waitFor();
  await clean(ada, "a playlist");
  assert.equal((await server.rows("SELECT visibility FROM playlists"))[0].visibility, "public");
});

journey("assigned, played up to the gate, answered wrong and right, and the assigner sees it", async (stage) => {
  const { server, ada } = await open(stage);
  const bob = await stage.learner(server, PHONE);
  await makeAccount(bob, { handle: "bob", name: "Bob", password: PASSWORD });
  const playlist = await path(ada, "private");
  await show(ada, `/playlist/${playlist}/assign`);
  await ada.field("To whom").fill("@bob, nobody-here");
  await ada.field("For whom").fill("Class 3B");
  await ada.field("Until when").fill("2030-03-12");
  await clean(ada, "assigning");
  await ada.button("Assign").click();
  await ada.heading("How bars move · Class 3B").waitFor();
  await ada.page.getByText("Nobody has these handles: @nobody-here").waitFor();

  await show(bob, "/playlists");
  await bob.page.getByText("From Ada · Class 3B").waitFor();
  await bob.page.getByText("By 12 March 2030").waitFor();
  await clean(bob, "what was assigned");
  await bob.page.getByRole("link", { name: /How bars move/ }).first().click();
  await bob.page.getByText(`Opens when “${GATE}” is answered right`).waitFor();
  await bob.link("Start").click();
  const first = await bob.sees("the first clip", (clip) => clip.settled && !clip.paused && clip.title === "How bars move");
  await bob.page.getByText("Step 1 of 3").waitFor();
  await bob.swipeUp();
  await bob.nextAfter(first);
  await bob.question.waitFor({ timeout: 20_000 });
  await bob.page.getByText("Answer this to go on").first().waitFor();
  await clean(bob, "the gate's question");
  await bob.answer("It stands still");
  await bob.verdict("Not yet").waitFor();
  await bob.button("Try again").waitFor();
  await bob.page.keyboard.press("Escape");
  await bob.swipeUp();
  await bob.question.waitFor({ timeout: 20_000 });
  await bob.sees("the gate, where a swipe leads back to", (clip) => clip.title === GATE);

  await bob.page.reload();
  await bob.sees("the gate's clip again", (clip) => clip.title === GATE);
  await bob.page.getByText("Step 2 of 3").waitFor();
  await bob.question.waitFor({ timeout: 20_000 });
  await bob.answer("It moves down");
  await bob.verdict("Right").waitFor();
  await bob.button("Keep watching").click();
  await bob.swipeUp();
  await bob.sees("the clip behind the gate", (clip) => clip.settled && clip.title === "Counting to seven");

  await show(ada, "/playlists");
  await ada.page.getByRole("link", { name: /Class 3B/ }).first().click();
  await ada.page.getByText("Bob", { exact: true }).first().click();
  await ada.page.getByText("2 tries").first().waitFor();
  await clean(ada, "progress on a phone");
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await ada.page.getByRole("row", { name: /Bob/ }).waitFor();
  await clean(ada, "progress on a wide screen");
});

journey("by keyboard alone: on to the gate, through it, to the end", async (stage) => {
  const { server, ada } = await open(stage, DESKTOP);
  const playlist = await path(ada);
  const { page } = ada;
  await show(ada, `/playlist/${playlist}`);
  await ada.link("Start").focus();
  await page.keyboard.press("Enter");
  const first = await ada.sees("the first clip", (clip) => clip.settled && clip.title === "How bars move");
  await page.keyboard.press("ArrowDown");
  await ada.nextAfter(first);
  await page.keyboard.press("ArrowDown");
  await ada.question.waitFor({ timeout: 20_000 });
  await page.keyboard.press("b");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await ada.verdict("Right").waitFor();
  await until("the way is free", async () => (await server.rows("SELECT 1 FROM answers WHERE is_right")).length === 1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await ada.sees("the clip behind the gate", (clip) => clip.settled && clip.title === "Counting to seven");
  await page.keyboard.press("ArrowDown");
  await ada.heading("That’s the whole path").waitFor();
  await ada.link("See your path").waitFor();
  await clean(ada, "the end of a path");
});

journey("who has the address joins without an account, and may leave", async (stage) => {
  const { server, ada } = await open(stage);
  const playlist = await path(ada, "private");
  const made = await ada.api("POST", `/api/playlists/${playlist}/assignments`, { assignment_id: "01ARZ3NDEKTSV4RRFFQ69G5FC1", by_link: true });
  const guest = await stage.learner(server, PHONE);
  await show(guest, `/join/${made.body.assignment.invite}`);
  await clean(guest, "an invitation");
  await guest.button("Join").click();
  await guest.heading("How bars move").first().waitFor();
  await guest.page.getByText("Ada sees how far you are in it, and nothing else.").waitFor();
  await guest.button("Not for me").click();
  await guest.heading("Playlists").waitFor();
  assert.notEqual((await server.rows("SELECT left_at_ms FROM assignees"))[0].left_at_ms, null);
  await guest.button("Undo").click();
  await guest.heading("How bars move").first().waitFor();
  assert.equal((await server.rows("SELECT left_at_ms FROM assignees"))[0].left_at_ms, null);
});
