-- People, the ways they sign in, clips, questions, and what learners did with them.
-- The same text for both databases: TEXT ids and JSON, BIGINT unix milliseconds, BOOLEAN, DOUBLE PRECISION.

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    is_guest BOOLEAN NOT NULL,
    handle TEXT UNIQUE,
    display_name TEXT NOT NULL,
    bio TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT 'learner',
    email TEXT UNIQUE,
    xp BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE TABLE settings (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    settings TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, last_seen_at_ms);

CREATE TABLE passwords (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);

CREATE TABLE passkeys (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    passkey TEXT NOT NULL,
    label TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_used_at_ms BIGINT
);
CREATE INDEX passkeys_person ON passkeys (person_id, created_at_ms);

-- Which person a passkey's user handle means: a random UUID made at the first registration.
CREATE TABLE passkey_users (
    user_handle TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL UNIQUE REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE passkey_challenges (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    person_id TEXT REFERENCES people (id) ON DELETE CASCADE,
    user_handle TEXT,
    handle TEXT,
    display_name TEXT,
    state TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at_ms);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX sign_in_links_expiry ON sign_in_links (expires_at_ms);

CREATE TABLE topics (
    id TEXT PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL
);

CREATE TABLE topic_names (
    topic_id TEXT NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (topic_id, language)
);

CREATE TABLE clips (
    id TEXT PRIMARY KEY NOT NULL,
    author_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    title TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL,
    licence TEXT NOT NULL DEFAULT '',
    source_url TEXT,
    alt TEXT NOT NULL DEFAULT '',
    captions TEXT NOT NULL DEFAULT '[]',
    twin TEXT NOT NULL DEFAULT '[]',
    cover_ms BIGINT NOT NULL DEFAULT 0,
    -- missing, uploading, checking, transcoding, playable, refused
    media_state TEXT NOT NULL DEFAULT 'missing',
    media_percent BIGINT NOT NULL DEFAULT 0,
    refusal TEXT,
    file_name TEXT,
    source_key TEXT,
    duration_ms BIGINT,
    width BIGINT,
    height BIGINT,
    poster_key TEXT,
    poster_small_key TEXT,
    thumbhash TEXT,
    published BOOLEAN NOT NULL DEFAULT FALSE,
    published_at_ms BIGINT,
    like_count BIGINT NOT NULL DEFAULT 0,
    save_count BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX clips_author ON clips (author_id, updated_at_ms);
CREATE INDEX clips_published ON clips (published, published_at_ms);

CREATE TABLE clip_topics (
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    topic_id TEXT NOT NULL REFERENCES topics (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (clip_id, topic_id)
);
CREATE INDEX clip_topics_topic ON clip_topics (topic_id);

-- What other nodes must read again: one row a clip that ever changed, deleted ones too, under a rising version.
CREATE TABLE catalogue (
    id BIGINT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO catalogue (id, version) VALUES (1, 0);

CREATE TABLE catalogue_changes (
    clip_id TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL UNIQUE
);

CREATE TABLE questions (
    id TEXT PRIMARY KEY NOT NULL,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    moment_ms BIGINT NOT NULL,
    stem TEXT NOT NULL,
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
CREATE INDEX questions_clip ON questions (clip_id, moment_ms);

-- The words around an answer are kept as they were when it was given.
CREATE TABLE answers (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    response TEXT NOT NULL,
    choice_id TEXT,
    certainty TEXT,
    is_right BOOLEAN NOT NULL,
    is_first BOOLEAN NOT NULL,
    xp BIGINT NOT NULL,
    right_choice_id TEXT,
    right_text TEXT NOT NULL,
    reason TEXT NOT NULL,
    choice_reason TEXT NOT NULL,
    answered_at_ms BIGINT NOT NULL,
    kept_at_ms BIGINT NOT NULL
);
CREATE INDEX answers_person ON answers (person_id, answered_at_ms);
CREATE INDEX answers_person_question ON answers (person_id, question_id);
CREATE INDEX answers_question_first ON answers (question_id, is_first);
-- Points come once a question, whatever two nodes do at the same moment.
CREATE UNIQUE INDEX answers_first ON answers (person_id, question_id) WHERE is_first;

CREATE TABLE watches (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    started_at_ms BIGINT NOT NULL,
    kept_at_ms BIGINT NOT NULL
);
CREATE INDEX watches_person ON watches (person_id, kept_at_ms);

CREATE TABLE views (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    position_ms BIGINT NOT NULL,
    watched_ms BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, clip_id)
);

CREATE TABLE watched_days (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- ISO 8601 date of the learner's local day
    day TEXT NOT NULL,
    watched_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, day)
);

CREATE TABLE likes (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, clip_id)
);
CREATE INDEX likes_clip ON likes (clip_id);

CREATE TABLE saves (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, clip_id)
);
CREATE INDEX saves_clip ON saves (clip_id);
CREATE INDEX saves_person ON saves (person_id, at_ms);
