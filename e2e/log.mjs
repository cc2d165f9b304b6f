// A log of learners who like one topic each, as their phones would send it: what a model of interests is fitted to. By the API.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** An id as the app makes them; of no time in particular. */
export const newId = () => `01${Array.from({ length: 24 }, () => LETTERS[Math.floor(Math.random() * 32)]).join("")}`;

/** A guest of a server: calls its API with a session of its own. */
export async function guestOf(server) {
  let cookie = "";
  const call = async (method, address, body) => {
    const response = await fetch(server.url + address, {
      method,
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...(cookie && { cookie }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const set = response.headers.get("set-cookie");
    if (set) cookie = set.split(";")[0];
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await call("POST", "/api/session/guest", {});
  return call;
}

/** `learners` guests watch `each` clips to the end: those of their topic in turn, then others. */
export async function writeLog(server, { learners, each }) {
  const clips = await server.rows("SELECT c.id, c.duration_ms, t.topic_id FROM clips c JOIN clip_topics t ON t.clip_id = c.id AND t.position = 0 WHERE c.published ORDER BY c.id");
  const topics = [...new Set(clips.map((clip) => clip.topic_id))];
  const all = [];
  for (let n = 0; n < learners; n += 1) {
    const topic = topics[n % topics.length];
    const own = clips.filter((clip) => clip.topic_id === topic);
    const turned = own.map((_, place) => own[(place + n) % own.length]);
    const others = clips.filter((clip) => clip.topic_id !== topic);
    all.push({ call: await guestOf(server), watched: [...turned, ...others].slice(0, each) });
  }
  // As on a real day: everybody's first clip, then everybody's second.
  for (let place = 0; place < each; place += 1) {
    for (const { call, watched } of all.filter((one) => one.watched[place])) {
      const clip = watched[place];
      const stretch = { watch_id: newId(), clip_id: clip.id, from_ms: 0, to_ms: clip.duration_ms, started_at_ms: Date.now() - (each - place) * 60_000, finished: true };
      await call("POST", "/api/watch", { stretches: [stretch], utc_offset_minutes: 0 });
    }
  }
}
