// Days that pass: everything a learner did moves into the past beside a server that stands still, which is the same as a
// clock that was moved on. Cards are made anew from the answers.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const DAY_MS = 86_400_000;

const SCRIPT = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
by = int(sys.argv[2])
db.execute('UPDATE answers SET answered_at_ms = answered_at_ms - ?, kept_at_ms = kept_at_ms - ?', (by, by))
db.execute('UPDATE views SET first_at_ms = first_at_ms - ?, last_at_ms = last_at_ms - ?', (by, by))
db.execute('INSERT OR IGNORE INTO stale_cards (person_id, question_id) SELECT DISTINCT a.person_id, COALESCE(q.form_of, q.id) FROM answers a JOIN questions q ON q.id = a.question_id')
db.commit()
`;

/** So many days pass; the server is stopped for it and comes back. The learner is somewhere else meanwhile. */
export async function daysPass(learner, days) {
  const { server } = learner;
  await learner.page.goto("about:blank");
  await server.stop();
  await run("python3", ["-c", SCRIPT, path.join(server.options.dataDir, "minnow.sqlite"), String(days * DAY_MS)]);
  await server.boot();
}
