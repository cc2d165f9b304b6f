-- Media on its way and as it is kept: uploads and their parts, renditions, background jobs.

CREATE TABLE renditions (
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    short_side BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- in the media store, named by content
    object_key TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    moov_end_bytes BIGINT NOT NULL,
    two_seconds_bytes BIGINT NOT NULL,
    PRIMARY KEY (clip_id, short_side)
);
CREATE INDEX renditions_object ON renditions (object_key);
CREATE INDEX clips_poster ON clips (poster_key);
CREATE INDEX clips_poster_small ON clips (poster_small_key);

CREATE TABLE uploads (
    id TEXT PRIMARY KEY NOT NULL,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    total_bytes BIGINT NOT NULL,
    received_bytes BIGINT NOT NULL DEFAULT 0,
    file_name TEXT NOT NULL DEFAULT '',
    -- open, whole (being worked on), done
    state TEXT NOT NULL DEFAULT 'open',
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX uploads_clip ON uploads (clip_id);
CREATE INDEX uploads_expiry ON uploads (state, expires_at_ms);

CREATE TABLE upload_parts (
    upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    offset_bytes BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    object_key TEXT NOT NULL,
    PRIMARY KEY (upload_id, offset_bytes)
);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    -- JSON
    payload TEXT NOT NULL,
    -- smaller goes first
    priority BIGINT NOT NULL,
    -- waiting, running, failed; a job that is done is deleted
    state TEXT NOT NULL DEFAULT 'waiting',
    run_at_ms BIGINT NOT NULL,
    -- counted when claimed, so that a job that kills its server counts too
    attempts BIGINT NOT NULL DEFAULT 0,
    node TEXT,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    -- grows with each claim: results are taken only under the newest
    fence BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at_ms BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, priority, run_at_ms, id);

-- lessons of the demo library that were loaded once: one that an operator deletes stays deleted
CREATE TABLE demo_lessons (
    slug TEXT PRIMARY KEY NOT NULL,
    loaded_at_ms BIGINT NOT NULL
);
