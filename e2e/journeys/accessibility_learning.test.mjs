// The screens of playlists, reviews, topics, banks and packs, with something on them, for everybody: axe finds nothing, and the
// smallest phone loses nothing. They are opened as for the pictures of them; questions of every kind have journeys of their own.
import { violations } from "../axe.mjs";
import { DESKTOP, PHONE, assert, journey } from "../harness.mjs";
import { library } from "../library.mjs";
import { lost } from "../lost.mjs";
import { LEARNING } from "../screens_learning.mjs";

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 } };
const SCREENS = LEARNING.filter((screen) => !/^(editor|ask|told)-/.test(screen.name));

for (const [name, options, looks] of [
  ["320 px wide in Arabic and dark", { ...SMALL, locale: "ar", colorScheme: "dark" }, [violations, lost]],
  ["a desktop in dark", { ...DESKTOP, colorScheme: "dark" }, [violations]],
]) {
  journey(`what is learned has screens for everybody: ${name}`, async (stage) => {
    stage.allow(/status of (404|409)/);
    const server = await stage.server({ dataDir: await library(`${stage.folder}/data`), env: { MINNOW_RATE_LIMITS: "off" } });
    const people = {};
    const found = [];
    for (const screen of SCREENS) {
      const learner = (screen.as && people[screen.as]) || (await stage.learner(server, options));
      if (screen.as && !people[screen.as]) {
        people[screen.as] = learner;
        if (/account|organizer/.test(screen.as)) {
          learner.handle = `${screen.as}-1`;
          await learner.page.goto("/welcome");
          await learner.api("POST", "/api/account", { handle: learner.handle, display_name: "Sam Ortiz", password: "a quiet river bend" });
        }
      }
      try {
        await screen.open(learner);
      } catch (error) {
        found.push(`${screen.name} does not open: ${String(error.message).split("\n")[0]}`);
        continue;
      }
      for (const look of looks) {
        const problems = look === lost ? await learner.page.evaluate(lost) : await look(learner.page);
        for (const problem of problems) found.push(`${screen.name}: ${problem}`);
      }
      if (!screen.as) await learner.page.goto("about:blank");
    }
    assert.deepEqual(found, []);
  }, { timeout: 420_000 });
}
