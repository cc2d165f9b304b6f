-- What was said of topics ("more like this", picks), by the client's own id: sent twice it counts once.
CREATE TABLE leanings (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kept_at_ms BIGINT NOT NULL
);
CREATE INDEX leanings_kept ON leanings (kept_at_ms);
